// What the editor offers to write: keywords, variables, prefixes, our terms, and the things in the graph by name.
import { type Completion, CompletionContext, type CompletionResult, type CompletionSource } from "@codemirror/autocomplete";
import type { EditorState } from "@codemirror/state";
import { type Position, read, tokens } from "./position.ts";
import { expander, named, shortened, type TermOffer, type Vocabulary } from "./vocabulary.ts";

const RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

const KEYWORDS =
  "SELECT CONSTRUCT ASK DESCRIBE WHERE PREFIX DISTINCT REDUCED FROM NAMED GRAPH OPTIONAL UNION MINUS FILTER BIND VALUES EXISTS NOT IN AS GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG DATATYPE BOUND IF COALESCE REGEX CONTAINS STRSTARTS LCASE CONCAT SUBSTR REPLACE YEAR MONTH DAY HOURS isIRI isLiteral langMatches".split(
    " ",
  );

const RANGE = /^[\w-]*:?[\w./-]*$/;

/** Return what completes at the cursor. */
export function completions(vocabulary: Vocabulary): CompletionSource {
  const words: Completion[] = KEYWORDS.map((label) => ({ label, type: "keyword", boost: -1 }));
  const names: Completion[] = Object.entries(vocabulary.prefixes).map(([prefix, iri]) => ({
    label: `${prefix}:`,
    detail: iri,
    type: "namespace",
  }));
  return (context) => {
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) return { from: variable.from, options: variables(context, variable.from), validFor: /^[?$]\w*$/ };
    // Within quotation marks before all else: what is offered for their first letter would be kept for the others.
    const quoted = quotation(context);
    if (quoted) return quoted.words.length > 1 ? things(vocabulary, quoted, context) : null;
    const name = context.matchBefore(/[\w-]*:?[\w./-]*/);
    if (!name) return null;
    if (/\bPREFIX\s+$/i.test(context.state.sliceDoc(Math.max(0, name.from - 12), name.from))) {
      return { from: name.from, options: declarations(vocabulary.prefixes) };
    }
    const place = read(context.state.sliceDoc(0, name.from));
    const fitting = fittingTerms(place, context.state.doc.toString(), vocabulary);
    // A value is offered once the space before it is typed, a property after a semicolon; elsewhere Enter after a space is to begin a line.
    if (name.from === name.to && !context.explicit && !(fitting && place.slot === "object") && !followsSemicolon(context.state, name.from)) return null;
    if (fitting) return { from: name.from, options: fitting, validFor: RANGE };
    const terms = vocabulary.terms.map((term) => offered(term, vocabulary.prefixes));
    return { from: name.from, options: [...terms, ...names, ...words], validFor: RANGE };
  };
}

/** Return whether a property goes on about the subject here: after a semicolon and nothing but space. */
export function followsSemicolon({ doc }: EditorState, at: number): boolean {
  const before = doc.sliceString(0, at);
  return /;\s*$/.test(before) && read(before).slot === "predicate";
}

/** Return the terms that fit where the cursor stands, null where any might. */
function fittingTerms(place: Position, text: string, { terms, prefixes }: Vocabulary): Completion[] | null {
  const full = expander(text, prefixes);
  // Beyond the first step of a path stands a thing of which the range of the step before is known, if anything.
  const classes = (): TermOffer[] => (place.isPath ? rangesOf([full(place.step)], terms) : classesOf(place.subject, text, terms, full));
  if (place.slot === "predicate") return properties(classes(), { terms, prefixes });
  if (place.slot !== "object") return null;
  const isType = place.predicate === "a" || full(place.predicate) === RDF_TYPE;
  const fits = isType ? terms.filter(({ kind }) => kind === "class").map((term) => offered(term, prefixes)) : concepts(full(place.predicate), classes(), { terms, prefixes });
  return fits.length ? fits : null;
}

/** Return the classes that a query gives a subject or, without any, those of what it is said to be, else those that have all its properties. */
function classesOf(subject: string, text: string, terms: TermOffer[], full: (name: string) => string): TermOffer[] {
  const { classes, predicates, objectOf } = read(text);
  const named = [...(classes.get(subject) ?? [])].map(full);
  const all = terms.filter(({ kind }) => kind === "class");
  if (named.length) return all.filter(({ iri }) => named.includes(iri));
  const ranges = rangesOf([...(objectOf.get(subject) ?? [])].map(full), terms);
  if (ranges.length) return ranges;
  const written = [...(predicates.get(subject) ?? [])].map(full).filter((iri) => terms.some((term) => term.iri === iri && term.kind === "property"));
  return written.length ? all.filter((term) => written.every((iri) => term.properties?.includes(iri))) : [];
}

/** Return the classes of what some properties lead to. */
function rangesOf(properties: string[], terms: TermOffer[]): TermOffer[] {
  const ranges = new Set(terms.flatMap(({ iri, range }) => (range && properties.includes(iri) ? [range] : [])));
  return terms.filter(({ iri, kind }) => kind === "class" && ranges.has(iri));
}

/** Offer properties: those that the classes have, the most frequent first, before the others. */
function properties(classes: TermOffer[], { terms, prefixes }: Offers): Completion[] {
  const ranked = [...new Set(classes.flatMap((term) => term.properties ?? []))];
  const others = ranked.length ? OTHERS : { name: "properties", rank: 2 };
  const options = ordered(terms.filter(({ kind }) => kind === "property"), ranked, ofClasses(classes), others, prefixes);
  return [{ label: "a", displayLabel: "is a (class)", detail: "a", type: "keyword", section: ranked.length ? ofClasses(classes) : others, boost: classes.length ? -99 : 99 }, ...options];
}

