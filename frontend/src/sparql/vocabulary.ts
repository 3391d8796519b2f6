// What queries are written with: the terms of the ontology, and the things in the graph by name.
import { fetched } from "../common/problem.ts";

export interface TermOffer {
  iri: string;
  label: string;
  definition: string;
  kind: "class" | "property" | "constant";
  /** The scheme of a concept. */
  scheme?: string;
  /** The schemes whose concepts a property has as values. */
  schemes?: string[];
  /** The class of what a property leads to. */
  range?: string;
  /** The properties that instances of a class have, the most frequent first. */
  properties?: string[];
  /** By property, the schemes whose concepts instances of a class have, where the shapes say so. */
  schemesOf?: Record<string, string[]>;
  /** By property, the concepts that instances of a class have in the data, the most frequent first. */
  concepts?: Record<string, string[]>;
}

export interface Vocabulary {
  prefixes: Record<string, string>;
  terms: TermOffer[];
  /** What calls things that have no label of their own. */
  names: string;
  /** Where things are found by their name. */
  things: string;
}

export interface Thing {
  iri: string;
  label: string;
  kind: string;
}

/** Return what makes a full IRI of a name, by the prefixes that a query declares, and by ours. */
export function expander(text: string, known: Record<string, string>): (name: string) => string {
  const declared = new Map(Object.entries(known));
  for (const [, prefix, iri] of text.matchAll(/\bPREFIX\s+([\w-]*):\s*<([^>]*)>/gi)) declared.set(prefix!, iri!);
  return (name) => {
    if (name.startsWith("<")) return name.slice(1, -1);
    const colon = name.indexOf(":");
    const start = colon < 0 ? undefined : declared.get(name.slice(0, colon));
    return start === undefined ? name : start + name.slice(colon + 1).replace(/\\(.)/g, "$1");
  };
}

export function shortened(iri: string, prefixes: Record<string, string>): string {
  for (const [prefix, start] of Object.entries(prefixes)) {
    const rest = iri.slice(start.length);
    if (iri.startsWith(start) && /^[A-Za-z][\w-]*$/.test(rest)) return `${prefix}:${rest}`;
  }
  return `<${iri}>`;
}

/** Return the things that have a name with these words, the best first. */
export async function named(address: string, words: string, signal: AbortSignal): Promise<Thing[]> {
  const response = await fetched(`${address}?q=${encodeURIComponent(words)}`, { accept: "application/json", signal });
  return ((await response.json()) as { things: Thing[] }).things;
}
