// The boxes of a question for those who write no SPARQL: the server writes its query.
import { el, find, settled } from "../common/dom.ts";
import { named } from "./vocabulary.ts";

/** Complete the boxes that say of which kinds of things they hold a name. */
export function completeBoxes(form: HTMLFormElement): void {
  for (const box of form.querySelectorAll<HTMLInputElement>("input[data-kinds]")) {
    complete(box, form.dataset.things ?? "", new RegExp(`^(?:${(box.dataset.kinds ?? "").split(" ").join("|")})`));
  }
}

/** Complete a box by the names of things of some kinds. */
function complete(box: HTMLInputElement, things: string, kinds: RegExp): void {
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
