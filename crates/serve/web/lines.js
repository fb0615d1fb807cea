// Lines over the picture: drawn and moved with the mouse, by touch or with the keyboard; saved when asked.

import { get, send } from "./api.js";
import { svg } from "./chart.js";

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const DRAW = "Drag on the picture from one end of the line to the other, or press Enter for a line in the middle. "
  + "“In” is to the right hand of someone who walks from the first end to the second. Escape ends this.";

/** @typedef {{name: string, points: [number, number][]}} Line */

export class Lines {
  constructor() {
    this.source = null;
    /** @type {Line[]} */
    this.lines = [];
    this.revision = 0;
    this.counts = new Map();
    this.drawing = this.unsaved = false;
    this.svg = byId("lines");
    byId("draw").addEventListener("click", () => this.setDrawing(!this.drawing));
    byId("discard").addEventListener("click", () => this.load());
    byId("line-form").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.save();
    });
    this.svg.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.begin(event));
    document.addEventListener("keydown", (event) => {
      if (!this.drawing) return;
      if (event.key === "Escape") this.setDrawing(false);
      if (event.key === "Enter" && event.target instanceof Element && event.target.closest("#draw, body, #stage")) {
        event.preventDefault();
        const { width, height } = this.source;
        this.add([width / 2, height * 0.8], [width / 2, height * 0.2]);
      }
    });
    new ResizeObserver(() => this.draw()).observe(this.svg);
  }

  /** @param {{id: string, width: number, height: number} | null} source */
  show(source) {
    if (source?.id === this.source?.id) return;
    this.source = source;
    this.svg.setAttribute("viewBox", source ? `0 0 ${source.width} ${source.height}` : "0 0 1 1");
    byId("draw").hidden = !source;
    this.load();
  }

  async load() {
    this.unsaved = false;
    const answer = this.source ? await get(`sources/${this.source.id}/lines`) : { revision: 0, lines: [] };
    [this.lines, this.revision] = [answer.lines, answer.revision];
    if (this.drawing) this.setDrawing(false);
    this.list();
  }

  /** Somebody has changed the lines; what is not saved here stays as it is. */
  changed() {
    if (!this.unsaved) this.load();
  }

  async save() {
    try {
      const body = { revision: this.revision, lines: this.lines };
      const answer = await send("PUT", `sources/${this.source.id}/lines`, body);
      [this.lines, this.revision, this.unsaved] = [answer.lines, answer.revision, false];
      this.hint(answer.saved ? "Saved: the lines count from now on." :
        "The lines count from now on, until the program ends: there is no configuration file to keep them.");
      this.list();
    } catch (error) {
      this.hint(error.message, true);
    }
  }

  /** @param {string} text @param {boolean} [bad] */
  hint(text, bad = false) {
    const hint = byId("hint");
    hint.textContent = text;
    hint.hidden = !text;
    hint.classList.toggle("bad", bad);
  }

  /** @param {boolean} on */
  setDrawing(on) {
    this.drawing = on;
    byId("draw").setAttribute("aria-pressed", String(on));
    this.svg.classList.toggle("drawing", on);
    this.hint(on ? DRAW : "");
    this.draw();
  }

  /** @param {[number, number]} from @param {[number, number]} to */
  add(from, to) {
    let number = this.lines.length + 1;
    while (this.lines.some((line) => line.name === `line ${number}`)) number += 1;
    this.lines.push({ name: `line ${number}`, points: [from, to] });
    this.edited();
    this.setDrawing(false);
    this.list();
    const input = byId("line-list").lastElementChild.querySelector("input");
    input.focus();
    input.select();
  }

  edited() {
    this.unsaved = true;
    byId("unsaved").hidden = false;
    this.draw();
  }

  /** Where in the picture's pixels a pointer is. @param {PointerEvent} event @returns {[number, number]} */
  place(event) {
    const box = this.svg.getBoundingClientRect();
    const { width, height } = this.source;
    const within = (/** @type {number} */ v, /** @type {number} */ most) => Math.round(Math.min(Math.max(v, 0), most) * 10) / 10;
    return [within((event.clientX - box.left) / box.width * width, width),
      within((event.clientY - box.top) / box.height * height, height)];
  }

  /** A pointer goes down: on an end, on a line, or on the picture. @param {PointerEvent} event */
  begin(event) {
    if (!this.source || event.button !== 0 || document.body.classList.contains("read-only")) return;
    const start = this.place(event);
    const part = event.target instanceof Element ? event.target.closest("[data-part]") : null;
    let move;
    let finish = () => {};
    if (this.drawing) {
      const fresh = { points: [start, start] };
      const ghost = svg("polyline", { class: "segment" });
      this.svg.append(ghost);
      move = (/** @type {[number, number]} */ at) => { fresh.points[1] = at; place(ghost, fresh); };
      finish = () => {
        ghost.remove();
        const [from, to] = fresh.points;
        if (Math.hypot(to[0] - from[0], to[1] - from[1]) > this.source.width / 100) this.add(from, to);
      };
    } else if (part) {
      const line = this.lines[Number(part.getAttribute("data-line"))];
      const was = line.points.map((point) => [...point]);
      const moving = part.getAttribute("data-part") === "all" ? [...was.keys()] : [Number(part.getAttribute("data-part"))];
      move = (/** @type {[number, number]} */ at) => {
        for (const i of moving) line.points[i] = [was[i][0] + at[0] - start[0], was[i][1] + at[1] - start[1]];
        this.edited();
      };
    } else {
      return;
    }
    event.preventDefault();
    this.svg.setPointerCapture(event.pointerId);
    const moved = (/** @type {PointerEvent} */ e) => move(this.place(e));
    const done = () => {
      this.svg.removeEventListener("pointermove", moved);
      finish();
    };
    this.svg.addEventListener("pointermove", moved);
    this.svg.addEventListener("lostpointercapture", done, { once: true });
  }

  /** Arrow keys move a point. @param {KeyboardEvent} event @param {Line} line @param {number} point */
  nudge(event, line, point) {
    const step = event.shiftKey ? 10 : 1;
    const way = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (!way || document.body.classList.contains("read-only")) return;
    event.preventDefault();
    line.points[point] = [line.points[point][0] + way[0], line.points[point][1] + way[1]];
    this.edited();
    this.svg.querySelector(`[data-line="${this.lines.indexOf(line)}"][data-part="${point}"]`)?.focus();
  }

  draw() {
    if (!this.source) return this.svg.replaceChildren();
    const unit = this.source.width / (this.svg.clientWidth || this.source.width);
    this.svg.replaceChildren(...this.lines.map((line, index) => this.shape(line, index, unit)));
  }

  /** @param {Line} line @param {number} index @param {number} unit pixels of the picture in one of the screen */
  shape(line, index, unit) {
    // The arrow stands in the middle of the middle segment.
    const segment = Math.floor((line.points.length - 1) / 2);
    const [a, b] = [line.points[segment], line.points[segment + 1]];
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const length = Math.hypot(dx, dy) || 1;
    const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    // To the right hand of someone who walks along the line, with y down.
    const [nx, ny] = [-dy / length, dx / length];
    const at = (/** @type {number} */ right, /** @type {number} */ along) =>
      [middle[0] + unit * (right * nx + along * dx / length), middle[1] + unit * (right * ny + along * dy / length)].join(",");
    const part = (/** @type {Element} */ element, /** @type {string} */ name) => {
      element.setAttribute("data-line", String(index));
      element.setAttribute("data-part", name);
      return element;
    };
    const group = svg("g", {}, ...["under", "segment"].map((kind) => place(svg("polyline", { class: kind }), line)),
      part(place(svg("polyline", { class: "grip" }), line), "all"),
      svg("polyline", { class: "arrow", points: [at(0, 0), at(26, 0), at(18, -7), at(26, 0), at(18, 7)].join(" ") }));
    line.points.forEach(([x, y], number) => {
      const handle = svg("circle", { class: "end", cx: x, cy: y, r: 6 * unit, tabindex: 0, role: "button",
        "aria-label": `Point ${number + 1} of ${line.name}: arrow keys move it` });
      handle.addEventListener("keydown", (event) => this.nudge(event, line, number));
      group.append(part(handle, String(number)));
    });
    const name = svg("text", { x: middle[0] + unit * 34 * nx, y: middle[1] + unit * (34 * ny + 5), "font-size": 14 * unit,
      "text-anchor": nx < -0.3 ? "end" : nx > 0.3 ? "start" : "middle" });
    name.textContent = line.name;
    group.append(name);
    return group;
  }

  /** @param {{source: string, line: string, in: number, out: number}[]} counts */
  tell(counts) {
    this.counts = new Map(counts.filter((c) => c.source === this.source?.name).map((c) => [c.line, c]));
    for (const row of byId("line-list").children) this.count(row);
  }

  /** @param {Element} row */
  count(row) {
    const counted = this.counts.get(this.lines[Number(row.getAttribute("data-line"))]?.name) ?? { in: 0, out: 0 };
    row.querySelector("b").textContent = counted.in;
    row.querySelector("i").textContent = counted.out;
  }

  list() {
    byId("unsaved").hidden = !this.unsaved;
    byId("line-list").replaceChildren(...this.lines.map((line, index) => this.row(line, index)));
    this.draw();
  }

  /** @param {Line} line @param {number} index */
  row(line, index) {
    const row = document.createElement("li");
    row.setAttribute("data-line", String(index));
    const name = document.createElement("input");
    Object.assign(name, { value: line.name, required: true, maxLength: 64, readOnly: document.body.classList.contains("read-only") });
    name.setAttribute("aria-label", "Name of the line");
    name.addEventListener("input", () => { line.name = name.value; this.edited(); });
    const counts = document.createElement("span");
    counts.className = "counts";
    counts.append("in ", document.createElement("b"), " · out ", document.createElement("i"));
    const turn = button("Turn", `Swap in and out of ${line.name}`, () => {
      line.points.reverse();
      this.edited();
    });
    const remove = button("Remove", `Remove ${line.name}`, () => {
      this.lines.splice(index, 1);
      this.edited();
      this.list();
    });
    row.append(name, counts, turn, remove);
    this.count(row);
    return row;
  }
}

/** @param {Element} element @param {{points: number[][]}} line */
function place(element, { points }) {
  element.setAttribute("points", points.map((point) => point.join(",")).join(" "));
  return element;
}

function button(text, label, act) {
  const element = document.createElement("button");
  Object.assign(element, { type: "button", className: "change", textContent: text, title: label });
  element.setAttribute("aria-label", label);
  element.addEventListener("click", act);
  return element;
}
