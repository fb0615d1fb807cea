// The numbers of the day, the last crossings, and how the sources are.

import { bars } from "./chart.js";
import * as times from "./times.js";

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const MOST_CROSSINGS = 50;
const HOUR = 3_600_000;

/** @param {{zone: string, from: string, in: number, out: number, occupancy: number, hours: {start: string, in: number, out: number}[]}} today */
export function tellToday(today) {
  times.setZone(today.zone);
  const isToday = times.day(today.from) === times.day(new Date());
  const day = isToday ? "today" : `on ${times.day(today.from)}`;
  byId("in-today").previousElementSibling.textContent = `In ${day}`;
  byId("out-today").previousElementSibling.textContent = `Out ${day}`;
  byId("in-today").value = today.in;
  byId("out-today").value = today.out;
  byId("inside").value = today.occupancy;
  tellHours(today);
}

let shown = null;
/** From the first hour with anybody to the last, eight at least. */
function tellHours(today) {
  shown = today;
  const known = new Map(today.hours.map((h) => [Date.parse(h.start), h]));
  const starts = [...known.keys()];
  let [first, last] = starts.length ? [Math.min(...starts), Math.max(...starts)] : [Date.parse(today.from) + 8 * HOUR, 0];
  last = Math.max(last, first + 7 * HOUR);
  const slots = [];
  for (let at = first; at <= last; at += HOUR) {
    const hour = known.get(at) ?? { in: 0, out: 0 };
    slots.push({ label: times.hour(at), title: `${times.minute(at)} to ${times.minute(at + HOUR)}`, in: hour.in, out: hour.out });
  }
  bars(byId("hours"), slots, "Crossings by hour");
}
addEventListener("resize", () => shown && tellHours(shown));

/** @param {{at: string, line: string, direction: "in" | "out", track: number}} crossing @param {boolean} isNew */
export function tellCrossing(crossing, isNew) {
  const list = byId("crossings");
  const row = document.createElement("li");
  row.className = `${crossing.direction}${isNew ? " new" : ""}`;
  const cell = (/** @type {string} */ kind, /** @type {string} */ text) => {
    const span = document.createElement("span");
    span.className = kind;
    span.textContent = text;
    row.append(span);
  };
  cell("way", crossing.direction);
  cell("line", crossing.line);
  cell("faint", `#${crossing.track}`);
  cell("faint", times.clock(crossing.at));
  list.prepend(row);
  while (list.children.length > MOST_CROSSINGS) list.lastElementChild.remove();
}

/** What is wrong with a source, and since when; nothing while all is well. @param {any} source */
export function trouble({ status }) {
  const since = `since ${times.clock(status.since)}`;
  if (status.health === "lost") return `No picture ${since}${status.detail ? `: ${status.detail}` : ""}`;
  if (status.health === "poor") return `${status.detail ?? "The picture is poor"} (${since})`;
  if (status.health === "starting") return "Waiting for the first picture";
  return "";
}

const WORDS = { starting: "starting", good: "good", poor: "poor", lost: "no picture", ended: "ended" };

/** @param {any[]} sources */
export function tellSources(sources) {
  byId("health").replaceChildren(...sources.map((source) => {
    const { status } = source;
    const row = document.createElement("li");
    const word = document.createElement("span");
    word.className = `word ${status.health}`;
    word.textContent = WORDS[status.health] ?? status.health;
    const facts = document.createElement("div");
    facts.className = "faint";
    const dropped = status.dropped ? ` · ${status.dropped} dropped` : "";
    const again = status.reconnects ? ` · reconnected ${status.reconnects} times` : "";
    const pace = status.current ? `${status.rate.toFixed(1)} frames/s` : "no frames now";
    facts.textContent = `${source.width}×${source.height} · ${status.frames} frames · ${pace}${dropped}${again}`;
    row.append(word, source.name, facts);
    if (status.health === "lost" || status.health === "poor") row.append(trouble(source));
    return row;
  }));
}
