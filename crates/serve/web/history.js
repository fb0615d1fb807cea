// What was counted: ranges, charts, tables, files.

import { get } from "./api.js";
import { bars, steps } from "./chart.js";
import * as times from "./times.js";
import { likely, tellGroups } from "./today.js";

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
/** Rows of a table; the files have all. */
const MOST_ROWS = 500;
/** Bars in a chart. */
const MOST_BARS = 400;
const DAY = 86_400_000;
const SETTINGS = ["preset", "by", "of-source", "of-line", "beside", "from", "to"];

/**
 * @typedef {import("./today.js").Ways & {start: string, end: string, occupancy: number, peak: number, uncounted: number,
 *   uncountable?: number, groups?: number, group_size?: number | null}} Period
 */

export class History {
  constructor() {
    for (const id of SETTINGS) {
      byId(id).addEventListener("change", () => {
        if (id === "preset") this.choose();
        this.load();
      });
    }
    byId("range").addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
    addEventListener("resize", () => !byId("history").hidden && this.shown && this.draw(this.shown));
    /** What the charts show. @type {{periods: Period[], beside: Period[]} | null} */
    this.shown = null;
    /** Only the last answer counts, however long those before it take. */
    this.asked = 0;
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
    const asked = this.asked += 1;
    const [from, to] = [times.fromWall(byId("from").value), times.fromWall(byId("to").value)];
    const of = (/** @type {Date} */ from, /** @type {Date} */ to) => {
      const range = new URLSearchParams({ from: from.toISOString(), to: to.toISOString(), by: byId("by").value });
      for (const kind of ["source", "line"]) if (byId(`of-${kind}`).value) range.set(kind, byId(`of-${kind}`).value);
      return range;
    };
    const range = of(from, to);
    byId("counts-csv").href = `/api/v1/counts.csv?${range}`;
    byId("crossings-csv").href = `/api/v1/crossings.csv?${new URLSearchParams({ from: from.toISOString(), to: to.toISOString() })}`;
    const beside = byId("beside").value;
    const isCompared = beside === "week" || beside === "year";
    const other = async () => {
      if (beside !== "before") return [];
      const days = Math.max(1, Math.round((to.getTime() - from.getTime()) / DAY));
      return (await get(`periods?${of(times.later(from, -days), times.later(to, -days))}`)).periods;
    };
    try {
      const answers = [get(`counts?${range}`), get(`periods?${range}`), get(`zones?${range}`),
        get(`report?${range}${isCompared ? `&compare=${beside}` : ""}`), other()];
      const [{ counts }, { periods }, { zones }, { rows, reasons }, before] = await Promise.all(answers);
      if (asked !== this.asked) return;
      this.fill(counts, periods, zones, isCompared ? rows.map(compared) : before);
      this.manager(rows);
      tellUncountable(reasons);
    } catch (error) {
      byId("range-note").textContent = error.message;
      byId("rows").replaceChildren();
    }
  }

  /** @param {any[]} counts @param {Period[]} periods @param {any[]} zones @param {Period[]} beside */
  fill(counts, periods, zones, beside) {
    const sum = (/** @type {Period[]} */ of, /** @type {"in" | "out" | "uncounted"} */ what) => of.reduce((all, p) => all + p[what], 0);
    for (const way of /** @type {("in" | "out")[]} */ (["in", "out"])) {
      byId(`range-${way}`).textContent = sum(periods, way);
      const isKnown = beside.some((p) => !isGone(p));
      byId(`range-${way}-beside`).textContent = !beside.length ? "" : isKnown ? `${sum(beside, way)} ${besideWords()}` : `not counted ${besideWords()}`;
    }
    const told = periods.filter((p) => p.groups !== undefined);
    const groups = told.reduce((all, p) => all + (p.groups ?? 0), 0);
    const people = told.reduce((all, p) => all + (p.groups ?? 0) * (p.group_size ?? 0), 0);
    tellGroups(byId("range-groups"), told.length ? groups : undefined, groups ? people / groups : null);
    byId("range-peak").textContent = Math.max(0, ...periods.map((p) => p.peak));
    const uncounted = sum(periods, "uncounted");
    byId("range-uncounted").textContent = periods.length ? times.span(uncounted) : "all of it";
    byId("range-uncounted").parentElement.classList.toggle("warned", uncounted > 0);
    this.shown = { periods, beside };
    this.draw(this.shown);
    this.table(counts, periods);
    this.zones(zones);
    this.names(counts);
  }

  /** What the opening hours and the till make of it, where they are known. @param {any[]} rows of a report */
  manager(rows) {
    const sum = (/** @type {string} */ what) => {
      const known = rows.filter((row) => row[what] !== undefined);
      return known.length ? known.reduce((all, row) => all + row[what], 0) : null;
    };
    const [came, left, sold] = [sum("in_outside"), sum("out_outside"), sum("transactions")];
    tellNumber("range-outside", came === null ? null : came + (left ?? 0), `${came} in, ${left} out`);
    const entered = rows.filter((row) => row.transactions !== undefined).reduce((all, row) => all + row.in, 0);
    tellNumber("range-sales", sold, sold !== null && entered ? `${(100 * sold / entered).toFixed(1)}% of those who came in` : "");
    const name = ["day", "week"].includes(byId("by").value) ? times.weekday : times.full;
    const selling = rows.filter((row) => row.transactions);
    byId("sales-card").hidden = !selling.length;
    byId("sale-rows").replaceChildren(...selling.slice(0, MOST_ROWS).map((row) => tableRow([name(row.from)], [row.in, "n in"],
      [row.transactions, "n"], [row.amount === undefined ? "–" : row.amount.toFixed(2), "n"],
      [row.conversion === undefined ? "–" : `${(100 * row.conversion).toFixed(1)}%`, "n"])));
  }

