// The list beside the picture: everything in it, for keys and for those who do not see it.
import { el, settled } from "../common/dom.ts";
import type { GraphNode } from "../common/graph.ts";

/** Entries at once; the field above the list finds the others. */
const MOST = 200;

export class NodeList {
  private nodes: GraphNode[] = [];
  private order: number[] = [];
  private numbers: string[] = [];
  private links: (id: string) => number = () => 0;
  private chosen = -1;

  /** `pick` is told of the entry that the keys or the pointer choose, `expand` of Enter on it. */
  constructor(
    private readonly box: HTMLElement,
    private readonly field: HTMLInputElement,
    private readonly pick: (index: number) => void,
    private readonly expand: (id: string) => void,
  ) {
    field.addEventListener("input", settled(() => this.fill()));
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("click", ({ target }) => {
      const entry = target instanceof Element ? target.closest<HTMLElement>("[role=option]") : null;
      if (entry) this.pick(Number(entry.dataset.index));
    });
  }

  /** Show nodes, and return the number that each has in the list. */
  show(nodes: GraphNode[], links: (id: string) => number): string[] {
    this.nodes = nodes;
    this.links = links;
    this.numbers = nodes.map(() => "");
    this.ranked().forEach((index, rank) => (this.numbers[index] = String(rank + 1)));
    this.fill();
    return this.numbers;
  }

  /** Mark an entry, and bring it into sight. */
  choose(index: number): void {
    this.chosen = index;
    this.box.removeAttribute("aria-activedescendant");
    for (const entry of this.box.querySelectorAll<HTMLElement>("[role=option]")) {
      const here = Number(entry.dataset.index) === index;
      entry.setAttribute("aria-selected", String(here));
      if (!here) continue;
      this.box.setAttribute("aria-activedescendant", entry.id);
      this.box.scrollTop = entry.offsetTop - this.box.clientHeight / 2;
    }
  }

  /** Return the nodes with the most links first. */
  private ranked(): number[] {
    const links = this.nodes.map(({ id }) => this.links(id));
    return [...this.nodes.keys()].sort((a, b) => links[b]! - links[a]! || this.nodes[a]!.label.localeCompare(this.nodes[b]!.label));
  }

  private fill(): void {
    const words = this.field.value.trim().toLowerCase();
    this.order = this.ranked()
      .filter((index) => this.nodes[index]!.label.toLowerCase().includes(words))
      .slice(0, MOST);
    this.box.replaceChildren(...this.order.map((index) => this.entry(index)));
    this.choose(this.chosen);
  }

  private entry(index: number): HTMLElement {
    const { id, label, kind, side } = this.nodes[index]!;
    const name = el("bdi", side ? { class: `thing side-${side}` } : {}, label);
    const attributes = { role: "option", id: `node-${index}`, "data-index": String(index), "aria-selected": "false" };
    return el("li", attributes, el("span", { class: "rank", "aria-hidden": "true" }, this.numbers[index]!), " ", name, " ", el("span", { class: "kind" }, `${kind} · ${this.links(id)}`));
  }

  private key(event: KeyboardEvent): void {
    const here = this.order.indexOf(this.chosen);
    const to = { ArrowDown: here + 1, ArrowUp: Math.max(0, here - 1), Home: 0, End: this.order.length - 1 }[event.key];
    if (to !== undefined) this.pick(this.order[Math.min(to, this.order.length - 1)] ?? -1);
    else if (event.key === "Enter" && here >= 0) this.expand(this.nodes[this.chosen]!.id);
    else return;
    event.preventDefault();
  }
}
