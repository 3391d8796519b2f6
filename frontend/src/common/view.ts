// A network drawn on a canvas: a few paths a frame however many nodes, and only the names that there is room for.
import { Camera, type Point } from "./camera.ts";
import { settled, still, token } from "./dom.ts";
import { degrees, type Graph } from "./graph.ts";
import type { Job, Placed } from "./layout.worker.ts";
import { palette, type Palette, shape, styleOf } from "./look.ts";
import { type Box, type Line, type Named, NamePlaces, waysOf } from "./name_places.ts";

const FULL = Math.PI * 2;
/** Edges above which they are left out while one moves about. */
const MANY = 6000;
/** Milliseconds after the last move from which on everything is drawn again. */
const REST = 120;
/** Pixels of a name's letters, in a picture on a telephone and in a wider one. */
const [SMALL, LABEL, WIDE] = [12, 13, 480];
/** Nodes up to which names keep clear of the nodes too. */
const FEW = 150;

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
  names: ReadonlyMap<number, Box> = new Map();
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
  /** What comes into sight as the nodes get their places. */
  private framed: "all" | "chosen" | "nothing" = "all";

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
    // Paper has the colours of the light; what it takes has to be drawn before it does.
    for (const query of ["(prefers-color-scheme: dark)", "print"]) matchMedia(query).addEventListener("change", () => this.recolour());
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
    this.framed = known.size > 0 && places.some((each) => !Number.isNaN(each)) ? "nothing" : "all";
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

  /** Bring all nodes into sight. */
  fit(): void {
    this.fitTo([...this.graph.nodes.keys()]);
  }

  /** Bring the chain, or the chosen node and its neighbours, into sight, and keep them there until all have their places. */
  fitChosen(): void {
    this.framed = "chosen";
    this.fitFramed();
  }

  private fitFramed(): void {
    if (this.framed === "all") this.fit();
    else if (this.framed === "chosen") this.fitTo(this.chain.length ? this.chain : [...this.near]);
  }

  private fitTo(indexes: number[]): void {
    const points = indexes.map((index) => this.placeOf(index)).filter(({ x }) => !Number.isNaN(x));
    if (!points.length) return;
    const [across, down] = [points.map(({ x }) => x), points.map(({ y }) => y)];
    this.camera.fit({ x: Math.min(...across), y: Math.min(...down) }, { x: Math.max(...across), y: Math.max(...down) });
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
      this.fitFramed();
      if (data.done) this.framed = "nothing";
      this.redraw();
      this.placed(data.done);
    });
    this.worker.addEventListener("error", () => this.placeOnCircle());
    const ends = Uint32Array.from(this.graph.edges.flatMap(({ from, to }) => [from, to]));
    const proportion = this.canvas.clientHeight / Math.max(1, this.canvas.clientWidth);
    const job: Job = { places, sizes: this.sizes, ends, proportion, still: still() };
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
    this.framed = "nothing";
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
    if (this.framed === "nothing") this.redraw();
    else this.fitFramed();
    this.draw();
  }

  private recolour(): void {
    this.colours = palette(token);
    this.draw();
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
    const { context, canvas } = this;
    const few = this.graph.nodes.length <= FEW;
    context.font = `500 ${this.letters}px ${token("--sans")}`;
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeStyle = this.colours.paper;
    context.textAlign = "center";
    const area: Box = [0, 0, canvas.clientWidth, canvas.clientHeight];
    const width = (text: string): number => context.measureText(text).width;
    const places = new NamePlaces(area, few ? this.discs() : [], few ? this.lines() : [], this.letters + 3, width);
    this.names = places.boxes;
    const chosen = this.chain.length ? this.chain : [...this.near];
    const most = resting ? 160 : 40;
    for (const each of [...chosen, ...this.order]) {
      if (this.names.size >= most) break;
      if (this.fades(each) || this.names.has(each)) continue;
      this.drawName(places, this.named(each, few));
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

  /** Return the edges on the screen. */
  private lines(): Line[] {
    const ends = this.graph.nodes.map((_, index) => this.camera.toScreen(this.placeOf(index)));
    return this.graph.edges.map(({ from, to }) => [ends[from]!.x, ends[from]!.y, ends[to]!.x, ends[to]!.y]);
  }

  private get letters(): number {
    return this.canvas.clientWidth < WIDE ? SMALL : LABEL;
  }

  private named(index: number, few: boolean): Named {
    const isFollowed = this.chain.includes(index);
    return {
      index,
      at: this.camera.toScreen(this.placeOf(index)),
      away: this.radius(index) * this.camera.scale + 3,
      ways: waysOf(this.graph.nodes[index]!.label, (few && this.numbers[index]) || "", isFollowed || this.near.has(index)),
      isForced: isFollowed,
    };
  }

  private drawName(places: NamePlaces, named: Named): void {
    const { context, canvas } = this;
    const { x, y } = named.at;
    if (x < 0 || y < 0 || x > canvas.clientWidth || y > canvas.clientHeight) return;
    const place = places.place(named);
    if (!place) return;
    const [left, top, right, bottom] = place.box;
    context.fillStyle = this.colours.paper;
    // No line runs through the letters.
    if (place.isFree) context.fillRect(left, top, right - left, bottom - top);
    context.fillStyle = this.colours.ink;
    place.lines.forEach((line, row) => {
      const baseline = top + row * (this.letters + 3) + this.letters;
      context.strokeText(line, (left + right) / 2, baseline);
      context.fillText(line, (left + right) / 2, baseline);
    });
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
