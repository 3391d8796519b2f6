// The picture as a file: SVG as it is drawn, PNG from that, GraphML for other tools.
import { svg } from "../common/dom.ts";
import type { Graph } from "../common/graph.ts";
import { type Palette, shape, styleOf } from "../common/look.ts";
import { type Box, type Line, NamePlaces, wrapped } from "../common/name_places.ts";
import type { View } from "../common/view.ts";

const MARGIN = 80;
const LETTERS = 11;
const LINE = LETTERS + 2;
/** Lines of a name: none is cut, as there is no list beside a picture that has left its page. */
const MOST_LINES = 20;
/** Links up to which names avoid them: each name is tried in sixteen places, and each place against all links. */
const FEW_LINKS = 5000;
/** Pixels along a side that browsers can hold in a canvas. */
const LARGEST = 8000;
const NOT_REPORTED = "planned, feared or demanded, not reported to have happened";
const NAMESPACE = "http://graphml.graphdrawing.org/xmlns";

/** Return the whole picture, wherever one looks just now. */
export function asSvg(view: View, colours: Palette): Blob {
  return new Blob([new XMLSerializer().serializeToString(drawing(view, colours))], { type: "image/svg+xml" });
}

/** Return the whole picture in pixels. */
export async function asPng(view: View, colours: Palette): Promise<Blob> {
  const drawn = drawing(view, colours);
  const [width, height] = ["width", "height"].map((name) => Number(drawn.getAttribute(name))) as [number, number];
  const scale = Math.min(2, LARGEST / Math.max(width, height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(drawn))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.ceil(width * scale), Math.ceil(height * scale)];
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("This browser cannot make such a large PNG."))), "image/png");
  });
}

function drawing(view: View, colours: Palette): SVGElement {
  const { graph, places, sizes } = view;
  const at = (index: number): { x: number; y: number } => ({ x: round(places[2 * index]!), y: round(places[2 * index + 1]!) });
  const all = graph.nodes.map((_, index) => at(index));
  const low = { x: Math.min(...all.map(({ x }) => x)) - MARGIN, y: Math.min(...all.map(({ y }) => y)) - MARGIN };
  const size = { x: Math.max(...all.map(({ x }) => x)) + MARGIN - low.x, y: Math.max(...all.map(({ y }) => y)) + MARGIN - low.y };
  const root = svg("svg", { viewBox: `${low.x} ${low.y} ${size.x} ${size.y}`, width: size.x, height: size.y });
  root.append(svg("title", {}, `${document.title}: ${graph.nodes.length} nodes, ${graph.edges.length} links`));
  root.append(svg("rect", { ...low, width: size.x, height: size.y, fill: colours.paper }));
  for (const { from, to, real } of graph.edges) {
    const [one, other] = [at(from), at(to)];
    const line = { x1: one.x, y1: one.y, x2: other.x, y2: other.y, stroke: real ? colours.line : colours.unreal, "stroke-opacity": 0.6 };
    root.append(svg("line", real ? line : { ...line, "stroke-dasharray": "5 4" }));
  }
  graph.nodes.forEach((node, index) => {
    const outline = new Outline();
    shape(outline, node.kind, at(index), sizes[index]!);
    root.append(svg("path", { d: outline.path, ...styleOf(node, colours), "stroke-width": 1.5 }));
  });
  root.append(...names(view, [low.x, low.y, low.x + size.x, low.y + size.y], colours));
  const small = { x: low.x + 10, "font-family": "sans-serif", "font-size": 10, fill: colours.ink };
  root.append(svg("text", { ...small, y: low.y + size.y - 10 }, location.href));
  // The picture leaves the page and its legend behind.
  if (graph.edges.some(({ real }) => !real)) root.append(svg("text", { ...small, y: low.y + size.y - 26 }, `dashed: ${NOT_REPORTED}`));
  return root;
}

