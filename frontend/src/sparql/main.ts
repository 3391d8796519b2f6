// The page of queries: what the plain form does, done better.
import { el, find } from "../common/dom.ts";
import "../common/menu.ts";
import { fetched, Problem } from "../common/problem.ts";
import { type Answer, asked } from "./answer.ts";
import { completeBoxes } from "./builder.ts";
import { NamesByIri } from "./names.ts";
import { overview } from "./overview.ts";
import { QueryField } from "./query.ts";
import type { Naming } from "./terms.ts";
import { LOOKS } from "./views.ts";
import type { Vocabulary } from "./vocabulary.ts";

const form = find<HTMLFormElement>("#sparql-form");
const area = find<HTMLTextAreaElement>("#query");
const run = find<HTMLButtonElement>("#run");
const stop = find<HTMLButtonElement>("#stop");
const status = find("#status");
const result = find("#result");
const tabs = find("#looks");
const panel = find("#look");
const pin = document.querySelector<HTMLInputElement>("#version");
const menu = find<HTMLSelectElement>("#example");
const { endpoint = "", terms = "", layout = "", base = "" } = form.dataset;

let answer: Answer | null = null;
let running: AbortController | null = null;
let look = new URLSearchParams(location.hash.slice(1)).get("as") ?? "table";

const vocabulary = (await (await fetched(terms, { accept: "application/json" })).json()) as Vocabulary;
const field = new QueryField(find("#editor"), area, vocabulary, () => void ask());
document.documentElement.classList.add("scripted");
const naming: Naming = { prefixes: vocabulary.prefixes, base };

/** The query that the server wrote from the boxes, and what they hold. */
const built = { text: area.value, boxes: [...new URLSearchParams(location.search)].filter(([name]) => ["who", "what", "where"].includes(name)) };
completeBoxes(find<HTMLFormElement>("#builder"));
overview(find<HTMLDetailsElement>("#overview"), vocabulary, (written) => void field.insert(written));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void ask();
});
stop.addEventListener("click", () => running?.abort());
menu.addEventListener("change", () => void choose(menu.value));
find("#share").addEventListener("click", () => void share());
addEventListener("popstate", () => location.reload());
tabs.replaceChildren(...LOOKS.map(({ name }) => tab(name)));
tabs.addEventListener("keydown", step);
pin?.addEventListener("change", () => void ask());
markFault();
if (area.value.trim() && !find("#plain-answer").hasAttribute("data-fault")) void ask(true);

/** Run what is written, and show what comes back. */
async function ask(first = false): Promise<void> {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  const address = versioned();
  busy(true);
  field.unmark();
  find("#asked").textContent = field.text;
  say("Running…");
  if (!first) remember();
  try {
    const rows = await asked(address, field.text, mine.signal);
    naming.names = new NamesByIri({ endpoint: address, names: vocabulary.names, version: pin?.checked ? pin.value : "" }, mine.signal);
    answer = rows;
    await show();
  } catch (error) {
    if (running === mine) fail(error);
  } finally {
    if (running === mine) {
      running = null;
      busy(false);
    }
  }
}

function counted({ rows, truth, triples }: Answer): string {
  if (truth !== undefined) return "Answered";
  const what = triples ? "triple" : "row";
  return `${rows.length.toLocaleString("en")} ${what}${rows.length === 1 ? "" : "s"}`;
}

function fail(error: unknown): void {
  find("#plain-answer").hidden = true;
  // An old answer under a new error would look like its answer.
  answer = null;
  result.hidden = true;
  if (error instanceof DOMException && error.name === "AbortError") {
    say("Stopped: the server has given up the query too.");
  } else if (error instanceof Problem) {
    if (error.line) void field.mark(error.line, error.column, error.message);
    say(error.message, true);
  } else if (error instanceof TypeError) {
    say("The server could not be reached, or it cut the answer short.", true);
  } else throw error;
}

/** Mark what the server says of the query in the page as it was sent. */
function markFault(): void {
  const { fault, line = "0", column = "0" } = find("#plain-answer").dataset;
  if (!fault) return;
  if (line !== "0") void field.mark(Number(line), Number(column), fault);
  say(fault, true);
  find("#plain-answer").hidden = true;
}

function say(sentence: string, wrong = false): void {
  status.textContent = sentence;
  status.classList.toggle("wrong", wrong);
}

function busy(is: boolean): void {
  const [before, now] = is ? [run, stop] : [stop, run];
  now.disabled = false;
  if (document.activeElement === before) now.focus();
  before.disabled = true;
  result.toggleAttribute("aria-busy", is);
}