  /** @param {{periods: Period[], beside: Period[]}} shown */
  draw({ periods, beside }) {
    const by = byId("by").value;
    const name = { minute: times.minute, hour: times.hour, day: times.day, week: times.day }[by];
    const title = by === "day" || by === "week" ? times.weekday : times.full;
    // Of very many periods those with anybody.
    const some = periods.length > MOST_BARS ? periods.filter((p) => p.in || p.out) : periods;
    const slots = some.map((period) => {
      const length = (Date.parse(period.end) - Date.parse(period.start)) / 1000;
      const other = beside[periods.indexOf(period)];
      const parts = [`${title(period.start)}: in ${period.in}, out ${period.out}, at most ${period.peak} inside`];
      if (other) parts.push(isGone(other) ? `not counted ${besideWords()}` : `${other.in} in ${besideWords()}`);
      if (period.uncounted) parts.push(`${times.span(period.uncounted)} not counted`);
      if (period.uncountable) parts.push(`of which ${times.span(period.uncountable)} could not be counted`);
      return { label: name(period.start), title: parts.join("; "), in: period.in, out: period.out, value: period.peak,
        beside: other && !isGone(other) ? other.in : undefined, uncounted: period.uncounted / length };
    });
    bars(byId("range-chart"), slots, "In and out by period");
    steps(byId("inside-chart"), slots, "Most people inside at once by period");
    byId("key-beside").hidden = !beside.length;
    byId("key-beside").textContent = `In, ${besideWords()}`;
  }

  /** A row for each line and period; a period that nobody counted says so. @param {any[]} counts @param {Period[]} periods */
  table(counts, periods) {
    const name = ["day", "week"].includes(byId("by").value) ? times.weekday : times.full;
    const counted = new Set(counts.map((row) => row.start));
    const gone = periods.filter((p) => !counted.has(p.start) && isGone(p));
    const rows = [
      ...counts.map((row) => ({ start: row.start, cells: [[row.source], [row.line], [row.in, "n in"], [likely(row, "in"), "n likely"],
        [row.out, "n out"], [likely(row, "out"), "n likely"]] })),
      ...gone.map((p) => ({ start: p.start, cells: [[isGone(p, 1) ? "not counted" : `not counted for ${times.span(p.uncounted)}`, "faint", 6]] })),
    ].sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
    byId("rows").replaceChildren(...rows.slice(0, MOST_ROWS).map((row) => tableRow([name(row.start)], ...row.cells)));
    byId("range-note").textContent = rows.length > MOST_ROWS ? `The first ${MOST_ROWS} of ${rows.length} rows; the file has all.`
      : counts.length ? "" : gone.length || !periods.length ? "This time was not counted." : "Nobody passed in this range.";
  }

  /** @param {any[]} zones */
  zones(zones) {
    byId("zones-card").hidden = !zones.length;
    const name = ["day", "week"].includes(byId("by").value) ? times.weekday : times.full;
    const stay = (/** @type {number | null} */ seconds) => [seconds === null ? "–" : times.span(seconds), "n"];
    byId("zone-rows").replaceChildren(...zones.slice(0, MOST_ROWS).map((row) => tableRow([name(row.start)], [row.source], [row.zone],
      [row.visits, "n"], stay(row.dwell), stay(row.longest), [row.peak, "n"])));
  }

  /** Lines and sources that can be chosen: those that were seen. @param {any[]} counts */
  names(counts) {
    for (const kind of ["source", "line"]) {
      const choice = byId(`of-${kind}`);
      const known = new Set([...choice.options].map((o) => o.value));
      for (const name of new Set(counts.map((row) => row[kind]))) {
        if (!known.has(name)) choice.add(new Option(name, name));
      }
      choice.parentElement.hidden = choice.options.length < 3 && !choice.value;
    }
  }
}

/** Whether nobody counted for that share of a period: who came then is not known. @param {Period} period */
function isGone({ start, end, uncounted }, share = 0.5) {
  return uncounted >= share * (Date.parse(end) - Date.parse(start)) / 1000;
}

/** The earlier period of a report's row; before anything was recorded it is not known who came. @param {{before: any}} row */
function compared({ before }) {
  const length = (Date.parse(before.to) - Date.parse(before.from)) / 1000;
  const uncounted = before.in === null ? length : before.uncounted ?? 0;
  return { start: before.from, end: before.to, in: before.in ?? 0, out: before.out ?? 0, peak: 0, occupancy: 0, uncounted };
}

/** Shows a number with what is said of it; nothing where it is not known. @param {string} id @param {number | null} number @param {string} words */
function tellNumber(id, number, words) {
  const place = byId(id);
  place.hidden = number === null;
  place.querySelector("output").value = number ?? "–";
  place.querySelector(".likely").textContent = words;
}

/** Of the time that was not counted, how much could not be, why, and what to do. @param {any[]} reasons of a report */
function tellUncountable(reasons) {
  const told = reasons.filter((reason) => reason.uncountable);
  const place = byId("range-uncountable");
  place.hidden = !told.length;
  place.textContent = told.map(({ seconds, uncountable: { why, remedy } }) => `${times.span(seconds)} could not be counted: ${why}. ${remedy}.`).join(" ");
}

const besideWords = () => byId("beside").selectedOptions[0].textContent;

/** @param {any[]} cells each a text, its class and over how many columns it goes */
function tableRow(...cells) {
  const row = document.createElement("tr");
  for (const [text, kind, columns] of cells) {
    const cell = row.insertCell();
    if (columns) cell.colSpan = columns;
    cell.textContent = String(text);
    if (kind) cell.className = kind;
  }
  return row;
}
