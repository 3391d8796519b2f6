// The page of the timeline: the server draws each stretch, and this asks for the one that wheel, pointer or keys lead to.
import { find, settled } from "../common/dom.ts";
import { fetched, Problem } from "../common/problem.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The length from which on a stretch begins and ends at a whole unit, and that unit, as the server has it. */
const PRECISIONS: [length: number, unit: number][] = [[30 * DAY, DAY], [2 * DAY, HOUR], [0, MINUTE]];
const LEAST = 10 * MINUTE;
const STRIDE = 0.25;
const CLOSER = 0.7;

const form = find<HTMLFormElement>("#timeline-form");
const from = find<HTMLInputElement>("#from");
const until = find<HTMLInputElement>("#until");
let asking = new AbortController();
let first = 0;
let last = 0;

take();
form.addEventListener("change", () => void follow(address(), "push"));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void follow(address(), "push");
});
addEventListener("popstate", () => location.reload());

const ask = settled(() => void follow(address(), "replace"), 60);

/** Take up what the server has drawn: the stretch that it shows, and a ruler that can be moved. */
function take(): void {
  const { dataset } = find("#drawn");
  [first, last] = [Date.parse(dataset.first ?? ""), Date.parse(dataset.last ?? "")];
  const ruler = document.querySelector<HTMLElement>("#ruler");
  for (const link of document.querySelectorAll<HTMLAnchorElement>("#drawn .moves a")) link.addEventListener("click", lead);
  if (!ruler) return;
  ruler.tabIndex = 0;
  ruler.setAttribute("role", "group");
  ruler.setAttribute("aria-label", "The axis: arrows move along it, plus and minus look nearer and farther, Home shows everything");
  ruler.addEventListener("keydown", key);
  ruler.addEventListener("wheel", wheel, { passive: false });
  ruler.addEventListener("pointerdown", down);
  ruler.addEventListener("dragstart", (event) => event.preventDefault());
}

function lead(event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const link = event.currentTarget as HTMLAnchorElement;
  void follow(link.href, "push", `#${link.id}`);
}

/** Look at the stretch between two moments, at least ten minutes of it. */
function look(start: number, end: number): void {
  const middle = (start + end) / 2;
  const half = Math.max(LEAST, end - start) / 2;
  [first, last] = [middle - half, middle + half];
  [from.value, until.value] = [spelled(first, last - first), spelled(last, last - first)];
  ask();
}

function key(event: KeyboardEvent): void {
  const length = last - first;
  if (event.key === "ArrowLeft") look(first - STRIDE * length, last - STRIDE * length);
  else if (event.key === "ArrowRight") look(first + STRIDE * length, last + STRIDE * length);
  else if (event.key === "+" || event.key === "=") zoom(CLOSER, 0.5);
  else if (event.key === "-") zoom(1 / CLOSER, 0.5);
  else if (event.key === "Home") whole();
  else return;
  event.preventDefault();
}

function whole(): void {
  from.value = until.value = "";
  ask();
}

/** Show a part of the stretch, or more than it, about a point of the axis that stays where it is. */
function zoom(by: number, about: number): void {
  const at = first + about * (last - first);
  look(at - (at - first) * by, at + (last - at) * by);
}

function wheel(event: WheelEvent): void {
  event.preventDefault();
  const length = last - first;
  const { left, width } = axis();
  if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    const by = (event.deltaX / width) * length;
    look(first + by, last + by);
  } else zoom(Math.exp(event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), (event.clientX - left) / width);
}

function down(event: PointerEvent): void {
  const ruler = event.currentTarget as HTMLElement;
  if (event.button) return;
  const [start, end, { width }] = [first, last, axis()];
  let dragged = false;
  const move = ({ clientX }: PointerEvent): void => {
    const by = ((event.clientX - clientX) / width) * (end - start);
    if (!dragged && Math.abs(clientX - event.clientX) < 4) return;
    dragged = true;
    document.querySelector("#ruler")?.classList.add("held");
    look(start + by, end + by);
  };
  const up = (): void => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", up);
    removeEventListener("pointercancel", up);
    document.querySelector("#ruler")?.classList.remove("held");
    if (dragged) ruler.addEventListener("click", (click) => click.preventDefault(), { once: true, capture: true });
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", up);
  addEventListener("pointercancel", up);
}

function axis(): DOMRect {
  return find("#ruler svg").getBoundingClientRect();
}

function address(): string {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && value) asked.set(name, value);
  return asked.size ? `${location.pathname}?${asked.toString()}` : location.pathname;
}

/** Show what an address shows, without leaving the page; what had the focus keeps it. */
async function follow(where: string, how: "push" | "replace", focus = focused()): Promise<void> {
  asking.abort();
  asking = new AbortController();
  find("#drawn").setAttribute("aria-busy", "true");
  try {
    const answer = await fetched(where, { accept: "text/html", signal: asking.signal });
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    if (how === "push") history.pushState(null, "", where);
    else history.replaceState(null, "", where);
    const kept = focus && (document.querySelector<HTMLElement>(focus) ?? document.querySelector<HTMLElement>("#ruler"));
    if (kept) kept.focus({ preventScroll: true });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    if (!(error instanceof Problem) && !(error instanceof TypeError)) throw error;
    find("#drawn").removeAttribute("aria-busy");
    find("#drawn .window").textContent = error instanceof Problem ? error.message : "The server could not be reached.";
  }
}

function show(page: Document): void {
  for (const id of ["#drawn", "#undated", ".data-menu"]) find(id).replaceWith(find(id, page));
  for (const field of [from, until]) field.value = find<HTMLInputElement>(`#${field.id}`, page).value;
  take();
}

function focused(): string {
  const { activeElement } = document;
  return activeElement?.id && activeElement.closest("#drawn") ? `#${activeElement.id}` : "";
}

/** Return an end of a stretch as a field spells it, a date where it is at midnight; the server's are in UTC, or local times read as such. */
function spelled(when: number, length: number): string {
  const [, unit] = PRECISIONS.find(([least]) => length >= least) ?? [0, MINUTE];
  const rounded = Math.round(when / unit) * unit;
  return Number.isFinite(rounded) && Math.abs(rounded) < 8e15 ? new Date(rounded).toISOString().slice(0, 16).replace(/T00:00$/, "") : "";
}
