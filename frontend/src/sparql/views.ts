// The ways to look at an answer: as a table, raw, as a graph, on a timeline, as a chart.
import { el, svg } from "../common/dom.ts";
import type { Graph } from "../common/graph.ts";
import { View } from "../common/view.ts";
import type { Answer, Row, Term } from "./answer.ts";
import { called, isDate, isNumber, leads, moment, type Naming, shown } from "./terms.ts";

export interface Look {
  name: string;
  /** Why an answer cannot be shown like this; empty where it can. */
  unfit(answer: Answer): string;
  /** The rows that it shows first: their things are to be called by name. */
  rows(answer: Answer): Row[];
  show(answer: Answer, into: HTMLElement, naming: Naming, layout: string): void;
}

const PAGE = 200;
const MOST_MARKS = 200;
const MOST_DRAWN = 5000;
const NOTHING_FITS = "No rows: nothing in the data fits the query.";

const table: Look = {
  name: "table",
  unfit: () => "",
  rows: (answer) => answer.rows.slice(0, PAGE),
  show(answer, into, naming) {
    if (answer.truth !== undefined) {
      into.append(el("p", { class: "truth" }, answer.truth ? "Yes." : "No."));
      return;
    }
    if (!answer.rows.length) {
      into.append(el("p", {}, NOTHING_FITS));
      return;
    }
    const body = el("tbody");
    const head = el("tr", {}, ...answer.columns.map((name) => el("th", { scope: "col", ...(isNumber(answer.rows[0]?.[name]) ? { class: "number" } : {}) }, name)));
    const region = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The answer as a table" });
    region.append(el("table", { class: "answer" }, el("thead", {}, head), body));
    into.append(region);
    const more = el("button", { type: "button", class: "quiet" });
    const fill = (): void => {
      const from = body.childElementCount;
      body.append(...answer.rows.slice(from, from + PAGE).map((row) => line(row, answer.columns, naming)));
      const left = answer.rows.length - body.childElementCount;
      more.hidden = left === 0;
      more.textContent = `Show ${Math.min(PAGE, left).toLocaleString("en")} more of ${left.toLocaleString("en")}`;
    };
    let coming = false;
    more.addEventListener("click", () => {
      if (coming) return;
      coming = true;
      const next = answer.rows.slice(body.childElementCount, body.childElementCount + PAGE);
      const end = (): void => {
        coming = false;
        fill();
      };
      if (naming.names) void naming.names.lookUp(next).then(end, end);
      else end();
    });
    into.append(more);
    fill();
  },
};

function line(row: Row, columns: string[], naming: Naming): HTMLElement {
  return el(
    "tr",
    {},
    ...columns.map((name) => el("td", { "data-label": name, ...(isNumber(row[name]) ? { class: "number" } : {}) }, shown(row[name], naming))),
  );
}

const raw: Look = {
  name: "raw",
  unfit: () => "",
  rows: () => [],
  show(answer, into) {
    const text = answer.format.endsWith("json") ? JSON.stringify(JSON.parse(answer.raw), null, 2) : answer.raw;
    const cut = text.length > 400_000 ? `${text.slice(0, 400_000)}\n… the rest is in the download` : text;
    into.append(el("pre", { tabindex: "0", "aria-label": "The answer as it was sent" }, cut));
  },
};

const graph: Look = {
  name: "graph",
  unfit: (answer) => (drawn(answer, { prefixes: {}, base: "" }).edges.length ? "" : "A graph needs rows with two IRIs, or triples."),
  rows: (answer) => answer.rows.slice(0, MOST_DRAWN),
  show(answer, into, naming, layout) {
    const found = drawn(answer, naming);
    const canvas = el("canvas", { class: "canvas", tabindex: "0", role: "img" });
    canvas.setAttribute("aria-label", `${found.nodes.length} things and ${found.edges.length} links between them; the table has the same`);
    const about = el("p", { class: "muted", "aria-live": "polite" }, "Choose a thing to see what it is; drag to move, turn the wheel to zoom.");
    into.append(canvas, about);
    const view = new View(canvas, layout, (index) => {
      view.select(index);
      const node = found.nodes[index];
      if (node) about.replaceChildren(node.href ? el("a", { href: node.href }, el("bdi", {}, node.label)) : el("bdi", {}, node.label));
    }, undefined, () => about.replaceChildren("The script that lays the picture out did not load: everything stands on a circle."));
    view.show(found);
  },
};

