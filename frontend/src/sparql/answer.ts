// An answer, read from what the server sends: rows of terms, whatever the form of the query.
import { fetched } from "../common/problem.ts";

export interface Term {
  type: "uri" | "literal" | "bnode";
  value: string;
  "xml:lang"?: string;
  datatype?: string;
}

export type Row = Record<string, Term | undefined>;

export interface Answer {
  columns: string[];
  rows: Row[];
  /** Whether the rows are triples. */
  triples: boolean;
  /** What an ASK is answered with. */
  truth?: boolean;
  raw: string;
  format: string;
  milliseconds: number;
}

interface Results {
  head: { vars?: string[] };
  boolean?: boolean;
  results?: { bindings: Row[] };
}

const RESULTS = "application/sparql-results+json";
const TRIPLES = "application/n-triples";

/** Run a query; a signal stops it, here and, since its client has left, on the server. */
export async function asked(endpoint: string, query: string, signal: AbortSignal): Promise<Answer> {
  const started = performance.now();
  const response = await fetched(endpoint, {
    method: "POST",
    headers: { "Content-Type": "application/sparql-query" },
    accept: `${RESULTS}, ${TRIPLES}`,
    body: query,
    signal,
  });
  const raw = await response.text();
  const format = response.headers.get("Content-Type")?.split(";")[0] ?? "";
  return { ...(format === RESULTS ? fromResults(raw) : fromTriples(raw)), raw, format, milliseconds: performance.now() - started };
}

type Read = Pick<Answer, "columns" | "rows" | "triples" | "truth">;

function fromResults(raw: string): Read {
  const { head, boolean, results } = JSON.parse(raw) as Results;
  if (boolean !== undefined) return { columns: [], rows: [], triples: false, truth: boolean };
  return { columns: head.vars ?? [], rows: results?.bindings ?? [], triples: false };
}

const TERM = String.raw`(<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^>]*>)?)`;
const LINE = new RegExp(String.raw`^\s*${TERM}\s+${TERM}\s+${TERM}\s*\.\s*$`);

function fromTriples(raw: string): Read {
  const rows: Row[] = [];
  for (const line of raw.split("\n")) {
    const found = LINE.exec(line);
    if (found) rows.push({ subject: term(found[1]!), predicate: term(found[2]!), object: term(found[3]!) });
  }
  return { columns: ["subject", "predicate", "object"], rows, triples: true };
}

function term(written: string): Term {
  if (written.startsWith("<")) return { type: "uri", value: unescaped(written.slice(1, -1)) };
  if (written.startsWith("_:")) return { type: "bnode", value: written.slice(2) };
  const end = written.lastIndexOf('"');
  const tail = written.slice(end + 1);
  const read: Term = { type: "literal", value: unescaped(written.slice(1, end)) };
  if (tail.startsWith("@")) read["xml:lang"] = tail.slice(1);
  if (tail.startsWith("^^")) read.datatype = tail.slice(3, -1);
  return read;
}

const ESCAPES: Record<string, string> = { t: "\t", n: "\n", r: "\r", b: "\b", f: "\f" };

function unescaped(text: string): string {
  return text.replace(/\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|(.))/g, (_, short?: string, long?: string, one?: string) =>
    one === undefined ? String.fromCodePoint(Number.parseInt(short ?? long ?? "0", 16)) : (ESCAPES[one] ?? one),
  );
}
