// How nodes look, on the canvas and in what is exported: side by colour, kind by shape, what is only spoken of by dashes.
import type { GraphNode } from "./graph.ts";

export interface Palette {
  paper: string;
  raised: string;
  ink: string;
  line: string;
  focus: string;
  unreal: string;
  unrealWash: string;
  a: string;
  b: string;
}

/** Return the colours that a page's tokens give now. */
export function palette(token: (name: string) => string): Palette {
  return {
    paper: token("--raised"),
    raised: token("--paper"),
    ink: token("--ink"),
    line: token("--line-strong"),
    focus: token("--focus"),
    unreal: token("--line-strong"),
    unrealWash: token("--sunken"),
    a: token("--side-a"),
    b: token("--side-b"),
  };
}

/** Return a node's colours: people are full, bodies and happenings are outlined. */
export function styleOf(node: GraphNode, colours: Palette): { fill: string; stroke: string } {
  if (node.kind === "scenario") return { fill: colours.unrealWash, stroke: colours.unreal };
  const colour = node.side === "a" ? colours.a : node.side === "b" ? colours.b : colours.line;
  return { fill: node.kind === "person" || node.kind === "" ? colour : colours.raised, stroke: colour };
}

type Pen = Pick<CanvasRenderingContext2D, "moveTo" | "lineTo" | "arc" | "rect" | "closePath">;

/** Add a node's outline to a path: a happening is a diamond, an organization a square, everybody else a circle. */
export function shape(pen: Pen, kind: string, { x, y }: { x: number; y: number }, radius: number): void {
  if (kind === "event" || kind === "meeting" || kind === "scenario") {
    const reach = radius * 1.25;
    pen.moveTo(x, y - reach);
    pen.lineTo(x + reach, y);
    pen.lineTo(x, y + reach);
    pen.lineTo(x - reach, y);
    pen.closePath();
  } else if (kind === "organization") {
    pen.rect(x - radius * 0.9, y - radius * 0.9, radius * 1.8, radius * 1.8);
  } else {
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, Math.PI * 2);
  }
}
