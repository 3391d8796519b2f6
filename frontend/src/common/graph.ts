// What a network is made of, wherever it comes from.

export interface GraphNode {
  id: string;
  label: string;
  /** person, organization, group, event, meeting, scenario, or nothing known. */
  kind: string;
  /** a, b, or nothing. */
  side: string;
  /** Where its page is; null where it has none. */
  href: string | null;
}

export interface GraphEdge {
  from: number;
  to: number;
  relation: string;
  /** Whether what it says took place or holds, rather than being planned, feared or denied. */
  real: boolean;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/** Return how many edges meet in each node. */
export function degrees(graph: Graph): Uint32Array {
  const found = new Uint32Array(graph.nodes.length);
  for (const { from, to } of graph.edges) {
    found[from]! += 1;
    found[to]! += 1;
  }
  return found;
}

/** Return the part of a graph that these tests leave, its edges' ends numbered anew. */
export function part(graph: Graph, node: (index: number) => boolean, edge: (each: GraphEdge) => boolean): Graph {
  const numbers = new Map<number, number>();
  graph.nodes.forEach((_, index) => node(index) && numbers.set(index, numbers.size));
  const nodes = [...numbers.keys()].map((index) => graph.nodes[index]!);
  const edges = graph.edges
    .filter((each) => numbers.has(each.from) && numbers.has(each.to) && edge(each))
    .map((each) => ({ ...each, from: numbers.get(each.from)!, to: numbers.get(each.to)! }));
  return { nodes, edges };
}
