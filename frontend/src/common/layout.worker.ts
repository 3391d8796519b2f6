// Places the nodes of a network by forces, away from the page's own thread, and tells where they are as it goes.
import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from "d3-force";
import { clamp } from "./dom.ts";

export interface Job {
  /** x and y of each node; NaN where it has no place yet. */
  places: Float32Array;
  sizes: Float32Array;
  /** The indexes of each edge's two ends, one after the other. */
  ends: Uint32Array;
  /** The height of the picture as a share of its width. */
  proportion: number;
  /** Whether only the last places are wanted. */
  still: boolean;
}

export interface Placed {
  places: Float32Array;
  done: boolean;
}

const STEPS = 220;
const TOLD_EVERY = 4;

addEventListener("message", ({ data }: MessageEvent<Job>) => {
  const { places, sizes, ends, still } = data;
  const proportion = clamp(data.proportion || 1, 0.5, 2);
  const nodes: SimulationNodeDatum[] = Array.from(sizes, (_, each) => {
    const [x, y] = [places[2 * each], places[2 * each + 1]];
    return x === undefined || Number.isNaN(x) ? {} : { x, y };
  });
  const links: SimulationLinkDatum<SimulationNodeDatum>[] = [];
  for (let each = 0; each < ends.length; each += 2) links.push({ source: ends[each]!, target: ends[each + 1]! });
  const crowded = nodes.length > 800;
  const simulation = forceSimulation(nodes)
    .force("link", forceLink(links).distance(crowded ? 40 : 70))
    .force("charge", forceManyBody().strength(crowded ? -60 : -240).theta(crowded ? 1.1 : 0.9).distanceMax(1500))
    .force("collide", forceCollide((_, each) => sizes[each]! + (crowded ? 2 : 10)).iterations(1))
    .force("x", forceX(0).strength(0.075 * proportion))
    .force("y", forceY(0).strength(0.075 / proportion))
    .alphaDecay(1 - 0.001 ** (1 / STEPS))
    .stop();
  for (let step = 1; step <= STEPS; step += 1) {
    simulation.tick();
    if (step === STEPS || (!still && step % TOLD_EVERY === 0)) tell(nodes, step === STEPS);
  }
});

function tell(nodes: SimulationNodeDatum[], done: boolean): void {
  const places = new Float32Array(nodes.length * 2);
  nodes.forEach((node, each) => places.set([node.x!, node.y!], 2 * each));
  const told: Placed = { places, done };
  postMessage(told, { transfer: [places.buffer] });
}
