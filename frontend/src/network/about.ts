// What stands beside the picture about the chosen node, or about a chain.
import { el } from "../common/dom.ts";
import type { Graph } from "../common/graph.ts";

export interface Told {
  from: string;
  to: string;
  /** The page that says the same. */
  page: string;
  /** How many chains are as short. */
  chains: number;
  path?: string[];
  hops: Hop[] | null;
}

interface Hop {
  from: string;
  to: string;
  words: string;
  real: boolean;
  passages: { href: string | null; place: string; tip: string; gist: string; quote: string; about: string | null }[];
}

const MOST = 40;
const PASSAGES = 3;

/** Say what a node is joined to; `lead` goes to a neighbour, `expand` fetches those that the picture lacks. */
export function about(
  graph: Graph,
  index: number,
  spoken: Record<string, [string, string]>,
  links: number,
  lead: (to: number) => void,
  expand: () => void,
): Node[] {
  const node = graph.nodes[index]!;
  const at = graph.edges.filter(({ from, to }) => from === index || to === index);
  const more = el("button", { type: "button", class: "quiet" }, `Expand: all ${links.toLocaleString("en")} links`);
  more.addEventListener("click", expand);
  const lines = at.slice(0, MOST).map(({ from, to, relation, real }) => {
    const there = from === index ? to : from;
    const button = el("button", { type: "button", class: "as-link" }, el("bdi", {}, graph.nodes[there]!.label));
    button.addEventListener("click", () => lead(there));
    return el("li", real ? {} : { class: "unreal" }, `${spoken[relation]?.[from === index ? 0 : 1] ?? relation} `, button);
  });
  const title = node.href ? el("a", { href: node.href }, el("bdi", {}, node.label)) : el("bdi", {}, node.label);
  const rest = at.length > MOST ? [el("p", { class: "muted" }, `and ${at.length - MOST} more`)] : [];
  return [el("h2", { tabindex: "-1" }, title), el("p", { class: "kicker" }, node.kind), more, el("ul", { class: "plain" }, ...lines), ...rest];
}

/** Say a chain, step by step, each with the passages that it rests on. */
export function hopsOf(told: Told): Node[] {
  const title = el("h2", { tabindex: "-1" }, el("bdi", {}, told.from), " to ", el("bdi", {}, told.to));
  if (!told.hops) return [title, el("p", {}, "No chain in the graph connects them.")];
  const steps = told.hops.map((hop) =>
    el(
      "li",
      hop.real ? {} : { class: "unreal" },
      el("p", { class: "step" }, el("bdi", {}, hop.from), " ", el("span", { class: "words" }, hop.words), " ", el("bdi", {}, hop.to)),
      el("ul", { class: "plain" }, ...passages(hop)),
    ),
  );
  return [title, el("ol", { class: "hops" }, ...steps), el("p", {}, el("a", { href: told.page }, told.chains > 1 ? `All ${told.chains} chains that are as short` : "This chain as a page"))];
}

function passages({ passages: found }: Hop): Node[] {
  if (!found.length) return [el("li", { class: "unknown" }, "no passage is recorded")];
  return found.slice(0, PASSAGES).map(({ href, place, tip, gist, quote, about: where }) => {
    const link = el("a", { class: "passage", href: href ?? "#", "data-tip": tip }, place);
    return el("li", {}, ...(quote ? [el("q", {}, el("bdi", {}, quote)), " "] : []), link, " ", ...(gist && where ? [el("a", { href: where }, el("bdi", {}, gist))] : []));
  });
}
