// The picture on its canvas, with boxes, ids, trails and the heat map over it.

import { get } from "./api.js";
import { frames } from "./stream.js";
import { clock, span } from "./times.js";

/** Seconds of path behind each person. */
const TRAIL = 2;
const HEAT_EVERY = 5000;
/** How far below the upper edge of somebody's box the point is that stands for them, and what it is called. */
const DOWN = { feet: 1, centre: 0.5, head: 0 };
const POINT = { feet: "feet were", centre: "people were", head: "heads were" };

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

export class Picture {
  constructor() {
    this.canvas = byId("picture");
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.stage = byId("stage");
    this.note = byId("stage-note");
    /** @type {Map<number, {x: number, y: number, time: number}[]>} */
    this.trails = new Map();
    this.heat = null;
    this.last = null;
    this.stop = null;
    this.source = null;
    this.current = true;
    for (const id of ["show-boxes", "show-trails", "show-heat"]) {
      byId(id).addEventListener("change", () => { this.loadHeat(); this.draw(); });
    }
    byId("show-heat").addEventListener("change", () => { byId("heat-legend").hidden = !byId("show-heat").checked; });
    setInterval(() => this.loadHeat(), HEAT_EVERY);
    document.addEventListener("visibilitychange", () => this.follow());
  }

  /** Shows another source. @param {{id: string, width: number, height: number} | null} source */
  show(source) {
    // A source that is awaited has no size yet.
    if (source?.width) this.stage.style.aspectRatio = `${source.width} / ${source.height}`;
    if (source?.id === this.source?.id) return;
    this.source = source;
    this.trails.clear();
    this.heat = this.last = null;
    this.follow();
    this.loadHeat();
  }

  /** Follows the source while somebody can see it, and comes back after a lost connection. */
  async follow() {
    this.stop?.abort();
    if (!this.source || document.hidden) return;
    const stop = this.stop = new AbortController();
    while (!stop.signal.aborted) {
      try {
        await frames(this.source.id, stop.signal, (scene, picture) => this.take(scene, picture));
      } catch (error) {
        if (!stop.signal.aborted) this.say(error.status ? error.message : "the connection is lost");
      }
      await new Promise((done) => setTimeout(done, 2000));
    }
  }

  /** Says over the picture what is wrong with it; one that is not of now is shown so. @param {string} text @param {boolean} current */
  alert(text, current) {
    const alert = byId("stage-alert");
    if (alert.textContent !== text) alert.textContent = text;
    alert.hidden = !text;
    if (current === this.current) return;
    this.current = current;
    this.stage.classList.toggle("stale", !current);
    byId("in-picture").textContent = current && this.last ? this.last.scene.people.length : "–";
    this.draw();
  }

  say(text) {
    this.note.textContent = text;
    this.note.hidden = !text;
  }

  take(scene, picture) {
    this.say("");
    this.last?.picture.close();
    this.last = { scene, picture };
    for (const person of scene.people) {
      const [x, y, w, h] = person.box;
      const trail = this.trails.get(person.id) ?? [];
      trail.push({ x: x + w / 2, y: y + h * DOWN[scene.anchor], time: scene.time });
      this.trails.set(person.id, trail.filter((p) => p.time > scene.time - TRAIL && p.time <= scene.time));
    }
    for (const [id, trail] of this.trails) {
      if (trail[trail.length - 1].time < scene.time - TRAIL) this.trails.delete(id);
    }
    byId("frame").textContent = `frame ${scene.frame} · ${scene.time.toFixed(1)} s`;
    if (this.current) byId("in-picture").textContent = scene.people.length;
    this.draw();
  }