/** Offer concepts of the schemes that a property has, of these classes if any: those in the data, the most frequent first, before the others. */
function concepts(property: string, classes: TermOffer[], { terms, prefixes }: Offers): Completion[] {
  const ranked = [...new Set(classes.flatMap((term) => term.concepts?.[property] ?? []))];
  const narrower = classes.flatMap((term) => term.schemesOf?.[property] ?? []);
  const schemes = narrower.length ? narrower : (terms.find(({ iri }) => iri === property)?.schemes ?? []);
  const fits = terms.filter(({ scheme }) => !!scheme && schemes.includes(scheme));
  return ordered(fits, ranked, ofClasses(classes), ranked.length ? OTHERS : undefined, prefixes);
}

type Offers = Pick<Vocabulary, "terms" | "prefixes">;
type Section = Exclude<Completion["section"], string | undefined>;

const OTHERS: Section = { name: "others", rank: 2 };

const ofClasses = (classes: TermOffer[]): Section => ({ name: `of ${classes.map(({ label }) => label).join(", ")}`, rank: 1 });

/** Offer terms in two sections: the ranked ones in their order, and the others by name. */
function ordered(terms: TermOffer[], ranked: string[], first: Section, others: Section | undefined, prefixes: Record<string, string>): Completion[] {
  return terms.map((term) => {
    const rank = ranked.indexOf(term.iri);
    return offered(term, prefixes, rank < 0 ? (others ? { section: others } : {}) : { section: first, boost: Math.max(1, 99 - rank) });
  });
}

function declarations(prefixes: Record<string, string>): Completion[] {
  return Object.entries(prefixes).map(([prefix, iri]) => ({
    label: `${prefix}:`,
    apply: `${prefix}: <${iri}>\n`,
    detail: iri,
    type: "namespace",
  }));
}

/** Offer a term by its label; what is typed may be its label or its name. */
function offered(term: TermOffer, prefixes: Record<string, string>, more: Partial<Completion> = {}): Completion {
  const written = shortened(term.iri, prefixes);
  return {
    label: `${written.replace(/^<.*[/#](.+)>$/, "$1")} ${term.label}`,
    displayLabel: term.label || written,
    detail: written.replace(/^<(.*)>$/, "$1").replace(prefixes["scheme"] ?? "", "scheme:"),
    info: term.definition,
    type: term.kind,
    apply: (view, _, from, to) => {
      view.dispatch({ changes: { from, to, insert: written }, selection: { anchor: from + written.length } });
      declare(view, written, prefixes);
    },
    ...more,
  };
}

export type View = Parameters<Extract<Completion["apply"], (...given: never[]) => void>>[0];

/** Declare the prefix of what was just written, where the query does not. */
export function declare(view: View, written: string, prefixes: Record<string, string>): void {
  const prefix = written.slice(0, written.indexOf(":"));
  const iri = prefixes[prefix];
  if (!iri || new RegExp(`PREFIX\\s+${prefix}:`, "i").test(view.state.doc.toString())) return;
  view.dispatch({ changes: { from: 0, insert: `PREFIX ${prefix}: <${iri}>\n` } });
}

function variables(context: CompletionContext, before: number): Completion[] {
  const text = context.state.doc.toString();
  const found = new Set([...text.matchAll(/[?$]\w+/g)].filter(({ index }) => index !== before).map(([name]) => name));
  return [...found].map((label) => ({ label, type: "variable" }));
}

/** Words within quotation marks around the cursor, from the opening mark to the end of what is written there. */
interface Quotation {
  from: number;
  to: number;
  words: string;
}

/** Return the quotation in which the cursor stands, null where it stands in none. */
function quotation({ state, pos }: CompletionContext): Quotation | null {
  const token = tokens(state.doc.toString()).find(({ kind, text, from }) => kind === "string" && from < pos && pos <= from + text.length);
  if (!token || /^("""|''')/.test(token.text)) return null;
  const whole = /^(["'])[^]*\1$/.test(token.text) && token.text.length > 1;
  const end = token.from + token.text.length;
  if (whole && pos === end) return null;
  // A mark that nothing closes is closed by the words before the cursor, whatever follows on its line.
  return { from: token.from, to: whole ? end : pos, words: state.sliceDoc(token.from + 1, whole ? end - 1 : pos) };
}

/** Offer things by their names: after a quotation mark, whose text becomes the IRI of what is chosen. */
async function things({ things: address }: Vocabulary, { from, words }: Quotation, context: CompletionContext): Promise<CompletionResult | null> {
  const leaving = new AbortController();
  context.addEventListener("abort", () => leaving.abort());
  await new Promise((resolve) => setTimeout(resolve, 150));
  if (context.aborted) return null;
  const names = await named(address, words, leaving.signal).catch((error: unknown) => {
    if (context.aborted) return [];
    throw error;
  });
  const options = names.map(({ iri, label, kind }) => ({
    label: `"${label}`,
    displayLabel: label,
    detail: kind,
    info: iri,
    // Whatever stands between the marks by now goes, with both marks.
    apply: (view: View): void => {
      const { from: start, to } = quotation(new CompletionContext(view.state, view.state.selection.main.head, true)) ?? { from, to: from };
      view.dispatch({ changes: { from: start, to, insert: `<${iri}>` }, selection: { anchor: start + iri.length + 2 } });
    },
    type: "constant",
  }));
  return { from, options, filter: false };
}
