// Names in our namespaces that name no term: a query with one is answered, with nothing.
import { expander, shortened, type Vocabulary } from "./vocabulary.ts";
import { tokens } from "./position.ts";

export interface UnknownTerm {
  from: number;
  to: number;
  message: string;
  /** What may be meant, as it is written; empty where nothing is alike. */
  meant: string;
}

/** Letters that may differ between an unknown term and what is taken to be meant. */
const MOST_DIFFERENT = 3;

/** Return the unknown terms of a query. */
export function unknownTerms(text: string, { terms, prefixes }: Vocabulary): UnknownTerm[] {
  const known = new Set(terms.flatMap(({ iri, scheme }) => (scheme ? [iri, scheme] : [iri])));
  const spaces = [prefixes["cq"], prefixes["scheme"]].filter((iri) => iri !== undefined);
  const full = expander(text, prefixes);
  return tokens(text).flatMap(({ kind, text: written, from }) => {
    if (kind !== "iri" && kind !== "name") return [];
    const iri = full(written);
    const space = spaces.find((start) => iri.startsWith(start));
    if (!space || iri === space || known.has(iri)) return [];
    const meant = nearest(iri, [...known].filter((each) => each.startsWith(space)));
    const suggestion = meant && shortened(meant, prefixes);
    const message = `${written} is not a term of the ontology or of its schemes${meant ? `: ${suggestion}?` : "."}`;
    return [{ from, to: from + written.length, message, meant: suggestion }];
  });
}

function nearest(iri: string, known: string[]): string {
  const ranked = known.map((each) => ({ each, distance: differences(iri.toLowerCase(), each.toLowerCase()) }));
  const best = ranked.reduce((least, one) => (one.distance < least.distance ? one : least), { each: "", distance: MOST_DIFFERENT + 1 });
  return best.each;
}

/** Return how many letters to put in, take out or change make one word of another (Levenshtein). */
function differences(one: string, other: string): number {
  let row = [...other, ""].map((_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [at, against] of [...other].entries()) next.push(Math.min(next[at]! + 1, row[at + 1]! + 1, row[at]! + (letter === against ? 0 : 1)));
    row = next;
  }
  return row.at(-1)!;
}
