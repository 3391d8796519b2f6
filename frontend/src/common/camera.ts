// Where one looks at a plane: moved by pointer, wheel, pinch and keys.
import { clamp } from "./dom.ts";

const CLOSEST = 8;
const FARTHEST = 0.02;
/** Scale up to which a small picture grows to fill its frame. */
const CLOSEST_WHOLE = 2;
/** Pixels that names need beside, above and below the outermost nodes, in all. */
const NAMES = { x: 64, y: 110 };
const STRIDE = 60;
const ZOOM = 1.25;

export interface Point {
  x: number;
  y: number;
}

export class Camera {
  x = 0;
  y = 0;
  scale = 1;
  private readonly pointers = new Map<number, Point>();
  private moved = 0;

  /** Listen on an element; `changed` is told of every move, `picked` of a press that was none. */
  constructor(
    private readonly on: HTMLElement,
    private readonly changed: () => void,
    private readonly picked: (at: Point) => void,
  ) {
    on.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    on.addEventListener("pointerdown", (event) => this.down(event));
    on.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"] as const) on.addEventListener(end, (event) => this.up(event));
    on.addEventListener("keydown", (event) => this.key(event));
  }

  toScreen(at: Point): Point {
    return { x: at.x * this.scale + this.x, y: at.y * this.scale + this.y };
  }

  toPlane(at: Point): Point {
    return { x: (at.x - this.x) / this.scale, y: (at.y - this.y) / this.scale };
  }

  /** Look at a box of the plane, all of it. */
  fit(low: Point, high: Point): void {
    const { clientWidth: width, clientHeight: height } = this.on;
    const [across, down] = [Math.max(width - NAMES.x, width / 2), Math.max(height - NAMES.y, height / 2)];
    const room = Math.min(across / Math.max(1, high.x - low.x), down / Math.max(1, high.y - low.y));
    this.scale = clamp(room, FARTHEST, CLOSEST_WHOLE);
    this.centre({ x: (low.x + high.x) / 2, y: (low.y + high.y) / 2 });
  }

  /** Look at a point, from no farther than `scale`. */
  centre(at: Point, scale = 0): void {
    this.scale = Math.max(this.scale, scale);
    this.x = this.on.clientWidth / 2 - at.x * this.scale;
    this.y = this.on.clientHeight / 2 - at.y * this.scale;
    this.changed();
  }

  /** Return what is looked at: the point in the middle, and the scale. */
  looked(): [x: number, y: number, scale: number] {
    const { x, y } = this.toPlane({ x: this.on.clientWidth / 2, y: this.on.clientHeight / 2 });
    return [x, y, this.scale];
  }

  /** Look at a point at a scale, within the bounds of zooming. */
  look(x: number, y: number, scale: number): void {
    this.scale = clamp(scale, FARTHEST, CLOSEST);
    this.centre({ x, y });
  }

  zoom(by: number, about: Point = { x: this.on.clientWidth / 2, y: this.on.clientHeight / 2 }): void {
    const next = clamp(this.scale * by, FARTHEST, CLOSEST);
    this.x = about.x - ((about.x - this.x) * next) / this.scale;
    this.y = about.y - ((about.y - this.y) * next) / this.scale;
    this.scale = next;
    this.changed();
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), at(event));
  }

  private down(event: PointerEvent): void {
    if (!this.pointers.size) this.moved = 0;
    this.pointers.set(event.pointerId, at(event));
    this.on.setPointerCapture(event.pointerId);
  }

  private move(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    this.moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (other) {
      const by = Math.hypot(now.x - other.x, now.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
      this.zoom(by || 1, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    } else {
      this.x += now.x - before.x;
      this.y += now.y - before.y;
      this.changed();
    }
  }

  private up(event: PointerEvent): void {
    const single = this.pointers.size === 1 && this.moved < 5;
    this.pointers.delete(event.pointerId);
    if (single && event.type === "pointerup") this.picked(at(event));
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const strides: Record<string, [number, number]> = {
      ArrowLeft: [STRIDE, 0],
      ArrowRight: [-STRIDE, 0],
      ArrowUp: [0, STRIDE],
      ArrowDown: [0, -STRIDE],
    };
    const stride = strides[event.key];
    if (stride) {
      this.x += stride[0];
      this.y += stride[1];
      this.changed();
    } else if (event.key === "+" || event.key === "=") this.zoom(ZOOM);
    else if (event.key === "-") this.zoom(1 / ZOOM);
    else return;
    event.preventDefault();
  }
}

function at(event: MouseEvent): Point {
  return { x: event.offsetX, y: event.offsetY };
}
