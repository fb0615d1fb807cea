// The last crossings: when, where, how sure, and of the last few a picture.

import { get } from "./api.js";
import { inWords } from "./reasons.js";
import * as times from "./times.js";

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const MOST = 50;

/**
 * @typedef {{sequence: number, at: string, source: string, line: string, direction: "in" | "out", track: number,
 *   confidence: number | null, reasons: string[], picture: boolean, look: boolean}} Crossing
 */

/** The last ones, the newest first. @type {Crossing[]} */
export const last = [];

/** @param {Crossing} crossing @param {boolean} isNew */
export function tellCrossing(crossing, isNew) {
  last.unshift(crossing);
  last.length = Math.min(last.length, MOST);
  const list = byId("crossings");
  const row = document.createElement("li");
  row.className = `${crossing.direction}${isNew ? " new" : ""}`;
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  const sure = crossing.confidence === null ? "" : `${Math.round(100 * crossing.confidence)} % sure`;
  for (const [kind, text] of [["way", crossing.direction], ["line", crossing.line], ["faint sure", sure], ["faint", times.clock(crossing.at)]]) {
    summary.append(words("span", kind, text));
  }
  details.append(summary);
  details.addEventListener("toggle", async () => {
    if (!details.open || details.children.length > 1) return;
    const box = words("div", "about", "");
    details.append(box);
    about(box, await again(crossing));
  });
  row.append(details);
  list.prepend(row);
  while (list.children.length > MOST) list.lastElementChild.remove();
}

/** A crossing as it is known now: it may have been told before there was a picture of it. @param {Crossing} crossing */
async function again(crossing) {
  if (crossing.picture) return crossing;
  const told = await get(`crossings?after=${crossing.sequence - 1}&limit=1`).catch(() => ({ crossings: [] }));
  return Object.assign(crossing, told.crossings.find((/** @type {Crossing} */ c) => c.sequence === crossing.sequence));
}

/** @param {HTMLElement} box @param {Crossing} crossing */
function about(box, crossing) {
  if (crossing.picture) box.append(pictureOf(crossing));
  const facts = document.createElement("div");
  facts.append(words("p", "", `${times.full(crossing.at)} at ${crossing.source}, number ${crossing.track}`));
  const reasons = inWords(crossing.reasons);
  if (reasons) facts.append(words("p", "", `${capital(reasons)}.`));
  if (!crossing.picture) facts.append(words("p", "faint", "There is no picture of it: only the last few have one, until the program ends."));
  box.append(facts);
}

/** @param {Crossing} crossing */
export function pictureOf(crossing) {
  const picture = document.createElement("img");
  picture.src = `/api/v1/crossings/${crossing.sequence}/picture.jpg`;
  picture.alt = `Whoever passed ${crossing.line} at ${times.clock(crossing.at)}`;
  // Meanwhile others may have taken its place.
  picture.addEventListener("error", () => picture.remove());
  return picture;
}

const capital = (/** @type {string} */ text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {string} name @param {string} kind @param {string} text */
function words(name, kind, text) {
  const element = document.createElement(name);
  element.className = kind;
  element.textContent = text;
  return element;
}
