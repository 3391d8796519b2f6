// What the editor offers to write: keywords, variables, prefixes, our terms, and the things in the graph by name.
import type { Completion, CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";
import { fetched } from "../common/problem.ts";

export interface TermOffer {
  iri: string;
  label: string;
  definition: string;
  kind: string;
}

export interface Vocabulary {
  prefixes: Record<string, string>;
  terms: TermOffer[];
  /** Where things are found by their name. */
  things: string;
}

interface Thing {
  iri: string;
  label: string;
  kind: string;
}

const KEYWORDS =
  "SELECT CONSTRUCT ASK DESCRIBE WHERE PREFIX DISTINCT REDUCED FROM NAMED GRAPH OPTIONAL UNION MINUS FILTER BIND VALUES EXISTS NOT IN AS GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG DATATYPE BOUND IF COALESCE REGEX CONTAINS STRSTARTS LCASE CONCAT SUBSTR REPLACE YEAR MONTH DAY HOURS isIRI isLiteral langMatches".split(
    " ",
  );

/** Return what completes at the cursor. */
export function completions(vocabulary: Vocabulary): CompletionSource {
  const terms = vocabulary.terms.map((term) => offered(term, vocabulary.prefixes));
  const words: Completion[] = KEYWORDS.map((label) => ({ label, type: "keyword", boost: -1 }));
  const names: Completion[] = Object.entries(vocabulary.prefixes).map(([prefix, iri]) => ({
    label: `${prefix}:`,
    detail: iri,
    type: "namespace",
  }));
  return (context) => {
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) return { from: variable.from, options: variables(context, variable.from), validFor: /^[?$]\w*$/ };
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    // Within quotation marks before all else: what is offered for their first letter would be kept for the others.
    if (before.split('"').length % 2 === 0) {
      const from = line.from + before.lastIndexOf('"');
      return context.pos - from > 2 ? things(vocabulary, from, before.slice(before.lastIndexOf('"') + 1), context) : null;
    }
    const name = context.matchBefore(/[\w-]*:?[\w./-]*/);
    if (!name || (name.from === name.to && !context.explicit)) return null;
    if (/\bPREFIX\s+$/i.test(context.state.sliceDoc(Math.max(0, name.from - 12), name.from))) {
      return { from: name.from, options: declarations(vocabulary.prefixes) };
    }
    return { from: name.from, options: [...terms, ...names, ...words], validFor: /^[\w-]*:?[\w./-]*$/ };
  };
}

function declarations(prefixes: Record<string, string>): Completion[] {
  return Object.entries(prefixes).map(([prefix, iri]) => ({
    label: `${prefix}:`,
    apply: `${prefix}: <${iri}>\n`,
    detail: iri,
    type: "namespace",
  }));
}

function offered(term: TermOffer, prefixes: Record<string, string>): Completion {
  return {
    label: shortened(term.iri, prefixes),
    detail: term.label,
    info: term.definition,
    type: term.kind,
    apply: (view, _, from, to) => {
      const written = shortened(term.iri, prefixes);
      view.dispatch({ changes: { from, to, insert: written }, selection: { anchor: from + written.length } });
      declare(view, written, prefixes);
    },
  };
}

type View = Parameters<Extract<Completion["apply"], (...given: never[]) => void>>[0];

/** Declare the prefix of what was just written, where the query does not. */
function declare(view: View, written: string, prefixes: Record<string, string>): void {
  const prefix = written.slice(0, written.indexOf(":"));
  const iri = prefixes[prefix];
  if (!iri || new RegExp(`PREFIX\\s+${prefix}:`, "i").test(view.state.doc.toString())) return;
  view.dispatch({ changes: { from: 0, insert: `PREFIX ${prefix}: <${iri}>\n` } });
}

function shortened(iri: string, prefixes: Record<string, string>): string {
  for (const [prefix, start] of Object.entries(prefixes)) {
    const rest = iri.slice(start.length);
    if (iri.startsWith(start) && /^[A-Za-z][\w-]*$/.test(rest)) return `${prefix}:${rest}`;
  }
  return `<${iri}>`;
}

function variables(context: CompletionContext, before: number): Completion[] {
  const text = context.state.doc.toString();
  const found = new Set([...text.matchAll(/[?$]\w+/g)].filter(({ index }) => index !== before).map(([name]) => name));
  return [...found].map((label) => ({ label, type: "variable" }));
}

/** Offer things by their names: after a quotation mark, whose text becomes the IRI of what is chosen. */
async function things(
  { things: address }: Vocabulary,
  from: number,
  words: string,
  context: CompletionContext,
): Promise<CompletionResult | null> {
  const leaving = new AbortController();
  context.addEventListener("abort", () => leaving.abort());
  await new Promise((resolve) => setTimeout(resolve, 150));
  if (context.aborted) return null;
  const asked = `${address}?q=${encodeURIComponent(words)}`;
  const response = await fetched(asked, { accept: "application/json", signal: leaving.signal });
  const found = (await response.json()) as { things: Thing[] };
  const options = found.things.map(({ iri, label, kind }) => ({
    label: `"${label}`,
    displayLabel: label,
    detail: kind,
    info: iri,
    // The closing mark that the editor wrote goes with the opening one.
    apply: (view: View, _: Completion, start: number, end: number): void => {
      const to = view.state.sliceDoc(end, end + 1) === '"' ? end + 1 : end;
      view.dispatch({ changes: { from: start, to, insert: `<${iri}>` }, selection: { anchor: start + iri.length + 2 } });
    },
    type: "constant",
  }));
  return { from, options, filter: false };
}
