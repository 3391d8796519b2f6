// The names of the things in an answer, so that no IRI stands where a name is known.
import { type Answer, asked } from "./answer.ts";

const MOST_NAMED = 500;
const UNWRITABLE = /[<>"{}|^`\\\s]/;
/** Properties that name things, the preferred ones first, as the server's pages have them. */
const NAMING_PROPERTIES = [
  "https://w3id.org/communique/ontology#name",
  "http://www.w3.org/2004/02/skos/core#prefLabel",
  "https://w3id.org/communique/ontology#gist",
  "http://purl.org/dc/terms/title",
  "http://www.w3.org/2000/01/rdf-schema#label",
];

/** Passages have no names of their own: they are called by their place. */
const PLACE_PREFIXES = "PREFIX cq: <https://w3id.org/communique/ontology#> PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX dcterms: <http://purl.org/dc/terms/>";
const PLACE = `?thing cq:startOffset ?start ; cq:endOffset ?end ; oa:hasSource/dcterms:title ?title
  BIND(<${NAMING_PROPERTIES.at(-1)}> AS ?property)
  BIND(CONCAT("characters ", STR(?start), "\u2013", STR(?end), " of ", STR(?title)) AS ?name)`;

/** Return the names of the first things of an answer; none if they cannot be had, since the answer does without. */
export async function namesIn(endpoint: string, answer: Answer, signal: AbortSignal): Promise<Map<string, string>> {
  const iris = new Set(answer.rows.slice(0, MOST_NAMED).flatMap((row) => Object.values(row).flatMap((term) => (term?.type === "uri" ? [term.value] : []))));
  const things = [...iris].filter((iri) => !UNWRITABLE.test(iri)).slice(0, MOST_NAMED);
  const names = new Map<string, string>();
  if (!things.length) return names;
  const list = (terms: string[]): string => terms.map((iri) => `<${iri}>`).join(" ");
  const pattern = "?thing ?property ?name";
  const values = `VALUES ?thing { ${list(things)} }`;
  const named = `${values} VALUES ?property { ${list(NAMING_PROPERTIES)} } { ${pattern} } UNION { GRAPH ?graph { ${pattern} } }`;
  const query = `${PLACE_PREFIXES} SELECT ?thing ?property ?name WHERE { { ${named} } UNION { ${values} ${PLACE} } }`;
  try {
    const { rows } = await asked(endpoint, query, signal);
    const rank = (property = "", language = "en"): number => NAMING_PROPERTIES.indexOf(property) + (language === "en" ? 0 : 0.5);
    const ranked = rows.map(({ thing, property, name }) => ({ thing, name, rank: rank(property?.value, name?.["xml:lang"]) }));
    for (const { thing, name } of ranked.sort((one, other) => other.rank - one.rank)) if (thing && name) names.set(thing.value, name.value);
  } catch (error) {
    if (signal.aborted) throw error;
  }
  return names;
}
