// The wall: large numbers alone, for weeks. What is not of now is never shown as if it were.

import { dayOf } from "./today.js";
import * as times from "./times.js";

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** @type {any} */
let awake = null;

/** Keeps the screen on while the wall is shown, where the browser lets a page do that. */
async function stayAwake() {
  if (byId("wall").hidden || document.hidden || !navigator.wakeLock) return;
  // Refused on battery, and where the connection is not encrypted: then the screen's own settings hold.
  awake = await navigator.wakeLock.request("screen").catch(() => null);
}

/** @param {boolean} isShown */
export function showWall(isShown) {
  document.body.classList.toggle("on-wall", isShown);
  if (isShown) stayAwake();
  else {
    awake?.release();
    awake = null;
    if (document.fullscreenElement) document.exitFullscreen();
  }
}

/** @param {import("./today.js").Today} today */
export function tellWall(today) {
  byId("wall-inside").value = today.occupancy;
  byId("wall-in").value = today.in;
  byId("wall-out").value = today.out;
  byId("wall-in-label").textContent = dayOf(today, "In");
  byId("wall-out-label").textContent = dayOf(today, "Out");
}

/** Says why the numbers are not of now; nothing where they are. @param {string} why */
export function tellWallState(why) {
  const alert = byId("wall-alert");
  if (alert.textContent !== why) alert.textContent = why;
  alert.hidden = !why;
  byId("wall").classList.toggle("stale", Boolean(why));
}

setInterval(() => {
  if (!byId("wall").hidden) byId("wall-clock").textContent = times.minute(Date.now());
}, 1000);
document.addEventListener("visibilitychange", stayAwake);
byId("wall-full").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});
document.addEventListener("fullscreenchange", () => {
  byId("wall-full").textContent = document.fullscreenElement ? "Leave full screen" : "Full screen";
});
