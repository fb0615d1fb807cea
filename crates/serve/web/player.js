// A clip: its pictures, back and forth, at any speed, with its lines and whatever else is to be drawn over them.

import { Problem } from "./api.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

const CONTROLS = `
  <p id="where"></p>
  <canvas id="picture" role="img" aria-label="The clip"></canvas>
  <input id="place" type="range" min="0" value="0" step="1" aria-label="Place in the clip">
  <div class="controls">
    <button id="back" type="button" title="Back one picture (left arrow)">◀</button>
    <button id="play" type="button" title="Play or pause (space)">Play</button>
    <button id="on" type="button" title="On one picture (right arrow)">▶</button>
    <label>Speed <select id="speed"><option>0.25</option><option>0.5</option><option selected>1</option>
      <option>2</option><option>4</option><option>8</option></select></label>
  </div>
`;

/** Plays one clip after the other on a canvas with controls, which it puts into the page's `player`. */
export class Player {
  /** @type {any} */ clip = null;
  /** @type {(ImageBitmap | null)[]} */ pictures = [];
  at = 0;
  timer = 0;
  /** The line that stands out, by number. */
  line = 0;
  /** Everybody in each picture, `[x, y, width, height]`; nothing while that is not to be known.
   * @type {number[][][] | null} */
  people = null;

  /** @param {(work: () => Promise<void>) => Promise<void>} guarded does something, and says what goes wrong */
  constructor(guarded) {
    this.guarded = guarded;
    $("player").innerHTML = CONTROLS;
    $("play").onclick = () => this.play();
    $("back").onclick = () => this.step(-1);
    $("on").onclick = () => this.step(1);
    $("place").oninput = () => this.step(Number($("place").value) - this.at);
  }

  /** Shows another clip, from its beginning. */
  async show(/** @type {any} */ clip, /** @type {number[][][] | null} */ people = null) {
    this.pause();
    Object.assign(this, { clip, people, at: 0, line: 0, pictures: clip.times.map(() => null) });
    $("where").textContent = `${clip.source}, ${new Date(clip.begins).toLocaleString()}`;
    $("place").max = String(clip.times.length - 1);
    const [width, height] = clip.size;
    Object.assign($("picture"), { width, height });
    await this.draw();
  }

  async picture(/** @type {number} */ number) {
    const known = this.pictures[number];
    if (known) return known;
    const clip = this.clip;
    const url = `/api/v1/audit/clips/${encodeURIComponent(clip.id)}/pictures/${number}`;
    const response = await fetch(url, { credentials: "same-origin" });
    if (!response.ok) throw new Problem(response.status, "a picture of this clip cannot be had");
    const bitmap = await createImageBitmap(await response.blob());
    if (clip === this.clip) this.pictures[number] = bitmap;
    return bitmap;
  }

  async draw() {
    const { at, clip } = this;
    const bitmap = await this.picture(at);
    if (at !== this.at || clip !== this.clip) return;
    const context = $("picture").getContext("2d");
    context.drawImage(bitmap, 0, 0);
    context.lineWidth = 2;
    context.font = "14px sans-serif";
    clip.lines.forEach((/** @type {any} */ line, /** @type {number} */ index) => {
      context.strokeStyle = context.fillStyle = index === this.line ? "#ffd400" : "#40c4ff";
      context.beginPath();
      line.points.forEach((/** @type {number[]} */ [x, y]) => context.lineTo(x, y));
      context.stroke();
      // `in` is at the right hand of whoever walks from the first point to the second.
      const [[ax, ay], [bx, by]] = line.points;
      const length = Math.hypot(bx - ax, by - ay) || 1;
      const [nx, ny] = [-(by - ay) / length, (bx - ax) / length];
      context.fillText("in", (ax + bx) / 2 + 16 * nx - 6, (ay + by) / 2 + 16 * ny + 5);
    });
    if (this.people) {
      context.strokeStyle = "#ff5252";
      this.people[at].forEach(([x, y, w, h]) => context.strokeRect(x, y, w, h));
    }
    $("place").value = String(at);
  }

  /** Goes so many pictures on, or back. */
  step(/** @type {number} */ by) {
    if (!this.clip) return;
    this.at = Math.min(Math.max(this.at + by, 0), this.clip.times.length - 1);
    void this.guarded(() => this.draw());
  }

  /** The next speed, or the one before. */
  speed(/** @type {number} */ by) {
    const speeds = [...$("speed").options].map((option) => option.value);
    $("speed").value = speeds[Math.min(Math.max(speeds.indexOf($("speed").value) + by, 0), speeds.length - 1)];
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = 0;
    $("play").textContent = "Play";
  }

  /** Plays, or pauses. */
  play() {
    if (this.timer) return this.pause();
    if (!this.clip) return;
    $("play").textContent = "Pause";
    if (this.at === this.clip.times.length - 1) this.at = 0;
    const tick = async () => {
      const { times } = this.clip;
      if (this.at >= times.length - 1) return this.pause();
      const wait = (1000 * (times[this.at + 1] - times[this.at])) / Number($("speed").value);
      this.at += 1;
      await this.guarded(() => this.draw());
      // What comes next is asked for while this is looked at.
      if (this.at + 1 < times.length) void this.picture(this.at + 1).catch(() => null);
      if (this.timer) this.timer = setTimeout(tick, wait);
    };
    this.timer = setTimeout(tick, 0);
  }

  /** What a key does, for all keys that the player knows. */
  keys(/** @type {HTMLElement} */ target) {
    return /** @type {Record<string, () => void>} */ ({
      " ": () => (target.tagName === "BUTTON" ? target.click() : this.play()),
      arrowleft: () => this.step(-1),
      arrowright: () => this.step(1),
      "+": () => this.speed(1),
      "-": () => this.speed(-1),
    });
  }
}
