// Where the names of a picture's nodes stand: clear of the nodes and of each other, and of the lines where it can be.
import type { Point } from "./camera.ts";
import { clamp } from "./dom.ts";

export type Box = [left: number, top: number, right: number, bottom: number];
export type Line = [x1: number, y1: number, x2: number, y2: number];

/** A node to be named: where it is and how far from there a name begins. */
export interface Named {
  index: number;
  at: Point;
  away: number;
  /** The ways in which its name can be written, the best first. */
  ways: Way[];
  /** Whether its name is written even if no place for it is free. */
  isForced: boolean;
}

export interface Way {
  lines: string[];
  /** What it may stand over: lines alone, other nodes too, or all nodes and its own above all. */
  over: "lines" | "nodes" | "itself";
}

export interface NamePlace {
  lines: string[];
  box: Box;
  /** Whether it stands over nothing but lines, so that it may have a ground of its own. */
  isFree: boolean;
}

/** Pixels between a name and the picture's edge. */
const EDGE = 4;
/** Characters of a line of a name, and lines of it, beyond which it is cut. */
const LINE_LENGTH = 24;
const MOST_LINES = 3;
/** Characters of a line of a name that has no room in wider ones. */
const NARROW_LINE_LENGTH = 15;
/** Characters of a name where there is room for no line of it. */
const SHORTEST = 11;
/** Characters of a name's beginning that say less than its number. */
const LEAST = 4;
/** Directions from a node in which its name can stand, in sixteenths of a turn clockwise from the right; the best first. */
const DIRECTIONS = [4, 12, 0, 8, 2, 6, 14, 10, 3, 5, 13, 11, 1, 7, 15, 9];

export class NamePlaces {
  readonly boxes = new Map<number, Box>();

  /** `discs` are the nodes by index, empty if names may stand over them; `width` measures a line of text. */
  constructor(
    private readonly area: Box,
    private readonly discs: Box[],
    private readonly edges: Line[],
    private readonly lineHeight: number,
    private readonly width: (text: string) => number,
  ) {}

  /**
   * Return the place of a node's name in the first way that has a free one, null if none has.
   * Of the free places, the name takes the one where the least of the lines passes.
   */
  place(node: Named): NamePlace | null {
    const written = [...this.boxes.values()];
    for (const way of node.ways) {
      const boxes = this.candidates(node, way);
      const clearOf = way.over === "lines" ? this.discs : [];
      const free = boxes.filter((box) => !written.some((other) => overlap(box, other)) && !clearOf.some((disc, each) => each !== node.index && overlap(box, disc)));
      const box = this.clearest(free) ?? (node.isForced ? boxes[0] : undefined);
      if (!box) continue;
      this.boxes.set(node.index, box);
      return { lines: way.lines, box, isFree: free.length > 0 && clearOf.length > 0 };
    }
    return null;
  }

  /** Return the box through which the least of the edges passes, the first of several. */
  private clearest(boxes: Box[]): Box | undefined {
    let [best, least]: [Box | undefined, number] = [undefined, Infinity];
    for (const box of boxes) {
      let hidden = 0;
      for (const edge of this.edges) if ((hidden += lengthWithin(edge, box)) >= least) break;
      if (hidden < least) [best, least] = [box, hidden];
      if (!least) break;
    }
    return best;
  }

  /** Return where the lines of a name can stand about its node, the best first; none reaches over the picture's edge. */
  private candidates({ at, away }: Named, { lines, over }: Way): Box[] {
    const [left, top, right, bottom] = this.area;
    const [width, height] = [Math.max(...lines.map(this.width)) + 4, lines.length * this.lineHeight];
    const boxes = DIRECTIONS.map((direction): Box => {
      const [across, down] = [Math.cos((direction * Math.PI) / 8), Math.sin((direction * Math.PI) / 8)];
      // As near as the name clears the node, which it does beside it or above and below it.
      const [beside, above] = [(width / 2 + away) / Math.abs(across), (height / 2 + away) / Math.abs(down)];
      const near = Math.min(beside, above);
      const x = at.x + near * across - width / 2;
      const y = at.y + near * down - height / 2;
      const within = above <= beside ? clamp(x, left + EDGE, Math.max(left + EDGE, right - EDGE - width)) : x;
      return [within, y, within + width, y + height];
    });
    if (over === "itself") boxes.push([at.x - width / 2, at.y - height / 2, at.x + width / 2, at.y + height / 2]);
    return boxes.filter((box) => box[0] >= left + EDGE && box[1] >= top + EDGE && box[2] <= right - EDGE && box[3] <= bottom - EDGE);
  }
}

function overlap(one: Box, other: Box): boolean {
  return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
}

/** Return how much of a line lies within a box (clipped as by Liang and Barsky). */
function lengthWithin([x1, y1, x2, y2]: Line, [left, top, right, bottom]: Box): number {
  const [across, down] = [x2 - x1, y2 - y1];
  let [first, last] = [0, 1];
  for (const [step, room] of [[-across, x1 - left], [across, right - x1], [-down, y1 - top], [down, bottom - y1]] as const) {
    if (step < 0) first = Math.max(first, room / step);
    else if (step > 0) last = Math.min(last, room / step);
    else if (room < 0) return 0;
  }
  return last > first ? (last - first) * Math.hypot(across, down) : 0;
}

/** Return how a name can be written: whole, else cut to a line, else to its first letters, else as its number, if it has one. */
export function waysOf(label: string, number: string, isChosen: boolean): Way[] {
  // What is cut keeps more of what tells it from others without its article.
  const bare = label.replace(/^(the|an?) /i, "");
  const [short, shortest] = [wrapped(bare, 1), wrapped(bare, 1, SHORTEST)];
  const [wide, narrow] = [wrapped(label, MOST_LINES), wrapped(label, MOST_LINES, NARROW_LINE_LENGTH)];
  const ways: Way[] = [wide, narrow, short].map((lines) => ({ lines, over: "lines" }));
  // A first word such as "the" says less than a number that leads to the whole name.
  if (!number || shortest[0]!.length > LEAST) ways.push({ lines: shortest, over: "lines" });
  if (isChosen) ways.push({ lines: short, over: "nodes" });
  if (number) ways.push({ lines: [number], over: "lines" }, { lines: [number], over: "itself" });
  return ways;
}

/** Return a name in lines, at most so many; the last says by an ellipsis that there is more. */
export function wrapped(label: string, most: number, longest = LINE_LENGTH): string[] {
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
