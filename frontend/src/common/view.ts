// A network drawn on a canvas: a few paths a frame however many nodes, and only the names that there is room for.
import { Camera, type Point } from "./camera.ts";
import { clamp, settled, still, token } from "./dom.ts";
import { degrees, type Graph } from "./graph.ts";
import type { Job, Placed } from "./layout.worker.ts";
import { palette, type Palette, shape, styleOf } from "./look.ts";

const FULL = Math.PI * 2;
/** Edges above which they are left out while one moves about. */
const MANY = 6000;
/** Milliseconds after the last move from which on everything is drawn again. */
const REST = 120;
const LABEL = 13;
const LINE = LABEL + 3;
/** Characters of a line of a name, and lines of it, beyond which it is cut. */
const LINE_LENGTH = 24;
const MOST_LINES = 3;
/** Characters of a name where there is room for no line of it. */
const SHORTEST = 11;
/** Characters of a name's beginning that say less than its number. */
const LEAST = 4;
/** Pixels between a name and the picture's edge. */
const EDGE = 4;
/** Nodes up to which names keep clear of the nodes too. */
const FEW = 150;

export type Box = [left: number, top: number, right: number, bottom: number];

export class View {
  graph: Graph = { nodes: [], edges: [] };
  places: Float32Array = new Float32Array();
  sizes = new Float32Array();
  readonly camera: Camera;
  chain: number[] = [];
  selected = -1;
  /** Frames drawn, and the milliseconds that they took: what a measurement reads. */
  readonly drawn = { frames: 0, milliseconds: 0 };
  /** What stands for the names that there is no room for, by node: their numbers in the list beside the picture. */
  numbers: string[] = [];
  /** Where the names of the last frame are, by node: what a test reads. */
  readonly names = new Map<number, Box>();
  private readonly context: CanvasRenderingContext2D;
  private colours: Palette;
  private order: number[] = [];
  /** The nodes that are drawn alike. */
  private groups = new Map<string, number[]>();
  private near = new Set<number>();
  private worker: Worker | null = null;
  private waiting = 0;
  private movedAt = 0;
  private readonly rested = settled(() => this.redraw(), REST + 10);
  private fitted = false;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly layout: string,
    private readonly picked: (index: number) => void,
    private readonly placed: (done: boolean) => void = () => undefined,
    private readonly unplaced: () => void = () => undefined,
  ) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser has no canvas to draw on.");
    this.context = context;
    this.colours = palette(token);
    this.camera = new Camera(canvas, () => this.moved(), (at) => this.picked(this.at(at)));
    new ResizeObserver(() => this.resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour());
  }

  /** Show a graph; nodes that were there before keep their places. */
  show(graph: Graph): void {
    const known = new Map(this.graph.nodes.map((node, index) => [node.id, index]));
    const places = new Float32Array(graph.nodes.length * 2).fill(Number.NaN);
    graph.nodes.forEach((node, index) => {
      const before = known.get(node.id);
      if (before !== undefined) places.set(this.places.subarray(2 * before, 2 * before + 2), 2 * index);
    });
    const selected = this.graph.nodes[this.selected]?.id;
    this.fitted = known.size > 0 && places.some((each) => !Number.isNaN(each));
    this.graph = graph;
    this.sizes = Float32Array.from(degrees(graph), (degree) => 4 + Math.min(10, 1.6 * Math.sqrt(degree)));
    this.order = [...this.sizes.keys()].sort((a, b) => this.sizes[b]! - this.sizes[a]!);
    this.chain = [];
    this.select(graph.nodes.findIndex((node) => node.id === selected));
    this.place(places);
  }

  /** Mark a node and what it is joined to; -1 marks nothing. */
  select(index: number): void {
    this.selected = index;
    this.near = new Set(index < 0 ? [] : [index]);
    for (const { from, to } of this.graph.edges) {
      if (from === index) this.near.add(to);
      if (to === index) this.near.add(from);
    }
    this.regroup();
  }

  /** Draw a chain of nodes, each joined to the next, above all else; an empty one ends that. */
  follow(chain: number[]): void {
    this.chain = chain;
    this.regroup();
  }

  look(index: number): void {
    if (!Number.isNaN(this.places[2 * index] ?? Number.NaN)) this.camera.centre(this.placeOf(index), 0.9);
  }

  fit(): void {
    if (!this.places.length || Number.isNaN(this.places[0]!)) return;
    const low = { x: Infinity, y: Infinity };
    const high = { x: -Infinity, y: -Infinity };
    for (let each = 0; each < this.places.length; each += 2) {
      low.x = Math.min(low.x, this.places[each]!);
      low.y = Math.min(low.y, this.places[each + 1]!);
      high.x = Math.max(high.x, this.places[each]!);
      high.y = Math.max(high.y, this.places[each + 1]!);
    }
    this.camera.fit(low, high);
  }

  redraw(): void {
    this.waiting ||= requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
    });
  }

  private place(places: Float32Array): void {
    this.worker?.terminate();
    this.worker = new Worker(this.layout, { type: "module" });
    this.worker.addEventListener("message", ({ data }: MessageEvent<Placed>) => {
      this.places = data.places;
      if (!this.fitted) this.fit();
      if (data.done) this.fitted = true;
      this.redraw();
      this.placed(data.done);
    });
    this.worker.addEventListener("error", () => this.placeOnCircle());
    const ends = Uint32Array.from(this.graph.edges.flatMap(({ from, to }) => [from, to]));
    const job: Job = { places, sizes: this.sizes, ends, still: still() };
    this.places = places;
    if (this.graph.nodes.length) this.worker.postMessage(job);
    else this.redraw();
  }

  /** Place the nodes without the script that lays them out, which did not come. */
  private placeOnCircle(): void {
    const { length } = this.graph.nodes;
    const radius = 40 + 12 * length;
    this.places = Float32Array.from({ length: 2 * length }, (_, each) => {
      const angle = (2 * Math.PI * Math.floor(each / 2)) / length;
      return radius * (each % 2 ? Math.sin(angle) : Math.cos(angle));
    });
    this.fit();
    this.fitted = true;
    this.placed(true);
    this.unplaced();
  }

  private moved(): void {
    this.movedAt = performance.now();
    this.redraw();
    this.rested();
  }

  private resize(): void {
    const ratio = Math.min(2, devicePixelRatio || 1);
    this.canvas.width = this.canvas.clientWidth * ratio;
    this.canvas.height = this.canvas.clientHeight * ratio;
    if (this.fitted) this.redraw();
    else this.fit();
    this.draw();
  }

  private recolour(): void {
    this.colours = palette(token);
    this.redraw();
  }

  private at(point: Point): number {
    const { x, y } = this.camera.toPlane(point);
    const reach = 8 / this.camera.scale;
    let best = -1;
    let least = Infinity;
    for (let each = 0; each < this.sizes.length; each += 1) {
      const away = Math.hypot(this.places[2 * each]! - x, this.places[2 * each + 1]! - y);
      if (away < this.radius(each) + reach && away < least) [best, least] = [each, away];
    }
    return best;
  }

  private placeOf(index: number): Point {
    return { x: this.places[2 * index]!, y: this.places[2 * index + 1]! };
  }

  private radius(index: number): number {
    return this.sizes[index]! / Math.max(0.55, Math.min(1, this.camera.scale));
  }

  private draw(): void {
    const started = performance.now();
    const { context, camera, canvas } = this;
    const ratio = canvas.width / Math.max(1, canvas.clientWidth);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = this.colours.paper;
    context.fillRect(0, 0, canvas.width, canvas.height);
    if (!this.places.length || Number.isNaN(this.places[0]!)) return;
    context.setTransform(ratio * camera.scale, 0, 0, ratio * camera.scale, ratio * camera.x, ratio * camera.y);
    const resting = started - this.movedAt > REST;
    if (resting || this.graph.edges.length <= MANY) this.drawEdges();
    this.drawChosenEdges();
    this.drawNodes();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawNames(resting);
    this.drawn.frames += 1;
    this.drawn.milliseconds += performance.now() - started;
  }

  private drawEdges(): void {
    const { context, places, camera } = this;
    for (const real of [true, false]) {
      context.beginPath();
      for (const edge of this.graph.edges) {
        if (edge.real !== real) continue;
        context.moveTo(places[2 * edge.from]!, places[2 * edge.from + 1]!);
        context.lineTo(places[2 * edge.to]!, places[2 * edge.to + 1]!);
      }
      context.setLineDash(real ? [] : [5 / camera.scale, 4 / camera.scale]);
      context.strokeStyle = real ? this.colours.line : this.colours.unreal;
      context.globalAlpha = this.selected < 0 && !this.chain.length ? 0.7 : 0.3;
      context.lineWidth = 1.1 / camera.scale;
      context.stroke();
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  private drawChosenEdges(): void {
    const { context, places, camera } = this;
    const steps = new Set(this.chain.slice(1).flatMap((to, each) => [`${this.chain[each]} ${to}`, `${to} ${this.chain[each]}`]));
    context.beginPath();
    for (const { from, to } of this.graph.edges) {
      if (this.chain.length ? !steps.has(`${from} ${to}`) : from !== this.selected && to !== this.selected) continue;
      context.moveTo(places[2 * from]!, places[2 * from + 1]!);
      context.lineTo(places[2 * to]!, places[2 * to + 1]!);
    }
    context.strokeStyle = this.chain.length ? this.colours.focus : this.colours.ink;
    context.lineWidth = (this.chain.length ? 3.5 : 1.6) / camera.scale;
    context.stroke();
  }

  private drawNodes(): void {
    const { context, camera } = this;
    for (const indexes of this.groups.values()) {
      const { fill, stroke, faded } = this.colourOf(indexes[0]!);
      context.beginPath();
      for (const each of indexes) shape(context, this.graph.nodes[each]!.kind, this.placeOf(each), this.radius(each));
      context.globalAlpha = faded ? 0.25 : 1;
      context.fillStyle = fill;
      context.strokeStyle = stroke;
      context.lineWidth = 1.5 / camera.scale;
      context.fill();
      context.stroke();
    }
    context.globalAlpha = 1;
    if (this.selected >= 0) this.drawRing(this.selected);
  }

  private drawRing(index: number): void {
    const { context, camera } = this;
    const { x, y } = this.placeOf(index);
    context.beginPath();
    context.arc(x, y, this.radius(index) + 4 / camera.scale, 0, FULL);
    context.strokeStyle = this.colours.focus;
    context.lineWidth = 2.5 / camera.scale;
    context.stroke();
  }

  private drawNames(resting: boolean): void {
    const { context } = this;
    const discs = this.graph.nodes.length <= FEW ? this.discs() : [];
    this.names.clear();
    const chosen = this.chain.length ? this.chain : [...this.near];
    const most = resting ? 160 : 40;
    context.font = `500 ${LABEL}px ${token("--sans")}`;
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeStyle = this.colours.paper;
    context.textAlign = "center";
    for (const each of [...chosen, ...this.order]) {
      if (this.names.size >= most) break;
      if (this.fades(each) || this.names.has(each)) continue;
      this.drawName(each, discs);
    }
  }

  /** Return the boxes of the nodes on the screen, by node. */
  private discs(): Box[] {
    return this.graph.nodes.map((_, index) => {
      const { x, y } = this.camera.toScreen(this.placeOf(index));
      const radius = this.radius(index) * this.camera.scale;
      return [x - radius, y - radius, x + radius, y + radius];
    });
  }

  /**
   * Write a node's name about it: whole, else cut to a line, else to its first letters, else its number in the list.
   * Only a chosen name stands over a node, and only a number over its own.
   */
  private drawName(index: number, discs: Box[]): void {
    const { context, canvas } = this;
    const at = this.camera.toScreen(this.placeOf(index));
    if (at.x < 0 || at.y < 0 || at.x > canvas.clientWidth || at.y > canvas.clientHeight) return;
    const { label } = this.graph.nodes[index]!;
    const followed = this.chain.includes(index);
    const written = [...this.names.values()];
    const [whole, short, shortest] = [wrapped(label, MOST_LINES), wrapped(label, 1), wrapped(label, 1, SHORTEST)];
    const ways: [lines: string[], clearOf: Box[]][] = [[whole, discs], [short, discs]];
    const number = discs.length ? this.numbers[index] : undefined;
    // A first word such as "the" says less than a number that leads to the whole name.
    if (!number || shortest[0]!.length > LEAST) ways.push([shortest, discs]);
    if (followed || this.near.has(index)) ways.push([short, []]);
    if (number) ways.push([[number], discs], [[number], []]);
    for (const [lines, clearOf] of ways) {
      const boxes = this.boxesOf(index, at, lines, lines[0] === number);
      const free = boxes.find((box) => !written.some((other) => overlap(box, other)) && !clearOf.some((disc, each) => each !== index && overlap(box, disc)));
      const box = free ?? (followed ? boxes[0] : undefined);
      if (!box) continue;
      this.names.set(index, box);
      context.fillStyle = this.colours.ink;
      lines.forEach((line, row) => {
        const baseline = box[1] + row * LINE + LABEL;
        context.strokeText(line, (box[0] + box[2]) / 2, baseline);
        context.fillText(line, (box[0] + box[2]) / 2, baseline);
      });
      return;
    }
  }

  /** Return where the lines of a name can stand, the best first; none reaches over the picture's edge. */
  private boxesOf(index: number, at: Point, lines: string[], isNumber = false): Box[] {
    const { clientWidth, clientHeight } = this.canvas;
    const width = Math.max(...lines.map((line) => this.context.measureText(line).width)) + 4;
    const height = lines.length * LINE;
    const away = this.radius(index) * this.camera.scale + 3;
    const middle = clamp(at.x - width / 2, EDGE, Math.max(EDGE, clientWidth - EDGE - width));
    const corners: [left: number, top: number][] = [
      [middle, at.y + away],
      [middle, at.y - away - height],
      [at.x + away, at.y - height / 2],
      [at.x - away - width, at.y - height / 2],
      [at.x + away / 2, at.y + away],
      [at.x - away / 2 - width, at.y + away],
      [at.x + away / 2, at.y - away - height],
      [at.x - away / 2 - width, at.y - away - height],
    ];
    if (isNumber) corners.push([at.x - width / 2, at.y - height / 2]);
    return corners
      .map(([left, top]): Box => [left, top, left + width, top + height])
      .filter(([left, top, right, bottom]) => left >= EDGE && top >= EDGE && right <= clientWidth - EDGE && bottom <= clientHeight - EDGE);
  }

  private fades(index: number): boolean {
    if (this.chain.length) return !this.chain.includes(index);
    return this.selected >= 0 && !this.near.has(index);
  }

  private group(index: number): string {
    const { kind, side } = this.graph.nodes[index]!;
    return `${kind} ${side} ${this.fades(index)}`;
  }

  private regroup(): void {
    this.groups = new Map();
    for (const each of this.sizes.keys()) {
      const group = this.group(each);
      const listed = this.groups.get(group);
      if (listed) listed.push(each);
      else this.groups.set(group, [each]);
    }
    this.redraw();
  }

  private colourOf(index: number): { fill: string; stroke: string; faded: boolean } {
    return { ...styleOf(this.graph.nodes[index]!, this.colours), faded: this.fades(index) };
  }
}

function overlap(one: Box, other: Box): boolean {
  return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
}

/** Return a name in lines, at most so many; the last says by an ellipsis that there is more. */
function wrapped(label: string, most: number, longest = LINE_LENGTH): string[] {
  const lines: string[] = [];
  for (const word of label.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= longest) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const shown = lines.slice(0, most).map((line) => (line.length > longest ? `${line.slice(0, longest - 1)}…` : line));
  if (lines.length > most) shown[most - 1] = `${shown[most - 1]!.replace(/…$/, "")}…`;
  return shown;
}
