// The names of the things in an answer, so that no IRI stands where a name is known.
import { fetched } from "../common/problem.ts";
import { asked, type Row } from "./answer.ts";

/** Things in one query: its text has a bounded length. */
const AT_ONCE = 500;
/** Characters of IRIs in one address, which has a bounded length too. */
const LONGEST_LIST = 4000;
const UNWRITABLE = /[<>"{}|^`\\\s]/;
/** Properties that name things, the preferred ones first, as the server's pages have them. */
const NAMING_PROPERTIES = [
  "https://w3id.org/communique/ontology#name",
  "http://www.w3.org/2004/02/skos/core#prefLabel",
  "https://w3id.org/communique/ontology#gist",
  "http://purl.org/dc/terms/title",
  "http://www.w3.org/2000/01/rdf-schema#label",
];

/** Where names are asked for: the endpoint, and what calls things that have no label, of which version if not the current. */
export interface NameSources {
  endpoint: string;
  names: string;
  version: string;
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
    for (const { thing, name } of await labels(this.sources.endpoint, things, this.signal)) if (thing && name) this.set(thing.value, name.value);
    const unnamed = things.filter((iri) => !this.has(iri));
    for (const [thing, name] of await composedNames(this.sources, unnamed, this.signal)) this.set(thing, name);
  }
}

/** Return the rows with labels of things, the preferred label of each last. */
async function labels(endpoint: string, things: string[], signal: AbortSignal): Promise<Row[]> {
  const list = (terms: string[]): string => terms.map((iri) => `<${iri}>`).join(" ");
  const pattern = "?thing ?property ?name";
  const values = `VALUES ?thing { ${list(things)} }`;
  const named = `${values} VALUES ?property { ${list(NAMING_PROPERTIES)} } { ${pattern} } UNION { GRAPH ?graph { ${pattern} } }`;
  const query = `SELECT ?thing ?property ?name WHERE { ${named} }`;
  const { rows } = await asked(endpoint, query, signal);
  const rank = ({ property, name }: Row): number => NAMING_PROPERTIES.indexOf(property?.value ?? "") + ((name?.["xml:lang"] ?? "en") === "en" ? 0 : 0.5);
  return rows.sort((one, other) => rank(other) - rank(one));
}

/** Return what the server calls things by words that no label has: passages by their paragraphs, terms of others, holdings. */
async function composedNames({ names: address, version }: NameSources, iris: string[], signal: AbortSignal): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const hosts = new Map<string, string[]>();
  for (const iri of iris) {
    const host = iri.split("/", 3).join("/");
    hosts.set(host, [...(hosts.get(host) ?? []), iri]);
  }
  for (const group of hosts.values()) {
    const start = commonStart(group);
    const ends = group.map((iri) => iri.slice(start.length));
    while (ends.length) {
      const asking = new URLSearchParams({ start, ...(version ? { version } : {}) });
      do asking.append("end", ends.shift()!);
      while (ends.length && asking.toString().length < LONGEST_LIST);
      const response = await fetched(`${address}?${asking.toString()}`, { accept: "application/json", signal });
      const found = ((await response.json()) as { names: Record<string, string> }).names;
      for (const [end, name] of Object.entries(found)) names.set(start + end, name);
    }
  }
  return names;
}

/** Return what all of these begin with. */
function commonStart(iris: string[]): string {
  const [first = "", ...others] = iris;
  let length = first.length;
  for (const iri of others) while (!iri.startsWith(first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}
