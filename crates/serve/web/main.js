// Puts the page together.

import { get, send, whenUnknown } from "./api.js";
import { Drawing } from "./drawing.js";
import { listen } from "./events.js";
import { History } from "./history.js";
import { Picture } from "./picture.js";
import { tellCrossing, tellSources, tellToday } from "./today.js";

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const picture = new Picture();
const drawing = new Drawing();
const history = new History();
/** @type {any[]} */
let sources = [];

function showView() {
  const view = location.hash === "#history" ? "history" : "live";
  for (const name of ["live", "history"]) {
    byId(name).hidden = name !== view;
    const link = document.querySelector(`[data-view="${name}"]`);
    if (name === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  picture.show(view === "live" ? chosen() : null);
  if (view === "history") history.show();
}

const chosen = () => sources.find((s) => s.id === byId("source").value) ?? sources[0] ?? null;

function tellAll(/** @type {any[]} */ told) {
  const names = (/** @type {any[]} */ list) => list.map((s) => s.id).join();
  const fresh = names(told) !== names(sources);
  sources = told;
  tellSources(told);
  if (fresh) {
    const choice = byId("source");
    choice.replaceChildren(...told.map((s) => new Option(s.name, s.id)));
    choice.parentElement.hidden = told.length < 2;
    document.body.classList.toggle("no-picture", told.length === 0);
    showView();
  }
  else if (location.hash !== "#history") picture.show(chosen());
  drawing.show(chosen());
  drawing.tellZones(chosen()?.status.zones ?? []);
}

function link(/** @type {"up" | "down"} */ state) {
  byId("link").className = `link ${state}`;
  byId("link").textContent = state === "up" ? "live" : "connection lost";
}

async function begin() {
  const who = await get("session");
  document.body.classList.toggle("read-only", who.role !== "change");
  byId("sign-out").hidden = !who.tokens;
  tellAll((await get("sources")).sources);
  tellToday(await get("today"));
  const { crossings, next } = await get("crossings?last=30");
  byId("crossings").replaceChildren();
  crossings.forEach((/** @type {any} */ crossing) => tellCrossing(crossing, false));
  listen(next, {
    crossing: (/** @type {any} */ crossing) => tellCrossing(crossing, true),
    today: (/** @type {any} */ today) => { tellToday(today); drawing.tellLines(today.lines); },
    sources: tellAll,
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
    byId("sign-in-note").textContent = error.status === 401 ? "No such token." : error.message;
  }
});
byId("sign-out").addEventListener("click", async () => {
  await send("DELETE", "session", null);
  location.reload();
});
byId("source").addEventListener("change", () => { drawing.show(chosen()); showView(); });
byId("theme").addEventListener("click", () => {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
  document.documentElement.dataset.theme = localStorage.theme = dark ? "light" : "dark";
});
if (localStorage.theme) document.documentElement.dataset.theme = localStorage.theme;
byId("wall").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
});
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
