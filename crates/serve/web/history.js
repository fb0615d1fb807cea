// What was counted: ranges, a chart, a table, files.

import { get } from "./api.js";
import { bars } from "./chart.js";
import * as times from "./times.js";

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
/** Rows of the table; the files have all. */
const MOST_ROWS = 500;
/** Bars in a chart; periods without anybody are shown, too. */
const MOST_BARS = 400;
const LENGTH = { minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 };

export class History {
  constructor() {
    for (const id of ["preset", "by", "of-line", "from", "to"]) {
      byId(id).addEventListener("change", () => {
        if (id === "preset") this.choose();
        this.load();
      });
    }
    byId("range").addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
  }

  show() {
    if (!byId("from").value) this.choose();
    this.load();
  }

  /** Takes over the range that was chosen. */
  choose() {
    const preset = byId("preset").value;
    const ranges = { today: [0, 0, "hour"], yesterday: [1, 0, "hour"], week: [6, 0, "day"], month: [29, 0, "day"] };
    byId("range").classList.toggle("custom", preset === "own");
    if (!(preset in ranges)) return;
    const [from, to, by] = ranges[preset];
    byId("from").value = times.toWall(times.midnight(from));
    byId("to").value = times.toWall(preset === "yesterday" ? times.midnight(to) : times.midnight(-1));
    byId("by").value = by;
  }

  async load() {
    const [from, to] = [times.fromWall(byId("from").value), times.fromWall(byId("to").value)];
    const range = new URLSearchParams({ from: from.toISOString(), to: to.toISOString() });
    byId("crossings-csv").href = `/api/v1/crossings.csv?${range}`;
    range.set("by", byId("by").value);
    if (byId("of-line").value) range.set("line", byId("of-line").value);
    byId("counts-csv").href = `/api/v1/counts.csv?${range}`;
    try {
      this.fill(await get(`counts?${range}`), from, to);
    } catch (error) {
      byId("range-note").textContent = error.message;
      byId("rows").replaceChildren();
    }
  }

  fill({ counts }, from, to) {
    const sums = new Map();
    const all = { in: 0, out: 0 };
    for (const row of counts) {
      const sum = sums.get(row.start) ?? { start: row.start, in: 0, out: 0 };
      for (const way of ["in", "out"]) {
        sum[way] += row[way];
        all[way] += row[way];
      }
      sums.set(row.start, sum);
    }
    byId("range-in").textContent = all.in;
    byId("range-out").textContent = all.out;
    bars(byId("range-chart"), slots(sums, from, to), "Crossings in the range");
    const name = byId("by").value === "day" || byId("by").value === "week" ? times.day : times.full;
    byId("rows").replaceChildren(...counts.slice(0, MOST_ROWS).map((row) => tableRow(
      [name(row.start)], [row.source], [row.line], [row.in, "n in"], [row.out, "n out"])));
    byId("range-note").textContent = counts.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${counts.length} rows; the file has all.` :
      counts.length ? "" : "Nobody was counted in this range.";
    this.names(counts);
  }

  /** Lines that can be chosen: those that were seen. */
  names(counts) {
    const choice = byId("of-line");
    const known = new Set([...choice.options].map((o) => o.value));
    for (const name of new Set(counts.map((row) => row.line))) {
      if (!known.has(name)) choice.add(new Option(name, name));
    }
  }
}

/** A slot for each period of the range, with or without anybody. */
function slots(sums, from, to) {
  const by = byId("by").value;
  const name = { minute: times.minute, hour: times.hour, day: times.day, week: times.day }[by];
  const slot = (/** @type {{start: string, in: number, out: number}} */ s) =>
    ({ label: name(s.start), title: (by === "day" || by === "week" ? times.day : times.full)(s.start), in: s.in, out: s.out });
  const count = (to - from) / LENGTH[by];
  if (count > MOST_BARS || by === "week") return [...sums.values()].map(slot);
  const made = [];
  const starts = [...sums.keys()].map(Date.parse);
  for (let at = from.getTime(); at < to.getTime(); at += LENGTH[by]) {
    // A day of 23 or 25 hours moves what follows: the period's own start is looked for near by.
    const start = starts.find((s) => Math.abs(s - at) < LENGTH[by] / 2);
    const found = start === undefined ? undefined : [...sums.values()].find((s) => Date.parse(s.start) === start);
    made.push(slot(found ?? { start: new Date(at).toISOString(), in: 0, out: 0 }));
  }
  return made;
}

/** @param {[string | number, string?][]} cells */
function tableRow(...cells) {
  const row = document.createElement("tr");
  for (const [text, kind] of cells) {
    const cell = row.insertCell();
    cell.textContent = String(text);
    if (kind) cell.className = kind;
  }
  return row;
}
