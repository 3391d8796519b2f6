// The names of the things in an answer, so that no IRI stands where a name is known.
import { fetched } from "../common/problem.ts";
import { asked, type Row } from "./answer.ts";

/** Things in one query: its text has a bounded length. */
const AT_ONCE = 500;
/** Characters of passages in one address, which has a bounded length too. */
const LONGEST_LIST = 1200;
const UNWRITABLE = /[<>"{}|^`\\\s]/;
/** Properties that name things, the preferred ones first, as the server's pages have them. */
const NAMING_PROPERTIES = [
  "https://w3id.org/communique/ontology#name",
  "http://www.w3.org/2004/02/skos/core#prefLabel",
  "https://w3id.org/communique/ontology#gist",
  "http://purl.org/dc/terms/title",
  "http://www.w3.org/2000/01/rdf-schema#label",
];

/** Passages have no names of their own: they are called by their place; `?passage` tells them apart. */
const PLACE_PREFIXES = "PREFIX cq: <https://w3id.org/communique/ontology#> PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX dcterms: <http://purl.org/dc/terms/>";
const PLACE = `?thing a cq:Passage ; cq:startOffset ?start ; cq:endOffset ?end ; oa:hasSource/dcterms:title ?title
  OPTIONAL { ?thing cq:paragraph ?paragraph }
  BIND(<${NAMING_PROPERTIES.at(-1)}> AS ?property)
  BIND(IF(BOUND(?paragraph), CONCAT("\u00b6\u00a0", STR(?paragraph), ", "), "") AS ?place)
  BIND(CONCAT(?place, "characters ", STR(?start), "\u2013", STR(?end), " of ", STR(?title)) AS ?name) BIND(true AS ?passage)`;
/** Entities of Wikidata are called by the names of the things that are linked to them. */
const LINKED = `{ ?own <https://schema.org/sameAs> ?thing } UNION { GRAPH ?graph { ?own <https://schema.org/sameAs> ?thing } }
  ?own cq:name ?linked FILTER(STRSTARTS(STR(?thing), "http://www.wikidata.org/entity/"))
  BIND(<${NAMING_PROPERTIES.at(-1)}> AS ?property) BIND(CONCAT(STR(?linked), " (Wikidata)") AS ?name)`;

/** Where names are asked for: the endpoint, and what calls passages by their paragraphs. */
export interface NameSources {
  endpoint: string;
  passages: string;
}

/** The names of the things in an answer, looked up as its rows are shown. */
export class NamesByIri extends Map<string, string> {
  private readonly asked = new Set<string>();

  constructor(
    private readonly sources: NameSources,
    private readonly signal: AbortSignal,
  ) {
    super();
  }

  /** Look up the names of the things in rows; without them if they cannot be had, since the answer does without. */
  async lookUp(rows: Row[]): Promise<void> {
    const iris = rows.flatMap((row) => Object.values(row).flatMap((term) => (term?.type === "uri" ? [term.value] : [])));
    const things = [...new Set(iris)].filter((iri) => !UNWRITABLE.test(iri) && !this.asked.has(iri));
    for (const thing of things) this.asked.add(thing);
    try {
      for (let from = 0; from < things.length; from += AT_ONCE) await this.add(things.slice(from, from + AT_ONCE));
    } catch (error) {
      if (this.signal.aborted) throw error;
    }
  }

  private async add(things: string[]): Promise<void> {
    const rows = await labels(this.sources.endpoint, things, this.signal);
    for (const { thing, name } of rows) if (thing && name) this.set(thing.value, name.value);
    const passages = rows.flatMap(({ thing, passage }) => (thing && passage ? [thing.value] : []));
    for (const [thing, name] of await paragraphs(this.sources.passages, passages, this.signal)) this.set(thing, name);
  }
}

/** Return the rows with labels of things, the preferred label of each last. */
async function labels(endpoint: string, things: string[], signal: AbortSignal): Promise<Row[]> {
  const list = (terms: string[]): string => terms.map((iri) => `<${iri}>`).join(" ");
  const pattern = "?thing ?property ?name";
  const values = `VALUES ?thing { ${list(things)} }`;
  const named = `${values} VALUES ?property { ${list(NAMING_PROPERTIES)} } { ${pattern} } UNION { GRAPH ?graph { ${pattern} } }`;
  const query = `${PLACE_PREFIXES} SELECT ?thing ?property ?name ?passage WHERE { { ${named} } UNION { ${values} ${PLACE} } UNION { ${values} ${LINKED} } }`;
  const { rows } = await asked(endpoint, query, signal);
  const rank = ({ property, name }: Row): number => NAMING_PROPERTIES.indexOf(property?.value ?? "") + ((name?.["xml:lang"] ?? "en") === "en" ? 0 : 0.5);
  return rows.sort((one, other) => rank(other) - rank(one));
}

/** Return the names of passages by their paragraphs, which only the server knows: the text is no part of the graph. */
async function paragraphs(address: string, passages: string[], signal: AbortSignal): Promise<Map<string, string>> {
  const ends = new Map<string, string[]>();
  for (const iri of passages) {
    const start = iri.slice(0, iri.lastIndexOf("/") + 1);
    ends.set(start, [...(ends.get(start) ?? []), iri.slice(start.length)]);
  }
  const names = new Map<string, string>();
  for (const [start, all] of ends) {
    while (all.length) {
      const asking = new URLSearchParams({ start });
      do asking.append("end", all.shift()!);
      while (all.length && asking.toString().length < LONGEST_LIST);
      const response = await fetched(`${address}?${asking.toString()}`, { accept: "application/json", signal });
      const found = ((await response.json()) as { names: Record<string, string> }).names;
      if (!Object.keys(found).length) return names;
      for (const [end, name] of Object.entries(found)) names.set(start + end, name);
    }
  }
  return names;
}
