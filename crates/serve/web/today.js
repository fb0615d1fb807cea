// The numbers of the day, and how the sources are.

import { bars } from "./chart.js";
import * as times from "./times.js";

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const HOUR = 3_600_000;

/**
 * @typedef {{in: number, in_low: number, in_high: number, out: number, out_low: number, out_high: number}} Ways
 * @typedef {Ways & {zone: string, from: string, occupancy: number, came_unseen: number, left_unseen: number, uncounted: number,
 *   groups?: number, group_size?: number | null, lines: (Ways & {source: string, line: string})[], zones: {source: string, zone: string, visits: number, dwell: number | null}[],
 *   hours: {start: string, in: number, out: number}[]}} Today
 */

/** Between which numbers the true one lies; nothing where that says no more. @param {any} ways @param {"in" | "out"} way */
export function likely(ways, way) {
  const [low, high] = [ways[`${way}_low`], ways[`${way}_high`]];
  return low === high ? "" : `${low} to ${high}`;
}

/** @param {Today} today */
export function tellToday(today) {
  times.setZone(today.zone);
  for (const way of /** @type {("in" | "out")[]} */ (["in", "out"])) {
    const label = dayOf(today, way === "in" ? "In" : "Out");
    byId(`${way}-today`).previousElementSibling.textContent = label;
    byId(`${way}-today`).value = today[way];
    const range = likely(today, way);
    byId(`${way}-likely`).textContent = range && `likely ${range}`;
  }
  byId("inside").value = today.occupancy;
  tellGroups(byId("groups"), today.groups, today.group_size);
  byId("groups").querySelector(".label").textContent = dayOf(today, "Groups");
  tellInside(today);
  tellHours(today);
}

/**
 * How many groups came in, and of how many people on average; nothing where nobody tells groups apart.
 * @param {any} place @param {number | undefined} groups @param {number | null | undefined} size
 */
export function tellGroups(place, groups, size) {
  place.hidden = groups === undefined;
  place.querySelector("output").value = groups ?? "–";
  place.querySelector(".likely").textContent = size ? `of ${size.toFixed(1)} people on average` : "";
}

/** "In today", or of a recording "In on 3 May". @param {Today} today @param {string} what */
export function dayOf(today, what) {
  const isToday = times.day(today.from) === times.day(new Date());
  return isToday ? `${what} today` : `${what} on ${times.day(today.from)}`;
}

/** Why the number inside is not in less out. @param {Today} today */
function tellInside({ in: entered, out, occupancy, came_unseen: came, left_unseen: left }) {
  const before = occupancy - entered + out - came + left;
  const people = (/** @type {number} */ n) => (n === 1 ? "1 person" : `${n} people`);
  byId("drift").textContent = came ? `${came} came in unseen` : "";
  const terms = [`${entered} in, ${out} out`];
  if (before > 0) terms.push(`${people(before)} inside from the day before`);
  if (came) terms.push(`${people(came)} who came in unseen, as they went out again`);
  if (left) terms.push(`less ${people(left)} who were still counted inside at night`);
  byId("inside-sum").textContent = `Today: ${terms.join("; ")}. That makes ${occupancy} inside.`;
}

/** @type {Today | null} */
let shown = null;
/** From the first hour with anybody to the last, eight at least. @param {Today} today */
function tellHours(today) {
  shown = today;
  const known = new Map(today.hours.map((h) => [Date.parse(h.start), h]));
  const starts = [...known.keys()];
  let [first, last] = starts.length ? [Math.min(...starts), Math.max(...starts)] : [Date.parse(today.from) + 8 * HOUR, 0];
  // Within the day: its last hour begins 23 hours after its first, or 22 or 24 where clocks are changed.
  last = Math.max(last, Math.min(first + 7 * HOUR, Date.parse(today.from) + 23 * HOUR));
  first = Math.min(first, last - 7 * HOUR);
  const slots = [];
  for (let at = first; at <= last; at += HOUR) {
    const hour = known.get(at) ?? { in: 0, out: 0 };
    const title = `${times.minute(at)} to ${times.minute(at + HOUR)}: in ${hour.in}, out ${hour.out}`;
    slots.push({ label: times.hour(at), title, in: hour.in, out: hour.out });
  }
  bars(byId("hours"), slots, "Crossings by hour");
}
addEventListener("resize", () => shown && tellHours(shown));

/** What is wrong with a source, and since when; nothing while all is well. @param {any} source */
export function trouble({ status }) {
  const since = `since ${times.clock(status.since)}`;
  if (status.health === "lost") return `No picture ${since}${status.detail ? `: ${status.detail}` : ""}`;
  if (status.health === "poor") return `${status.detail ?? "The picture is poor"} (${since})`;
  if (status.health === "starting") return "Waiting for the first picture";
  return "";
}

/** Says by the lines that no count of this source can be answered for now, and what to do about it. @param {any} source */
export function tellUncountable(source) {
  const place = byId("uncountable");
  const { why, remedy } = source?.status.uncountable ?? {};
  const text = why ? `Cannot be counted now: ${why}. ${remedy}.` : "";
  if (place.textContent !== text) place.textContent = text;
  place.hidden = !text;
}

/** Alerts that have begun and are not over. @param {{alert: string, active: boolean, since: string | null, text: string}[]} all */
export function tellAlerts(all) {
  const active = all.filter((alert) => alert.active).map((alert) => `${alert.alert}: ${alert.text}${alert.since ? ` (since ${times.clock(alert.since)})` : ""}`);
  const list = byId("alerts");
  list.hidden = !active.length;
  // What is as it was is not read out again.
  if ([...list.children].map((row) => row.textContent).join("\n") === active.join("\n")) return;
  list.replaceChildren(...active.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
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
    const again = status.reconnects ? ` · reconnected ${status.reconnects === 1 ? "once" : `${status.reconnects} times`}` : "";
    const pace = status.current ? `${status.rate.toFixed(1)} frames/s` : "no frames now";
    facts.textContent = `${source.width}×${source.height} pixels · ${status.frames} frames · ${pace}${dropped}${again}`;
    row.append(word, source.name, facts);
    if (status.health === "lost" || status.health === "poor") row.append(trouble(source));
    return row;
  }));
}