/** Return the graph that an answer draws: its triples, or each row's IRIs one joined to the next. */
function drawn(answer: Answer, naming: Naming): Graph {
  const numbers = new Map<string, number>();
  const found: Graph = { nodes: [], edges: [] };
  const joined = new Set<string>();
  const number = (iri: string): number => {
    const known = numbers.get(iri);
    if (known !== undefined) return known;
    numbers.set(iri, found.nodes.length);
    found.nodes.push({ id: iri, label: called(iri, naming), kind: "", side: "", href: leads(iri, naming) });
    return found.nodes.length - 1;
  };
  for (const row of answer.rows.slice(0, MOST_DRAWN)) {
    const columns = answer.triples ? ["subject", "object"] : answer.columns;
    const iris = columns.flatMap((name) => (row[name]?.type === "uri" ? [row[name].value] : []));
    for (const [each, to] of iris.slice(1).entries()) {
      const [from, relation] = [iris[each]!, answer.triples ? row["predicate"]!.value : ""];
      if (from === to || joined.has(`${from} ${to}`)) continue;
      joined.add(`${from} ${to}`);
      found.edges.push({ from: number(from), to: number(to), relation, real: true });
    }
  }
  return found;
}

const timeline: Look = {
  name: "timeline",
  unfit: (answer) => (dated(answer).length ? "" : "A timeline needs a column of dates."),
  rows: (answer) => datedRows(answer).slice(0, MOST_MARKS).map(({ row }) => row),
  show(answer, into, naming) {
    const columns = dated(answer);
    const marks = datedRows(answer);
    const all = marks.flatMap(({ times }) => times);
    const [first, last] = [Math.min(...all), Math.max(...all)];
    const at = (time: number): number => 2 + (96 * (time - first)) / Math.max(1, last - first);
    const list = el("ul", { class: "plain timeline" });
    for (const { row, times } of marks.slice(0, MOST_MARKS)) {
      const named = answer.columns.find((name) => !columns.includes(name) && row[name]);
      const [from, to] = [Math.min(...times), Math.max(...times)];
      const when = from === to ? stamp(from) : `${stamp(from)} to ${stamp(to)}`;
      const bar = svg("svg", { class: "span-bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "img", "aria-label": when });
      bar.append(svg("rect", { class: "rail", x: 0, y: 4.5, width: 100, height: 1 }));
      bar.append(svg("rect", { class: "sure", x: at(from), y: 1, width: Math.max(0.8, at(to) - at(from)), height: 8 }));
      list.append(el("li", {}, el("div", {}, shown(named ? row[named] : undefined, naming), " ", el("span", { class: "muted" }, when)), bar));
    }
    const axis = el("div", { class: "axis", "aria-hidden": "true" }, el("span", {}, stamp(first)), el("span", {}, stamp(last)));
    into.append(axis, list, ...rest(marks.length));
  },
};

/** Return the rows that have dates, with these, the earliest first. */
function datedRows(answer: Answer): { row: Row; times: number[] }[] {
  const columns = dated(answer);
  return answer.rows
    .map((row) => ({ row, times: columns.filter((name) => isDate(row[name])).map((name) => moment(row[name])) }))
    .filter(({ times }) => times.length)
    .sort((one, other) => Math.min(...one.times) - Math.min(...other.times));
}

const dated = (answer: Answer): string[] => answer.columns.filter((name) => answer.rows.some((row) => isDate(row[name])));
const stamp = (time: number): string => new Date(time).toISOString().replace(/T00:00:.*|:\d\d\.\d+Z$/, "").replace("T", " ");

const chart: Look = {
  name: "chart",
  unfit: (answer) => (numeric(answer) ? "" : "A chart needs a column of numbers: COUNT, for instance."),
  rows: (answer) => answer.rows.filter((row) => finite(row[numeric(answer)!])).slice(0, MOST_MARKS),
  show(answer, into, naming) {
    const column = numeric(answer)!;
    const bars = answer.rows.filter((row) => finite(row[column])).map((row) => ({ row, value: Number(row[column]!.value) }));
    const most = Math.max(0, ...bars.map(({ value }) => value));
    const least = Math.min(0, ...bars.map(({ value }) => value));
    const scale = 100 / (most - least || 1);
    const body = el("tbody");
    for (const { row, value } of bars.slice(0, MOST_MARKS)) {
      const bar = svg("svg", { class: "chart-bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
      bar.append(svg("rect", { x: (Math.min(0, value) - least) * scale, y: 0, width: Math.max(0.4, Math.abs(value) * scale), height: 10 }));
      const names = answer.columns.filter((name) => name !== column && row[name]).flatMap((name) => [shown(row[name], naming), " "]);
      body.append(el("tr", {}, el("th", { scope: "row" }, ...names), el("td", { class: "chart-cell" }, bar), el("td", { class: "number" }, value.toLocaleString("en"))));
    }
    into.append(el("table", { class: "chart" }, el("caption", {}, column), body), ...rest(bars.length));
  },
};

const numeric = (answer: Answer): string | undefined => answer.columns.findLast((name) => answer.rows.some((row) => finite(row[name])));
const finite = (term?: Term): boolean => isNumber(term) && Number.isFinite(Number(term?.value));

function rest(all: number): Node[] {
  return all > MOST_MARKS ? [el("p", { class: "muted" }, `The first ${MOST_MARKS} of ${all.toLocaleString("en")}; the table has them all.`)] : [];
}

export const LOOKS: Look[] = [table, raw, graph, timeline, chart];
