// Lines, zones and masks over the picture: named, counted beside, and saved when asked.

import { get, send } from "./api.js";
import { Pen } from "./pen.js";
import { drawn } from "./shapes.js";
import { span } from "./times.js";
import { likely } from "./today.js";

/** @typedef {import("./shapes.js").Shape} Shape */

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const AREA = "Click on the picture for each corner; a click on the first one, a double click or Enter closes it. "
  + "Enter at the beginning makes one in the middle. Backspace takes the last corner back, Escape ends this.";
const HINTS = {
  line: "Drag on the picture from one end of the line to the other, or click for each point and end with a double click. "
    + "Enter makes one in the middle. “In” is to the right hand of someone who walks from the first point to the last. Escape ends this.",
  zone: `A zone tells who is in it, and for how long. ${AREA}`,
  mask: `Nobody is looked for in an area that is ignored: a screen, a mirror, the street. ${AREA}`,
};
const MOVE = matchMedia("(pointer: coarse)").matches ? "Points and shapes are moved with a finger; two taps on an edge make a new point."
  : "Points and shapes are moved with the mouse or the arrow keys; Delete removes them; a double click on an edge makes a new point.";

export class Drawing {
  constructor() {
    this.source = null;
    /** @type {Shape[]} */
    this.shapes = [];
    this.revision = 0;
    this.counts = new Map();
    this.visits = new Map();
    this.people = new Map();
    this.unsaved = false;
    this.svg = byId("lines");
    this.pen = new Pen(this.svg, {
      shapes: () => this.shapes,
      size: () => this.source,
      mayChange: () => !document.body.classList.contains("read-only"),
      add: (kind, points) => this.add(kind, points),
      edited: () => this.edited(),
      remove: (index) => this.remove(index),
      ended: () => this.setTool(null),
    });
    for (const button of document.querySelectorAll(".draw")) {
      const kind = /** @type {Shape["kind"]} */ (button.getAttribute("data-kind"));
      button.addEventListener("click", () => this.setTool(this.pen.kind === kind ? null : kind));
    }
    byId("discard").addEventListener("click", () => this.load());
    byId("line-form").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.save();
    });
    new ResizeObserver(() => this.draw()).observe(this.svg);
  }

  /** @param {{id: string, name: string, width: number, height: number} | null} source */
  show(source) {
    const { id, width, height } = this.source ?? {};
    for (const button of document.querySelectorAll(".draw")) button.hidden = !source;
    if (source?.id === id && source?.width === width && source?.height === height) return;
    this.source = source;
    this.svg.setAttribute("viewBox", source ? `0 0 ${source.width} ${source.height}` : "0 0 1 1");
    if (source?.id === id && this.unsaved) this.draw();
    else this.load();
  }

  async load() {
    this.unsaved = false;
    this.setTool(null);
    this.take(this.source ? await get(`sources/${this.source.id}/lines`) : { revision: 0, lines: [], zones: [], masks: [] });
  }

  /** Somebody has changed the drawing; what is not saved here stays as it is. */
  async changed() {
    const source = this.source;
    if (!source || this.unsaved || this.pen.kind) return;
    const told = await get(`sources/${source.id}/lines`);
    // Meanwhile somebody may have begun to draw here, or have saved what is newer.
    if (source === this.source && !this.unsaved && !this.pen.kind && told.revision > this.revision) this.take(told);
  }

  async save() {
    const of = (/** @type {string} */ kind) => this.shapes.filter((shape) => shape.kind === kind);
    const named = ({ name, points }) => ({ name, points });
    const lined = ({ name, points, role = "entrance" }) => ({ name, points, role });
    try {
      const body = { revision: this.revision, lines: of("line").map(lined), zones: of("zone").map(named),
        masks: of("mask").map(({ points }) => ({ points })) };
      const answer = await send("PUT", `sources/${this.source.id}/lines`, body);
      this.unsaved = false;
      this.take(answer);
      this.hint(answer.saved ? "Saved, and in effect from now on." :
        `In effect from now on, until the program ends: ${answer.unsaved_because}.`);
    } catch (error) {
      if (error.status === 409) await this.meanwhile(error);
      else this.hint(error.message, true);
    }
  }

  /** Somebody else was faster: what is drawn here stays, and takes the place of theirs if it is saved again. */
  async meanwhile(error) {
    try {
      this.revision = (await get(`sources/${this.source.id}/lines`)).revision;
      this.hint("Somebody else has changed the lines meanwhile. Save again to put yours in their place, or discard yours to see theirs.", true);
    } catch {
      this.hint(error.message, true);
    }
  }

  /** Shows what the server says is drawn. */
  take({ revision, lines, zones, masks }) {
    const each = (kind, list) => list.map(({ name = "", points, role }) => ({ kind, name, points, role }));
    this.shapes = [...each("line", lines), ...each("zone", zones), ...each("mask", masks)];
    this.revision = revision;
    this.list();
  }

  /** @param {string} text @param {boolean} [bad] */
  hint(text, bad = false) {
    const hint = byId("hint");
    hint.textContent = text;
    hint.hidden = !text;
    hint.classList.toggle("bad", bad);
  }

  /** @param {Shape["kind"] | null} kind */
  setTool(kind) {
    this.pen.take(kind);
    for (const button of document.querySelectorAll(".draw")) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-kind") === kind));
    }
    this.hint(kind ? HINTS[kind] : "");
  }

  /** @param {Shape["kind"]} kind @param {[number, number][]} points */
  add(kind, points) {
    let number = 1;
    while (this.shapes.some((shape) => shape.name === `${kind} ${number}`)) number += 1;
    this.shapes.push({ kind, name: kind === "mask" ? "" : `${kind} ${number}`, points });
    this.edited();
    this.list();
    this.hint(MOVE);
    const input = byId("line-list").lastElementChild.querySelector("input");
    input?.focus();
    input?.select();
  }

  /** @param {number} index */
  remove(index) {
    this.shapes.splice(index, 1);
    this.edited();
    this.list();
    document.querySelector(".draw")?.focus();
  }

  edited() {
    this.unsaved = true;
    byId("unsaved").hidden = false;
    this.draw();
  }

  draw() {
    this.svg.replaceChildren();
    if (!this.source) return;
    const unit = this.source.width / (this.svg.clientWidth || this.source.width);
    const layers = this.shapes.map((shape, index) => drawn(shape, index, unit, this.source.width));
    // What is smaller to hit lies above.
    for (const kind of ["mask", "zone", "line"]) this.svg.append(...layers.filter((_, index) => this.shapes[index].kind === kind));
    if (this.pen.ghost) this.svg.append(this.pen.ghost);
  }

  /** The counts of the day, of all sources. @param {import("./today.js").Today} today */
  tellToday({ lines, zones }) {
    this.counts = new Map(lines.filter((c) => c.source === this.source?.name).map((c) => [c.line, c]));
    this.visits = new Map(zones.filter((c) => c.source === this.source?.name).map((c) => [c.zone, c]));
    this.tell();
  }

  /** Who is in the zones now. @param {{name: string, people: number}[]} zones */
  tellZones(zones) {
    this.people = new Map(zones.map((zone) => [zone.name, zone.people]));
    this.tell();
  }

  tell() {
    for (const row of byId("line-list").children) this.count(row);
  }

  /** @param {Element} row */
  count(row) {
    const shape = this.shapes[Number(row.getAttribute("data-shape"))];
    const place = row.querySelector(".counts");
    if (shape?.kind === "line") {
      const counts = this.counts.get(shape.name) ?? { in: 0, out: 0 };
      const sure = (/** @type {"in" | "out"} */ way) => (counts[way] ? words("likely", ` (${likely(counts, way) || counts[way]})`) : "");
      place.replaceChildren("in ", bold("b", counts.in), sure("in"), " · out ", bold("i", counts.out), sure("out"),
        this.source?.status.uncountable ? words("uncountable", " · cannot be counted now") : "");
      place.title = "Today; in brackets, between which numbers the true one lies in 95 of 100 cases";
    } else if (shape?.kind === "zone") {
      const { visits, dwell } = this.visits.get(shape.name) ?? { visits: 0, dwell: null };
      const stay = visits ? `${visits} ${visits === 1 ? "visit" : "visits"} today, ${span(dwell ?? 0)} on average` : "no visits today";
      place.replaceChildren(bold("strong", this.people.get(shape.name) ?? 0), " in it now · ", stay);
    }
  }

  list() {
    byId("unsaved").hidden = !this.unsaved;
    byId("line-list").replaceChildren(...this.shapes.map((shape, index) => this.row(shape, index)));
    this.draw();
  }

  /** @param {Shape} shape @param {number} index */
  row(shape, index) {
    const row = document.createElement("li");
    row.setAttribute("data-shape", String(index));
    row.className = shape.kind;
    const counts = document.createElement("span");
    counts.className = "counts";
    const title = shape.name || "the ignored area";
    row.append(shape.kind === "mask" ? words("grow", "Ignored: nobody is looked for here") : this.nameOf(shape), counts);
    if (shape.kind === "line") {
      row.append(this.roleOf(shape));
      row.append(button("Swap in and out", `Swap in and out of ${title}`, () => {
        shape.points.reverse();
        this.edited();
      }));
    }
    row.append(button("Remove", `Remove ${title}`, () => this.remove(this.shapes.indexOf(shape))));
    this.count(row);
    return row;
  }

  /** What a line's counts are for. @param {Shape} shape */
  roleOf(shape) {
    const choice = document.createElement("select");
    choice.setAttribute("aria-label", `What ${shape.name} is`);
    choice.title = "An entrance is in the totals and in who is inside. A line within the place is counted for itself.";
    choice.disabled = document.body.classList.contains("read-only");
    for (const [role, label] of [["entrance", "Entrance"], ["inner", "Within"]]) choice.append(new Option(label, role));
    choice.value = shape.role ?? "entrance";
    choice.addEventListener("change", () => { shape.role = choice.value; this.edited(); });
    return choice;
  }

  /** @param {Shape} shape */
  nameOf(shape) {
    const name = document.createElement("input");
    Object.assign(name, { value: shape.name, required: true, maxLength: 64, readOnly: document.body.classList.contains("read-only") });
    name.setAttribute("aria-label", `Name of the ${shape.kind}`);
    name.addEventListener("input", () => { shape.name = name.value; this.edited(); });
    return name;
  }
}

/** @param {string} kind @param {number} count */
function bold(kind, count) {
  const element = document.createElement(kind);
  element.textContent = String(count);
  return element;
}

function words(kind, text) {
  const element = document.createElement("span");
  element.className = kind;
  element.textContent = text;
  return element;
}

function button(text, label, act) {
  const element = document.createElement("button");
  Object.assign(element, { type: "button", className: "change", textContent: text, title: label });
  element.setAttribute("aria-label", label);
  element.addEventListener("click", act);
  return element;
}