async function show(): Promise<void> {
  if (!answer) return;
  const shown = answer;
  const wanted = LOOKS.find(({ name }) => name === look) ?? LOOKS[0]!;
  const why = wanted.unfit(shown);
  const chosen = why ? LOOKS[0]! : wanted;
  await naming.names?.lookUp(chosen.rows(shown));
  // Another answer, or another look at this one, may have been asked for in the meantime.
  if (answer !== shown || (look !== wanted.name && LOOKS.some(({ name }) => name === look))) return;
  find("#plain-answer").hidden = true;
  result.hidden = false;
  for (const each of tabs.querySelectorAll<HTMLElement>("[role=tab]")) {
    const why = LOOKS.find(({ name }) => name === each.dataset.look)!.unfit(shown);
    each.setAttribute("aria-disabled", String(!!why));
    each.title = why;
  }
  say([`${counted(shown)} in ${Math.round(shown.milliseconds).toLocaleString("en")} ms.`, why, ...field.warnings].filter(Boolean).join(" "));
  for (const each of tabs.querySelectorAll<HTMLElement>("[role=tab]")) {
    const here = each.dataset.look === chosen.name;
    each.setAttribute("aria-selected", String(here));
    each.tabIndex = here ? 0 : -1;
  }
  panel.setAttribute("aria-labelledby", `look-${chosen.name}`);
  panel.replaceChildren();
  chosen.show(shown, panel, naming, layout);
  offerDownloads(shown);
}

function tab(name: string): HTMLElement {
  const made = el("button", { type: "button", role: "tab", id: `look-${name}`, "data-look": name, "aria-controls": "look" }, name);
  made.addEventListener("click", () => choosing(made));
  return made;
}

function choosing(chosen: HTMLElement): void {
  if (chosen.getAttribute("aria-disabled") === "true") {
    say(chosen.title);
    return;
  }
  look = chosen.dataset.look ?? "table";
  history.replaceState(null, "", look === "table" ? location.pathname + location.search : `#as=${look}`);
  show().catch((error: unknown) => {
    // Another query was asked while the names for this look were looked up.
    if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
  });
}

/** Move between the tabs by arrow keys, as tabs do. */
function step(event: KeyboardEvent): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  const all = [...tabs.querySelectorAll<HTMLElement>("[role=tab]")].filter((each) => each.getAttribute("aria-disabled") !== "true");
  const next = all[(all.findIndex((each) => each.getAttribute("aria-selected") === "true") + by + all.length) % all.length];
  if (!next) return;
  choosing(next);
  next.focus();
}

/** List the formats that this answer exists in: rows of a table in those for results, triples in those for graphs. */
function offerDownloads(shown: Answer): void {
  const wanted = shown.triples ? "graph" : "results";
  for (const link of document.querySelectorAll<HTMLAnchorElement>("#downloads a")) {
    const item = link.closest("li");
    if (item) item.hidden = link.dataset.for !== wanted;
    link.href = `${endpoint}?${asking({ format: link.dataset.format ?? "" }).toString()}`;
    link.download = `answer.${link.dataset.extension ?? "txt"}`;
  }
}

/** Return the parameters of what is asked: the query, the boxes that it was written from, and the version where the reader wants that one always. */
function asking(more: Record<string, string> = {}): URLSearchParams {
  const boxes = field.text === built.text ? Object.fromEntries(built.boxes) : {};
  return new URLSearchParams({ ...boxes, query: field.text, ...(pin?.checked ? { version: pin.value } : {}), ...more });
}

/** Return the endpoint's address, with the version where the reader wants that one always. */
function versioned(): string {
  return pin?.checked ? `${endpoint}?${new URLSearchParams({ version: pin.value }).toString()}` : endpoint;
}

/** Keep what is asked, and how its answer is looked at, in the address, so that the address can be passed on. */
function remember(): void {
  const address = `${location.pathname}?${asking().toString()}`;
  if (address === location.pathname + location.search) return;
  history.pushState(null, "", `${address}${look === "table" ? "" : `#as=${look}`}`);
}

async function share(): Promise<void> {
  remember();
  try {
    await navigator.clipboard.writeText(location.href);
    say("The address of this query is on the clipboard.");
  } catch {
    // Only secure pages have the clipboard, and only where the browser lets them write to it.
    say("The address of this query is the address of this page now: copy it from there.");
  }
}

/** Take an example into the editor and run it, or say why there is none. */
async function choose(address: string): Promise<void> {
  if (!address) return;
  try {
    field.text = await (await fetched(address, { accept: "application/sparql-query" })).text();
  } catch (error) {
    fail(error);
    return;
  }
  await ask();
}
