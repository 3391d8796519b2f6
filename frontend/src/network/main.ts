// The page of the network: a picture with a list beside it, filters, chains, and files to take away.
import { el, find, save, settled, token } from "../common/dom.ts";
import { type Graph, type GraphEdge, type GraphNode } from "../common/graph.ts";
import { palette } from "../common/look.ts";
import { fetched, Problem } from "../common/problem.ts";
import { View } from "../common/view.ts";
import { about, hopsOf, type Told } from "./about.ts";
import { asGraphML, asPng, asSvg } from "./exports.ts";
import { NodeList } from "./list.ts";

interface Drawn {
  nodes: [iri: string, label: string, kind: string, side: string, href: string | null][];
  edges: [from: number, to: number, relation: string, real: number][];
  relations: Record<string, [forwards: string, backwards: string]>;
  degrees: number[];
  /** How many there are in all, of which these are a part. */
  all: number;
}

const tool = find("#tool");
const filters = find<HTMLFormElement>("#filters");
const chainForm = find<HTMLFormElement>("#chain-form");
const status = find("#network-status");
const again = find<HTMLButtonElement>("#again");
const stage = find(".stage");
/** Milliseconds after which an answer that has not come is said to be waited for. */
const SLOW = 400;
/** What failed last, to be tried again. */
let failed: () => void = () => undefined;
const panel = find("#about");
const { graph: address = "", chain: chainAddress = "", things = "", layout = "" } = tool.dataset;

document.documentElement.classList.add("scripted");
const spoken: Record<string, [string, string]> = {};
const links = new Map<string, number>();
/** The nodes whose neighbours have been brought in since the filters changed. */
let expanded: string[] = [];
/** Longest address that the server reads, with room for its host and the parameters of a link to data. */
const LONGEST = 1800;
/** A point in the middle and a scale, as `moved` writes them: any other would show nothing. */
const VIEW = /^-?\d{1,6},-?\d{1,6},\d\.\d\d$/;
/** How often the filters have changed: what was asked for before that is not shown after it. */
let changes = 0;
/** What the chain that is shown was asked for by, as parameters; empty without one. */
let chained: string[][] = [];
/** What is looked at, as the address has it, since somebody has moved the picture; empty if it shows itself. */
let looked = "";
const canvas = find<HTMLCanvasElement>("#canvas");
const view = new View(canvas, layout, choose, placed, unplaced);
const list = new NodeList(find("#nodes"), find<HTMLInputElement>("#filter"), choose, expand);
Object.assign(tool, { view });

filters.addEventListener("change", () => void filter());
filters.addEventListener("submit", (event) => event.preventDefault());
chainForm.addEventListener("submit", (event) => {
  event.preventDefault();
  closeFolded();
  void chain();
});
again.addEventListener("click", () => failed());
find("#closer").addEventListener("click", () => {
  view.camera.zoom(1.4);
  moved();
});
find("#farther").addEventListener("click", () => {
  view.camera.zoom(1 / 1.4);
  moved();
});
find("#whole").addEventListener("click", () => {
  view.fit();
  looked = "";
  remember();
});
for (const event of ["wheel", "pointerup", "keydown"]) canvas.addEventListener(event, moved);
find("#png").addEventListener("click", () => asPng(view, palette(token)).then((file) => save(file, "network.png")));
find("#svg").addEventListener("click", () => save(asSvg(view, palette(token)), "network.svg"));
find("#graphml").addEventListener("click", () => save(asGraphML(view.graph, spoken), "network.graphml"));
for (const field of chainForm.querySelectorAll("input")) field.addEventListener("input", settled(() => void suggest(field.value), 200));

const remember = settled(() => addressed(state()), 100);
const start = new URLSearchParams(location.search);
await load();
for (const iri of new Set([...start.getAll("around"), ...start.getAll("expand")])) await expand(iri);
if (start.get("from") && start.get("to")) {
  for (const key of ["from", "to"]) find<HTMLInputElement>(`#${key}`).value = start.get(key) ?? "";
  find<HTMLInputElement>("#spoken").checked = start.get("spoken") === "yes";
  await chain();
} else if (start.get("chosen")) choose(view.graph.nodes.findIndex(({ id }) => id === start.get("chosen")));
looked = VIEW.test(start.get("view") ?? "") ? start.get("view")! : "";
lookAgain();
remember();

/** Show what the filters ask for, and the chain that they leave between the two ends of the one that is shown. */
async function filter(): Promise<void> {
  const ends = chained;
  await load();
  // Filters that change again before its answer are to leave it too.
  chained = ends;
  if (ends.length) await chain(ends);
}