  draw() {
    if (!this.last) return;
    const { scene, picture } = this.last;
    const { canvas, context } = this;
    if (canvas.width !== picture.width || canvas.height !== picture.height) {
      [canvas.width, canvas.height] = [picture.width, picture.height];
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(picture, 0, 0);
    // From here on in the pixels of the source, however large the picture that came.
    context.setTransform(canvas.width / scene.width, 0, 0, canvas.height / scene.height, 0, 0);
    if (byId("show-heat").checked) this.drawHeat(scene);
    // Where people were when the last picture came is no news.
    if (!this.current) return;
    const scale = scene.width / (canvas.clientWidth || canvas.width);
    if (byId("show-boxes").checked) this.drawWindows(scene, scale);
    for (const person of scene.people) {
      const colour = `hsl(${(person.id * 137.5) % 360} 90% 60%)`;
      if (byId("show-trails").checked) this.drawTrail(person.id, colour, scale);
      if (byId("show-boxes").checked) this.drawBox(person, colour, scale);
    }
  }

  /** Where people are looked for, if that is not the whole picture. */
  drawWindows(scene, scale) {
    const { context } = this;
    context.setLineDash([6 * scale, 4 * scale]);
    context.strokeStyle = "rgb(255 255 255 / 60%)";
    context.lineWidth = scale;
    for (const [x, y, w, h] of scene.windows ?? []) context.strokeRect(x, y, w, h);
    context.setLineDash([]);
  }

  drawTrail(id, colour, scale) {
    const { context } = this;
    context.beginPath();
    for (const { x, y } of this.trails.get(id) ?? []) context.lineTo(x, y);
    context.strokeStyle = colour;
    context.lineWidth = 2.5 * scale;
    context.stroke();
  }

  drawBox(person, colour, scale) {
    const { context } = this;
    const [x, y, w, h] = person.box;
    context.strokeStyle = colour;
    context.lineWidth = 2 * scale;
    context.strokeRect(x, y, w, h);
    const text = String(person.id);
    context.font = `600 ${13 * scale}px system-ui, sans-serif`;
    const width = context.measureText(text).width + 8 * scale;
    const top = Math.max(0, y - 18 * scale);
    context.fillStyle = colour;
    context.fillRect(x - scale, top, width, 18 * scale);
    context.fillStyle = "#000";
    context.fillText(text, x + 3 * scale, top + 13.5 * scale);
  }

  async loadHeat() {
    if (!this.source || document.hidden || !byId("show-heat").checked) return;
    try {
      const heat = await get(`sources/${this.source.id}/heat`);
      this.heat = heatImage(heat);
      tellHeat(heat);
      this.draw();
    } catch {
      // The next try is in a few seconds.
    }
  }

  drawHeat(scene) {
    if (!this.heat) return;
    this.context.imageSmoothingEnabled = true;
    this.context.drawImage(this.heat, 0, 0, scene.width, scene.height);
  }
}

/** What the colours of the heat map mean. */
function tellHeat({ seconds, since, over, anchor }) {
  const most = Math.max(...seconds);
  byId("heat-words").textContent = `0 to ${most < 10 ? `${most.toFixed(1)} s` : span(most)} that ${POINT[anchor]} in one spot, `
    + `in ${span(over)} of pictures since ${clock(since)}`;
}

/** One pixel a cell, which the canvas smooths: from blue through yellow to red, clear where nobody was. */
function heatImage({ columns, rows, seconds }) {
  const canvas = new OffscreenCanvas(columns, rows);
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const most = Math.max(...seconds, 1e-9);
  seconds.forEach((value, cell) => {
    // People stand in one spot or pass through many: the root shows both.
    const share = Math.sqrt(value / most);
    const stops = [[40, 90, 255], [60, 200, 170], [255, 220, 60], [240, 60, 40]];
    const at = Math.min(share * 3, 2.999);
    const [low, high] = [stops[Math.floor(at)], stops[Math.floor(at) + 1]];
    for (let c = 0; c < 3; c += 1) image.data[4 * cell + c] = low[c] + (at % 1) * (high[c] - low[c]);
    image.data[4 * cell + 3] = value > 0 ? 90 + 130 * share : 0;
  });
  context.putImageData(image, 0, 0);
  return canvas;
}
