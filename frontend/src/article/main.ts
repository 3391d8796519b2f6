// The page of an article with its text: each pane leads to its place in the other, and keeps its own.
import { still } from "../common/dom.ts";

const words = [...document.querySelectorAll<HTMLElement>(".annotated > [id]")];
const entries = [...document.querySelectorAll<HTMLElement>(".numbered > li")];

for (const link of document.querySelectorAll<HTMLAnchorElement>(".numbered .back")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(link);
    history.replaceState(null, "", link.href);
  });
}
entries.find((each) => each.matches(".picked"))?.scrollIntoView({ block: "nearest" });
if (location.hash.startsWith("#at-")) document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: "nearest" });

/** Mark a statement and the words that it rests on, and bring these into sight. */
function choose(link: HTMLAnchorElement): void {
  const [start = 0, end = 0] = (link.dataset.span ?? new URL(link.href).searchParams.get("passage") ?? "").split("-").map(Number);
  const inside = words.filter(({ id }) => Number(id.slice(3)) >= start && Number(id.slice(3)) < end);
  for (const each of words) each.classList.toggle("picked", inside.includes(each));
  for (const each of entries) each.classList.toggle("picked", each.contains(link));
  inside[0]?.scrollIntoView({ block: "center", behavior: still() ? "auto" : "smooth" });
  inside[0]?.focus({ preventScroll: true });
}
