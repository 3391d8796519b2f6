// The classes and properties in the data: how often each is used, an example, and the properties that a class has.
import { el, find } from "../common/dom.ts";
import { fetched } from "../common/problem.ts";
import { shortened, type TermOffer, type Vocabulary } from "./vocabulary.ts";

type Uses = Record<string, { uses: string; example: string } | undefined>;

/** Fill the overview when it is first opened; a click on a term hands it over as a query writes it. */
export function overview(details: HTMLDetailsElement, vocabulary: Vocabulary, insert: (written: string) => void): void {
  details.addEventListener("toggle", () => void fill(details, vocabulary, insert), { once: true });
}

async function fill(details: HTMLDetailsElement, { terms, prefixes }: Vocabulary, insert: (written: string) => void): Promise<void> {
  const response = await fetched(details.dataset.uses ?? "", { accept: "application/json" });
  const uses = (await response.json()) as Uses;
  const named = new Map(terms.map((term) => [term.iri, term]));
  const entry = (term: TermOffer): (Node | string)[] => {
    const written = shortened(term.iri, prefixes);
    const button = el("button", { type: "button", class: "quiet", title: term.definition, "aria-label": `Write ${written}` }, term.label);
    button.addEventListener("click", () => insert(written));
    const { uses: number = "", example = "" } = uses[term.iri] ?? {};
    return [button, ` ${number}`, el("span", { class: "muted" }, " for instance ", el("bdi", {}, example))];
  };
  const used = terms.filter(({ iri, kind }) => kind !== "constant" && uses[iri]);
  const classes = used.filter(({ kind }) => kind === "class").map((term) => {
    const inner = (term.properties ?? []).flatMap((iri) => named.get(iri) ?? []).map((property) => el("li", {}, ...entry(property)));
    const open = el("details", {}, el("summary", {}, `its ${inner.length} properties`), el("ul", { class: "plain" }, ...inner));
    return el("li", {}, ...entry(term), open);
  });
  find(".panel", details).replaceChildren(el("ul", { class: "plain" }, ...classes));
}