/** Show what the filters ask for. */
async function load(): Promise<void> {
  const asked = parameters();
  asked.set("most", find<HTMLSelectElement>("#most").value);
  changes += 1;
  expanded = [];
  await trying<Drawn>(`${address}?${asked.toString()}`, (drawn) => {
    links.clear();
    show(graphOf(drawn));
    choose(view.selected);
    if (!drawn.all) say("Nothing is connected in that way.");
    else if (drawn.nodes.length === drawn.all) say(`All ${count(drawn.all)}.`);
    else {
      say(`The ${count(drawn.nodes.length)} best connected of ${count(drawn.all)}.`);
      // On paper nothing can be chosen.
      status.append(el("span", { class: "on-screen" }, " Choose one and expand it, or show more."));
    }
  });
}

/** Add what a node is joined to, beyond what the picture holds. */
async function expand(iri: string): Promise<void> {
  const asked = parameters();
  asked.set("around", iri);
  await trying<Drawn>(`${address}?${asked.toString()}`, (drawn) => {
    const before = view.graph.nodes.length;
    expanded = [...expanded.filter((each) => each !== iri), iri];
    show(merged(view.graph, graphOf(drawn)));
    const index = view.graph.nodes.findIndex(({ id }) => id === iri);
    choose(index);
    view.fitChosen();
    say(`${count(view.graph.nodes.length - before)} more around ${view.graph.nodes[index]?.label ?? iri}.`);
  });
}

/** Return what the form of chains asks for, as parameters. */
function typedEnds(): string[][] {
  const ends = ["from", "to"].map((name) => [name, find<HTMLInputElement>(`#${name}`).value]);
  return find<HTMLInputElement>("#spoken").checked ? [...ends, ["spoken", "yes"]] : ends;
}

/** Find the shortest chains between two names that the filters let through, and draw the first above all else. */
async function chain(ends = typedEnds()): Promise<void> {
  const asked = parameters();
  for (const [name, value] of ends) asked.set(name!, value!);
  await trying<Told & Drawn>(`${chainAddress}?${asked.toString()}`, (told) => {
    if (told.path) {
      show(merged(view.graph, graphOf(told)));
      const indexes = new Map(view.graph.nodes.map(({ id }, index) => [id, index]));
      choose(-1);
      view.follow(told.path.map((iri) => indexes.get(iri) ?? -1).filter((each) => each >= 0));
      view.fitChosen();
    }
    panel.replaceChildren(...hopsOf(told));
    chained = ends;
    addressed(state());
    say(told.hops ? `${told.from} and ${told.to} are ${count(told.hops.length)} steps apart.` : `Nothing joins ${told.from} and ${told.to}.`);
    find("h2", panel).focus();
  });
}

function choose(index: number): void {
  view.follow([]);
  view.select(index);
  list.choose(index);
  const node = view.graph.nodes[index];
  [looked, chained] = ["", []];
  remember();
  if (!node) {
    panel.replaceChildren();
    return;
  }
  view.look(index);
  const lead = (to: number): void => choose(to);
  const held = panel.contains(document.activeElement);
  panel.replaceChildren(...about(view.graph, index, spoken, links.get(node.id) ?? 0, lead, () => void expand(node.id)));
  if (held) find("h2", panel).focus();
}

function show(graph: Graph): void {
  tool.removeAttribute("data-placed");
  stage.hidden = !graph.nodes.length;
  view.show(graph);
  view.numbers = list.show(graph.nodes, (id) => links.get(id) ?? 0);
  for (const id of ["#png", "#svg", "#graphml"]) find<HTMLButtonElement>(id).disabled = !graph.nodes.length;
}

function graphOf(drawn: Drawn): Graph {
  Object.assign(spoken, drawn.relations);
  drawn.nodes.forEach(([id], index) => links.set(id, Math.max(links.get(id) ?? 0, drawn.degrees[index] ?? 0)));
  const nodes: GraphNode[] = drawn.nodes.map(([id, label, kind, side, href]) => ({ id, label, kind, side, href }));
  const edges: GraphEdge[] = drawn.edges.map(([from, to, relation, real]) => ({ from, to, relation, real: real === 1 }));
  return { nodes, edges };
}