/** Return the names of the nodes, whole, each on a ground of its own if only lines are beneath it. */
function names({ graph, places, sizes }: View, area: Box, colours: Palette): SVGElement[] {
  const pen = document.createElement("canvas").getContext("2d");
  if (pen) pen.font = `${LETTERS}px sans-serif`;
  const width = (text: string): number => pen?.measureText(text).width ?? text.length * LETTERS;
  const points = graph.nodes.map((_, index) => ({ x: places[2 * index]!, y: places[2 * index + 1]! }));
  const discs = points.map(({ x, y }, index): Box => [x - sizes[index]!, y - sizes[index]!, x + sizes[index]!, y + sizes[index]!]);
  const avoided = graph.edges.length <= FEW_LINKS ? graph.edges : [];
  const lines = avoided.map(({ from, to }): Line => [points[from]!.x, points[from]!.y, points[to]!.x, points[to]!.y]);
  const named = new NamePlaces(area, discs, lines, LINE, width);
  const look = { "font-family": "sans-serif", "font-size": LETTERS, "text-anchor": "middle", fill: colours.ink };
  const halo = { stroke: colours.paper, "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" };
  return graph.nodes.flatMap(({ label, kind }, index) => {
    const name = kind === "scenario" ? `${label} (${NOT_REPORTED})` : label;
    const way = { lines: wrapped(name, MOST_LINES), over: "lines" as const };
    const place = named.place({ index, at: points[index]!, away: sizes[index]! + 3, ways: [way], isForced: true });
    if (!place) return [];
    const [left, top, right, bottom] = place.box.map(round) as Box;
    const x = round((left + right) / 2);
    const spans = way.lines.map((line, row) => svg("tspan", { x, y: round(top + LETTERS + row * LINE) }, row ? ` ${line}` : line));
    const text = svg("text", { ...look, ...halo }, ...spans);
    return place.isFree ? [svg("rect", { x: left, y: top, width: right - left, height: bottom - top, fill: colours.paper }), text] : [text];
  });
}

/** Writes what is drawn with a canvas's pen as the path of an SVG. */
class Outline {
  path = "";

  moveTo(x: number, y: number): void {
    this.path += `M${round(x)} ${round(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.path += `L${round(x)} ${round(y)}`;
  }

  arc(x: number, y: number, radius: number): void {
    const r = round(radius);
    this.path += `M${round(x - radius)} ${round(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.path += `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;
  }

  closePath(): void {
    this.path += "z";
  }
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

const KEYS: [id: string, on: string, type: string][] = [
  ["iri", "node", "string"],
  ["label", "node", "string"],
  ["kind", "node", "string"],
  ["relation", "edge", "string"],
  ["words", "edge", "string"],
  ["real", "edge", "boolean"],
];

/** Return a graph as GraphML (http://graphml.graphdrawing.org/specification.html). */
export function asGraphML(graph: Graph, spoken: Record<string, [string, string]>): Blob {
  const written = document.implementation.createDocument(NAMESPACE, "graphml", null);
  const add = (to: Element, name: string, attributes: Record<string, string>, text = ""): Element => {
    const made = written.createElementNS(NAMESPACE, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.textContent = text;
    to.append(made);
    return made;
  };
  const root = written.documentElement;
  for (const [id, on, type] of KEYS) add(root, "key", { id, for: on, "attr.name": id, "attr.type": type });
  const body = add(root, "graph", { edgedefault: "directed" });
  // Of the characters of an IRI, the schema of GraphML allows few in an id (xs:NMTOKEN).
  for (const [number, { id, label, kind }] of graph.nodes.entries()) {
    const node = add(body, "node", { id: `n${number}` });
    add(node, "data", { key: "iri" }, id);
    add(node, "data", { key: "label" }, label);
    add(node, "data", { key: "kind" }, kind);
  }
  for (const { from, to, relation, real } of graph.edges) {
    const edge = add(body, "edge", { source: `n${from}`, target: `n${to}` });
    add(edge, "data", { key: "relation" }, relation);
    add(edge, "data", { key: "words" }, spoken[relation]?.[0] ?? "");
    add(edge, "data", { key: "real" }, String(real));
  }
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(written)}`;
  return new Blob([text], { type: "application/graphml+xml" });
}
