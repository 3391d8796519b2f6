// Terms as results show them: short where a prefix is known, a link where a link is safe, text always.
import { el } from "../common/dom.ts";
import type { Term } from "./answer.ts";
import { isTime, literalWords } from "./literals.ts";
import type { NamesByIri } from "./names.ts";

export interface Naming {
  prefixes: Record<string, string>;
  /** The base of what has a page here, and the path that its pages are under. */
  base: string;
  /** The names of things in the answer, by IRI. */
  names?: NamesByIri;
}

/** Return what an IRI is called, and the IRI as short as possible if it has no name. */
export const called = (iri: string, naming: Naming): string => naming.names?.get(iri) ?? shortened(iri, naming);

/** Return an IRI as short as its prefixes allow. */
export function shortened(iri: string, { prefixes, base }: Naming): string {
  let best = "";
  for (const [prefix, start] of Object.entries(prefixes)) {
    if (!iri.startsWith(start)) continue;
    const short = `${prefix}:${iri.slice(start.length)}`;
    if (!best || short.length < best.length) best = short;
  }
  return best || (base && iri.startsWith(base) && iri !== base ? iri.slice(base.length) : iri);
}

/** Return where a click on an IRI leads: to the page about it here, or to the web; null for every other scheme. */
export function leads(iri: string, { base, prefixes }: Naming): string | null {
  if (base && iri.startsWith(base)) return here(iri, iri.slice(base.length));
  const ours = prefixes["cq"];
  if (ours && iri.startsWith(ours)) return `/ontology#${encodeURIComponent(iri.slice(ours.length))}`;
  return /^https?:\/\//i.test(iri) ? iri : null;
}

/** Return the address of the page about an IRI: a path for what every browser leaves as it is, named whole otherwise. */
function here(iri: string, rest: string): string {
  const segments = rest.replace(/\/$/, "").split("/");
  const plain = segments.every((each) => /^[\w.~!$'()*+,;=:@-]+$/.test(each) && !/^\.\.?$/.test(each));
  return plain ? `/about/${rest}` : `/about?iri=${encodeURIComponent(iri)}`;
}

/** Return a cell's content. */
export function shown(term: Term | undefined, naming: Naming): Node {
  if (!term) return el("span", { class: "unknown" }, "");
  if (term.type === "literal") return literal(term);
  if (term.type === "bnode") return el("bdi", {}, `_:${term.value}`);
  const text = el("bdi", {}, called(term.value, naming));
  const where = leads(term.value, naming);
  if (where === null) return text;
  const link = el("a", { href: where, title: term.value }, text);
  if (!where.startsWith("/")) link.setAttribute("rel", "external noopener noreferrer");
  return link;
}

function literal(term: Term): Node {
  const words = literalWords(term);
  if (words !== term.value) return isTime(term) ? el("time", { datetime: term.value, title: term.value }, words) : el("bdi", { title: term.value }, words);
  const language = term["xml:lang"];
  const text = el("bdi", language ? { lang: language } : {}, term.value);
  return language && language !== "en" ? el("span", {}, text, " ", el("span", { class: "kind" }, languageName(language))) : text;
}

/** Return the name of a language in English; the tag itself where the browser knows none, or it is no tag. */
function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

const NUMERIC = /#(?:integer|decimal|double|float|nonNegativeInteger|positiveInteger|int|long)$/;
const DATED = /#(?:dateTime|date|gYear|gYearMonth|dateTimeStamp)$/;
const MOMENT = /^(-?)(\d{4,})(-\d\d)?(-\d\d)?(T[\d:.]+)?(Z|[+-]\d\d:\d\d)?$/;

export const isNumber = (term?: Term): boolean => !!term?.datatype && NUMERIC.test(term.datatype);
export const isDate = (term?: Term): boolean => !Number.isNaN(moment(term));

/** Return when a date begins or a time is, as it is written where no zone is told; NaN for what is neither. */
export function moment(term?: Term): number {
  if (!term?.datatype || !DATED.test(term.datatype)) return Number.NaN;
  const [, sign, year = "", month = "-01", day = "-01", clock, zone = "Z"] = MOMENT.exec(term.value) ?? [];
  const full = sign || year.length > 4 ? `${sign || "+"}${year.padStart(6, "0")}` : year;
  return Date.parse(`${full}${month}${day}${clock ? clock + zone : "T00:00Z"}`);
}
