// What a pointer and the keys do on the picture: draw shapes, and move those that are there.

import { LEAST, nearestSegment, outline, place } from "./shapes.js";

/** @typedef {import("./shapes.js").Shape} Shape */

/** Pixels of the screen within which two points are one. */
const NEAR = 8;
/** A press that goes farther, in pixels of the screen, is a drag and no click. */
const DRAG = 6;

export class Pen {
  /**
   * @param {SVGSVGElement} canvas
   * @param {{shapes: () => Shape[], size: () => {width: number, height: number} | null, mayChange: () => boolean,
   *   add: (kind: Shape["kind"], points: [number, number][]) => void, edited: () => void,
   *   remove: (index: number) => void, ended: () => void}} on
   */
  constructor(canvas, on) {
    this.canvas = canvas;
    this.on = on;
    /** What is being drawn. @type {Shape["kind"] | null} */
    this.kind = null;
    /** @type {[number, number][]} */
    this.fresh = [];
    /** Whether the press before has ended a shape: the double click that it belongs to means no more. */
    this.closed = false;
    /** The shape whose outline was pressed: a captured pointer's double click does not tell. @type {number | null} */
    this.outline = null;
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.kind && this.preview(this.at(event)));
    canvas.addEventListener("dblclick", (event) => this.split(event));
    canvas.addEventListener("keydown", (event) => this.change(event));
    document.addEventListener("keydown", (event) => this.kind && this.key(event));
  }

  /** Begins to draw, or ends it. @param {Shape["kind"] | null} kind */
  take(kind) {
    this.kind = kind;
    this.fresh = [];
    this.ghost?.remove();
    this.ghost = null;
    this.canvas.classList.toggle("drawing", kind !== null);
    if (kind) {
      this.ghost = outline(kind, `ghost ${kind}`);
      this.canvas.append(this.ghost);
    }
  }

  /** Where in the picture's pixels a pointer is. @param {MouseEvent} event @returns {[number, number]} */
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const { width, height } = /** @type {{width: number, height: number}} */ (this.on.size());
    return [within((event.clientX - box.left) / box.width * width, width), within((event.clientY - box.top) / box.height * height, height)];
  }

  /** Whether two points are closer on the screen than `pixels`. */
  isNear(a, b, pixels) {
    const { width } = /** @type {{width: number}} */ (this.on.size());
    return Math.hypot(a[0] - b[0], a[1] - b[1]) * (this.canvas.clientWidth || width) / width < pixels;
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (!this.on.size() || event.button !== 0 || !this.on.mayChange()) return;
    const part = event.target instanceof Element ? event.target.closest("[data-part]") : null;
    this.closed = false;
    this.outline = part?.getAttribute("data-part") === "all" ? Number(part.getAttribute("data-shape")) : null;
    if (this.kind) this.point(event);
    else if (part) this.drag(event, part);
  }

  /** A point of what is being drawn; a line of two may be dragged instead. @param {PointerEvent} event */
  point(event) {
    event.preventDefault();
    const at = this.at(event);
    const { kind, fresh } = this;
    const isLast = fresh.length > 0 && this.isNear(at, fresh[fresh.length - 1], NEAR);
    const isFirst = kind !== "line" && fresh.length >= 3 && this.isNear(at, fresh[0], NEAR);
    if (isLast || isFirst) return this.finish();
    fresh.push(at);
    this.preview(at);
    if (kind !== "line" || fresh.length > 1) return;
    this.follow(event, (to) => this.preview(to), (to) => {
      if (this.isNear(at, to, DRAG)) return;
      fresh.push(to);
      this.finish();
    });
  }

  /** @param {[number, number]} at where the pointer is */
  preview(at) {
    if (this.ghost && this.fresh.length) place(this.ghost, [...this.fresh, at]);
  }

  /** What was drawn is whole, if it has enough points. */
  finish() {
    const { kind, fresh } = this;
    if (!kind || fresh.length < LEAST[kind]) return;
    this.closed = true;
    this.on.ended();
    this.on.add(kind, fresh);
  }

  /** Moves a point, or a shape as a whole. @param {PointerEvent} event @param {Element} part */
  drag(event, part) {
    event.preventDefault();
    const { points } = this.on.shapes()[Number(part.getAttribute("data-shape"))];
    const was = points.map((point) => [...point]);
    const start = this.at(event);
    const moving = part.getAttribute("data-part") === "all" ? [...was.keys()] : [Number(part.getAttribute("data-part"))];
    this.focus(part.getAttribute("data-shape"), part.getAttribute("data-part"));
    this.follow(event, (to) => {
      this.shift(points, moving, was, to[0] - start[0], to[1] - start[1]);
      this.on.edited();
    });
  }

  /** Calls back with each place of the pointer until it is released. */
  follow(event, moved, released = () => {}) {
    this.canvas.setPointerCapture(event.pointerId);
    let last = this.at(event);
    const move = (/** @type {PointerEvent} */ e) => moved(last = this.at(e));
    this.canvas.addEventListener("pointermove", move);
    this.canvas.addEventListener("lostpointercapture", () => {
      this.canvas.removeEventListener("pointermove", move);
      released(last);
    }, { once: true });
  }

  /** Moves points from where they were, together, and no farther than to the picture's edge. */
  shift(points, moving, was, dx, dy) {
    const { width, height } = /** @type {{width: number, height: number}} */ (this.on.size());
    const bound = (/** @type {number} */ by, /** @type {number} */ axis, /** @type {number} */ most) => {
      const at = moving.map((/** @type {number} */ i) => was[i][axis]);
      return Math.min(Math.max(by, Math.min(0, -Math.min(...at))), Math.max(0, most - Math.max(...at)));
    };
    const [x, y] = [bound(dx, 0, width), bound(dy, 1, height)];
    for (const i of moving) points[i] = [tenth(was[i][0] + x), tenth(was[i][1] + y)];
  }

  focus(shape, part) {
    this.canvas.querySelector(`[data-shape="${shape}"][data-part="${part}"]`)?.focus({ preventScroll: true });
  }

  /** A double click on an outline makes a point there. @param {MouseEvent} event */
  split(event) {
    const index = this.outline;
    if (this.kind || this.closed || index === null || !this.on.mayChange()) return;
    const shape = this.on.shapes()[index];
    const place = nearestSegment(shape, this.at(event));
    shape.points.splice(place, 0, this.at(event));
    this.on.edited();
    this.focus(index, place);
  }

  /** Keys while something is being drawn. @param {KeyboardEvent} event */
  key(event) {
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.key === "Escape") {
      this.on.ended();
    } else if (target.matches("input, select, textarea")) {
      return;
    } else if (event.key === "Enter" && (target === document.body || target.closest("#stage, .draw"))) {
      event.preventDefault();
      if (this.fresh.length) return this.finish();
      this.fresh = this.inTheMiddle();
      this.finish();
    } else if (event.key === "Backspace" || event.key === "Delete") {
      event.preventDefault();
      this.fresh.pop();
      if (this.ghost) place(this.ghost, this.fresh);
    }
  }

  /** Something to begin with for those who draw without a mouse. @returns {[number, number][]} */
  inTheMiddle() {
    const { width, height } = /** @type {{width: number, height: number}} */ (this.on.size());
    const shares = this.kind === "line" ? [[0.5, 0.8], [0.5, 0.2]] : [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6]];
    return shares.map(([x, y]) => [tenth(x * width), tenth(y * height)]);
  }

  /** Arrow keys move a point or a shape, Delete removes it. @param {KeyboardEvent} event */
  change(event) {
    const part = event.target instanceof Element ? event.target.closest("[data-part]") : null;
    if (this.kind || !part || !this.on.mayChange()) return;
    const [index, name] = [Number(part.getAttribute("data-shape")), part.getAttribute("data-part")];
    const shape = this.on.shapes()[index];
    const moving = name === "all" ? [...shape.points.keys()] : [Number(name)];
    const step = event.shiftKey ? 10 : 1;
    const way = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (way) {
      this.shift(shape.points, moving, shape.points.map((point) => [...point]), way[0], way[1]);
      this.on.edited();
      this.focus(index, name);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      if (name === "all" || shape.points.length <= LEAST[shape.kind]) this.on.remove(index);
      else {
        shape.points.splice(Number(name), 1);
        this.on.edited();
        this.focus(index, Math.max(0, Number(name) - 1));
      }
    } else {
      return;
    }
    event.preventDefault();
  }
}

const tenth = (/** @type {number} */ v) => Math.round(v * 10) / 10;
const within = (/** @type {number} */ v, /** @type {number} */ most) => tenth(Math.min(Math.max(v, 0), most));
