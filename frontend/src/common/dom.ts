// Elements made and found without markup in strings, so that nothing from the graph can become markup.

type Child = Node | string;

/** Make an element with attributes, whose values are never styles or handlers, and children. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Make an element of SVG. */
export function svg(name: string, attributes: Record<string, string | number> = {}, ...children: Child[]): SVGElement {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** Return the element that a selector finds; a page without it is a mistake of ours. */
export function find<E extends Element = HTMLElement>(selector: string, within: ParentNode = document): E {
  const found = within.querySelector<E>(selector);
  if (!found) throw new Error(`The page has nothing at ${selector}.`);
  return found;
}

/** Return the value of one of the site's design tokens, such as `--ink`. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export const still = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Let the browser save bytes under a name. */
export function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Run a function once the calls to it have paused for a while. */
export function settled<A extends unknown[]>(run: (...given: A) => void, pause = 150): (...given: A) => void {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => run(...given), pause);
  };
}

export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
