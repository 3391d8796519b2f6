// The page of an article: its marks explain themselves, and each pane leads to its place in the other, and keeps its own.
import { still } from "../common/dom.ts";

const MOST_CHARACTERS = 220;
const words = [...document.querySelectorAll<HTMLElement>(".annotated > [id]")];
const entries = [...document.querySelectorAll<HTMLElement>(".numbered > li")];

// What a mark means and what a passage says is on the page once; a tip for each mark would be a third of the page.
const meanings = new Map([...document.querySelectorAll(".explained dl > div")].map((each) => [each.querySelector("a")?.href, each.querySelector("dd")?.textContent ?? ""]));
for (const chip of document.querySelectorAll<HTMLAnchorElement>(".numbered a.chip")) {
  const meaning = meanings.get(chip.href);
  if (meaning) chip.dataset.tip = meaning;
}

for (const link of document.querySelectorAll<HTMLAnchorElement>(".numbered .back")) {
  const passage = link.parentElement?.querySelector<HTMLElement>("a.passage");
  if (passage) passage.dataset.tip = `\u201c${shortened(wordsOf(link).map(({ textContent }) => textContent).join(""))}\u201d`;
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
  const inside = wordsOf(link);
  for (const each of words) each.classList.toggle("picked", inside.includes(each));
  for (const each of entries) each.classList.toggle("picked", each.contains(link));
  inside[0]?.scrollIntoView({ block: "center", behavior: still() ? "auto" : "smooth" });
  inside[0]?.focus({ preventScroll: true });
}

/** Return the parts of the text that a statement rests on, as the link to them has it. */
function wordsOf(link: HTMLAnchorElement): HTMLElement[] {
  const [start = 0, end = 0] = (link.dataset.span ?? new URL(link.href).searchParams.get("passage") ?? "").split("-").map(Number);
  return words.filter(({ id }) => Number(id.slice(3)) >= start && Number(id.slice(3)) < end);
}

/** Return words as long as the server shortens them. */
function shortened(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS).trimEnd()}\u2026` : text;
}
