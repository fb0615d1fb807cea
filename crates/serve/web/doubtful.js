// Crossings that the program is not sure of: what was seen around each, with boxes and what was decided.

import { get } from "./api.js";
import { guarded, tell, welcome } from "./guest.js";
import { Player } from "./player.js";
import { inWords } from "./reasons.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** All clips, the newest first, and which one is shown. */
const state = { clips: /** @type {any[]} */ ([]), number: 0 };

const player = new Player(guarded);

async function begin() {
  state.clips = (await get("audit/doubtful")).clips;
  $("sign-in").hidden = true;
  $("work").hidden = state.clips.length === 0;
  if (state.clips.length > 0) await show(0);
  else tell("No crossing was doubtful of late.");
}

async function show(/** @type {number} */ number) {
  state.number = number;
  const id = encodeURIComponent(state.clips[number].id);
  const [clip, seen] = await Promise.all([get(`audit/clips/${id}`), get(`audit/doubtful/${id}`)]);
  $("progress").textContent = `${number + 1} of ${state.clips.length}`;
  $("previous").disabled = number === 0;
  $("next").disabled = number + 1 === state.clips.length;
  $("crossings").replaceChildren(...seen.crossings.map(row));
  await player.show(clip, seen.people);
  $("main").focus();
}

/** A crossing; its time goes to where it was. */
function row(/** @type {any} */ crossing) {
  const made = document.createElement("tr");
  const at = document.createElement("button");
  at.type = "button";
  at.textContent = `${crossing.time.toFixed(1)} s`;
  at.onclick = () => {
    const place = player.clip.times.findIndex((/** @type {number} */ time) => time >= crossing.time);
    player.pause();
    player.step((place < 0 ? player.clip.times.length - 1 : place) - player.at);
  };
  const cells = [crossing.line, crossing.direction, `${Math.round(100 * crossing.confidence)}%`, inWords(crossing.reasons)];
  for (const content of [at, ...cells]) {
    const cell = document.createElement("td");
    cell.append(content);
    made.append(cell);
  }
  return made;
}

function go(/** @type {number} */ by) {
  const number = state.number + by;
  if (number >= 0 && number < state.clips.length) void guarded(() => show(number));
}

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if ($("work").hidden || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) || event.ctrlKey || event.metaKey) return;
  const act = { ...player.keys(target), n: () => go(1), p: () => go(-1) }[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

$("previous").onclick = () => go(-1);
$("next").onclick = () => go(1);
welcome(begin);
