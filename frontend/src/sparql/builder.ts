// A question in three boxes, for those who write no SPARQL: the server writes its query.
import { el, find, settled } from "../common/dom.ts";
import { fetched } from "../common/problem.ts";
import { named, type Vocabulary } from "./vocabulary.ts";

const AGENTS = /^(?:person|organization|group|voice)\b/;
/** Words for whatever somebody says or does, and for meeting, which are no concepts. */
const GENERAL_DEEDS = ["say", "do", "meet"];
const DEEDS = /\/(?:act|event-kind)$/;

/** Complete the boxes by name, and hand over the query of what they hold. */
export function builder(form: HTMLFormElement, { terms, things }: Vocabulary, run: (query: Promise<string>) => void): void {
  const deeds = new Set(GENERAL_DEEDS.concat(terms.flatMap(({ scheme, label }) => (scheme && DEEDS.test(scheme) ? [label] : []))));
  find("#deeds").replaceChildren(...[...deeds].sort().map((value) => el("option", { value })));
  complete(find("#who", form), things, AGENTS);
  complete(find("#where", form), things, /./);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const boxes = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    run(fetched(`${form.action}?${boxes.toString()}`, { accept: "application/sparql-query" }).then((response) => response.text()));
  });
}

/** Complete a box by the names of things of some kinds. */
export function complete(box: HTMLInputElement, things: string, kinds: RegExp): void {
  const list = find(`#${box.getAttribute("list") ?? ""}`);
  const suggest = async (): Promise<void> => {
    const words = box.value;
    if (words.length < 2) return;
    // Without a connection the box takes what is typed.
    const offers = await named(things, words, AbortSignal.timeout(10_000)).catch(() => []);
    if (box.value === words) list.replaceChildren(...offers.filter(({ kind }) => kinds.test(kind)).map(({ label, kind }) => el("option", { value: label }, kind)));
  };
  box.addEventListener("input", settled(() => void suggest()));
}
