// Puts the page together.

import { get, send, whenUnknown } from "./api.js";
import { Drawing } from "./drawing.js";
import { listen } from "./events.js";
import { History } from "./history.js";
import { Picture } from "./picture.js";
import { showSettings } from "./settings.js";
import { last, tellCrossing } from "./crossings.js";
import { clock } from "./times.js";
import { tellAlerts, tellSources, tellToday, tellUncountable, trouble } from "./today.js";
import { showWall, tellWall, tellWallState } from "./wall.js";

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const picture = new Picture();
const drawing = new Drawing();
const history = new History();
/** @type {any[]} */
let sources = [];
const VIEWS = ["live", "history", "settings", "wall"];

function showView() {
  const asked = location.hash.slice(1);
  // What only some may change is shown to these only.
  const view = VIEWS.includes(asked) && !(asked === "settings" && mayNot()) ? asked : "live";
  for (const name of VIEWS) {
    byId(name).hidden = name !== view;
    const link = document.querySelector(`[data-view="${name}"]`);
    if (name === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  picture.show(view === "live" ? chosen() : null);
  showWall(view === "wall");
  if (view === "history") history.show();
  if (view === "settings") showSettings();
}

const mayNot = () => document.body.classList.contains("read-only");
const isLive = () => !byId("live").hidden;

const chosen = () => sources.find((s) => s.id === byId("source").value) ?? sources[0] ?? null;

function tellAll(/** @type {any[]} */ told) {
  const names = (/** @type {any[]} */ list) => list.map((s) => s.id).join();
  const fresh = names(told) !== names(sources);
  sources = told;
  // A ledger alone has counts and no picture.
  document.body.classList.toggle("no-picture", told.length === 0);
  tellSources(told);
  if (fresh) {
    const choice = byId("source");
    choice.replaceChildren(...told.map((s) => new Option(s.name, s.id)));
    choice.parentElement.hidden = told.length < 2;
    showView();
  }
  else if (isLive()) picture.show(chosen());
  drawing.show(chosen());
  tellUncountable(chosen());
  drawing.tellZones(chosen()?.status.zones ?? []);
  heard = new Date();
  tellLink();
}

/** The connection to the program: none yet, there, or lost. @type {"" | "up" | "down"} */
let connection = "";
/** When the program was heard last. @type {Date | null} */
let heard = null;
/** From the worst on. */
const TROUBLES = ["lost", "poor", "starting"];

/** Says in the header, over the picture and at the numbers whether what is shown is so now. */
function tellLink() {
  const worst = TROUBLES.map((word) => sources.find((s) => s.status.health === word)).find(Boolean);
  const isDown = connection === "down";
  const [kind, text] = isDown ? ["down", "connection lost"]
    : connection === "" ? ["", "connecting"]
    : worst ? [worst.status.health === "lost" ? "down" : "", `${worst.name}: ${trouble(worst)}`]
    : ["up", sources.length ? "live" : "up to date"];
  byId("link").className = `link ${kind}`;
  if (byId("link").textContent !== text) byId("link").textContent = text;
  const source = chosen();
  const isOver = isDown && heard ? `Not connected: this is as of ${clock(heard)}` : "";
  const current = !isDown && (!source || source.status.current || source.status.health === "ended");
  picture.alert(isOver || (source ? trouble(source) : ""), current);
  const lost = sources.filter((s) => s.status.health === "lost").map((s) => s.name);
  const note = isOver ? `These numbers are as of ${clock(heard)}.` : lost.length ? `Nobody is counted at ${lost.join(", ")} now.` : "";
  if (byId("as-of").textContent !== note) byId("as-of").textContent = note;
  byId("as-of").hidden = !note;
  tellWallState(isOver || note);
  document.body.classList.toggle("stale", isDown);
}

function link(/** @type {"up" | "down"} */ state) {
  connection = state;
  tellLink();
}

function takeToday(/** @type {any} */ today) {
  heard = new Date();
  tellToday(today);
  tellWall(today);
  drawing.tellToday(today);
}

async function begin() {
  const who = await get("session");
  document.body.classList.toggle("read-only", who.role !== "change");
  showView();
  byId("sign-out").hidden = !who.tokens;
  const told = await get("sources");
  tellAlerts(told.alerts);
  tellAll(told.sources);
  takeToday(await get("today"));
  const { crossings, next } = await get("crossings?last=30");
  byId("crossings").replaceChildren();
  last.length = 0;
  crossings.forEach((/** @type {any} */ crossing) => tellCrossing(crossing, false));
  listen(next, {
    crossing: (/** @type {any} */ crossing) => tellCrossing(crossing, true),
    today: takeToday,
    sources: (/** @type {any} */ told) => { tellAlerts(told.alerts); tellAll(told.sources); },
    lines: () => drawing.changed(),
    up: () => link("up"),
    down: () => link("down"),
  });
}

function signIn() {
  const dialog = byId("sign-in");
  if (!dialog.open) dialog.showModal();
}
whenUnknown.add(signIn);
byId("sign-in").addEventListener("cancel", (/** @type {Event} */ event) => event.preventDefault());
byId("sign-in").querySelector("form").addEventListener("submit", async (/** @type {Event} */ event) => {
  event.preventDefault();
  try {
    await send("POST", "session", { token: byId("token").value.trim() });
    location.reload();
  } catch (error) {
    byId("sign-in-note").textContent = error.status === 401 ? "Wrong token." : error.message;
  }
});
byId("sign-out").addEventListener("click", async () => {
  await send("DELETE", "session", null);
  location.reload();
});
byId("source").addEventListener("change", () => { drawing.show(chosen()); showView(); tellLink(); });
byId("theme").addEventListener("click", () => {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
  document.documentElement.dataset.theme = localStorage.theme = dark ? "light" : "dark";
});
if (localStorage.theme) document.documentElement.dataset.theme = localStorage.theme;
addEventListener("hashchange", showView);
showView();

(async function start() {
  try {
    await begin();
  } catch (error) {
    if (error.status === 401) return;
    link("down");
    setTimeout(start, 3000);
  }
})();