/** Return both graphs as one. */
function merged(one: Graph, other: Graph): Graph {
  const nodes = [...one.nodes];
  const numbers = new Map(nodes.map(({ id }, index) => [id, index]));
  for (const node of other.nodes) {
    if (!numbers.has(node.id)) numbers.set(node.id, nodes.push(node) - 1);
  }
  const edges = new Map<string, GraphEdge>();
  for (const graph of [one, other]) {
    for (const edge of graph.edges) {
      const [from, to] = [numbers.get(graph.nodes[edge.from]!.id)!, numbers.get(graph.nodes[edge.to]!.id)!];
      edges.set(`${from} ${edge.relation} ${to}`, { ...edge, from, to });
    }
  }
  return { nodes, edges: [...edges.values()] };
}

function parameters(): URLSearchParams {
  const asked = new URLSearchParams();
  const boxes = [...filters.querySelectorAll<HTMLInputElement>("[name=relation]")];
  if (boxes.some((each) => !each.checked)) {
    for (const each of boxes) if (each.checked) asked.append("relation", each.value);
    if (!asked.size) asked.append("relation", "none");
  }
  for (const name of ["real", "since", "until"]) {
    const { value } = find<HTMLInputElement>(`#${name}`);
    if (value && value !== "all") asked.set(name, value);
  }
  return asked;
}

/** Return what can be seen as parameters: filters, how many nodes, which are expanded, which is chosen, and what is looked at. */
function state(): URLSearchParams {
  const seen = parameters();
  const most = find<HTMLSelectElement>("#most");
  if (most.value !== most.dataset.first) seen.set("most", most.value);
  const chosen = view.graph.nodes[view.selected];
  if (chosen && !chained.length) seen.set("chosen", chosen.id);
  for (const [name, value] of chained) seen.set(name!, value!);
  if (looked) seen.set("view", looked);
  for (const iri of expanded) if (seen.toString().length + encodeURIComponent(iri).length < LONGEST) seen.append("expand", iri);
  return seen;
}

/** Keep what is looked at once somebody has moved the picture. */
function moved(): void {
  const [x, y, scale] = view.camera.looked();
  looked = `${x.toFixed(0)},${y.toFixed(0)},${scale.toFixed(2)}`;
  remember();
}

/** Look at what the address says, if it says so. */
function lookAgain(): void {
  const [x = 0, y = 0, scale = 0] = looked.split(",").map(Number);
  if (looked) view.camera.look(x, y, scale);
}

/** Say that the nodes have their places, if they have, and look at what the address says. */
function placed(done: boolean): void {
  if (!done) return;
  lookAgain();
  tool.setAttribute("data-placed", "");
}

/** Put what can be seen into the address, and into the links to its data and to this version of it. */
function addressed(seen: URLSearchParams): void {
  history.replaceState(null, "", seen.size ? `${location.pathname}?${seen.toString()}` : location.pathname);
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".data-menu .formats a, .data-menu .pin")) {
    const { searchParams: own } = new URL(link.href);
    const whole = new URLSearchParams(seen);
    for (const name of ["format", "version"]) if (own.has(name)) whole.set(name, own.get(name) ?? "");
    link.href = `${location.pathname}?${whole.toString()}`;
  }
}

/** Close what lies over the picture on a telephone; browsers without popovers have nothing there. */
function closeFolded(): void {
  for (const folded of document.querySelectorAll<HTMLElement>("[popover]")) folded.hidePopover?.();
}

async function suggest(words: string): Promise<void> {
  if (words.length < 2) return;
  const { things: found } = await get<{ things: { label: string; kind: string }[] }>(`${things}?q=${encodeURIComponent(words)}`);
  find("#names").replaceChildren(...found.map(({ label, kind }) => el("option", { value: label }, kind)));
}

async function get<T>(from: string): Promise<T> {
  return (await (await fetched(from, { accept: "application/json" })).json()) as T;
}

/** Fetch what changes the picture, and show it or say why not, unless the filters have changed meanwhile. */
async function trying<T>(from: string, run: (found: T) => void): Promise<void> {
  const before = changes;
  const late = setTimeout(() => changes === before && say("Waiting for the server…"), SLOW);
  again.hidden = true;
  try {
    const found = await get<T>(from).finally(() => clearTimeout(late));
    if (changes === before) run(found);
  } catch (error) {
    if (!(error instanceof Problem) && !(error instanceof TypeError)) throw error;
    if (changes !== before) return;
    failed = () => void trying(from, run);
    say(error instanceof Problem ? error.message : "The server could not be reached.", true);
    again.hidden = false;
  }
}

/** Say that the script that lays the picture out has not come. */
function unplaced(): void {
  say("The script that lays the picture out did not load: everything stands on a circle. Reload the page to try again.");
}

function say(sentence: string, wrong = false): void {
  status.textContent = sentence;
  status.classList.toggle("wrong", wrong);
}

function count(number: number): string {
  return number.toLocaleString("en");
}
