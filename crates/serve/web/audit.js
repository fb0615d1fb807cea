// The audit: clips are shown without the program's answer. Somebody counts; then the answer appears, and each difference
// gets a reason.

import { get, send } from "./api.js";
import { guarded, tell, welcome } from "./guest.js";
import { Player } from "./player.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const REASONS = ["missed", "doubled", "wrong way", "staff", "not a person"];

/** The clip that is shown, and what was counted. */
const state = {
  clips: /** @type {any[]} */ ([]),
  clip: /** @type {any} */ (null),
  counts: /** @type {{line: string, in: number, out: number}[]} */ ([]),
  line: 0,
  revealed: /** @type {any} */ (null),
};

const player = new Player(guarded);

async function begin() {
  const { auditor, clips } = await get("audit");
  $("sign-in").hidden = true;
  state.clips = clips;
  const open = clips.filter((/** @type {any} */ clip) => !clip.answered);
  $("progress").textContent = `${auditor}: ${clips.length - open.length} of ${clips.length} clips`;
  $("work").hidden = open.length === 0;
  await showResult();
  if (open.length > 0) await show(open[0].id);
  else if (clips.length === 0) tell("There is no clip yet: minutes are drawn while the program counts.");
}

async function show(/** @type {string} */ id) {
  state.clip = await get(`audit/clips/${encodeURIComponent(id)}`);
  state.counts = state.clip.lines.map((/** @type {any} */ line) => ({ line: line.name, in: 0, out: 0 }));
  Object.assign(state, { line: 0, revealed: null });
  $("revealed").hidden = true;
  $("done").hidden = false;
  drawCounts();
  await player.show(state.clip);
  $("main").focus();
}

function drawCounts() {
  $("lines").replaceChildren(
    ...state.counts.map((count, index) => {
      const row = document.createElement("tr");
      row.setAttribute("aria-selected", String(index === state.line));
      row.onclick = () => choose(index);
      const name = document.createElement("th");
      name.scope = "row";
      name.textContent = count.line;
      row.append(name, counter(count, "in", index), counter(count, "out", index));
      return row;
    }),
  );
}

function counter(/** @type {any} */ count, /** @type {"in" | "out"} */ direction, /** @type {number} */ index) {
  const cell = document.createElement("td");
  const button = (/** @type {string} */ text, /** @type {number} */ step) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", `${count.line} ${direction} ${step > 0 ? "one more" : "one less"}`);
    made.disabled = Boolean(state.revealed);
    made.onclick = () => add(index, direction, step);
    return made;
  };
  const output = document.createElement("output");
  output.id = `${direction}-${index}`;
  output.textContent = String(count[direction]);
  cell.append(button("−", -1), output, button("+", 1));
  return cell;
}

function add(/** @type {number} */ index, /** @type {"in" | "out"} */ direction, /** @type {number} */ step) {
  if (state.revealed || !state.counts[index]) return;
  state.counts[index][direction] = Math.max(0, state.counts[index][direction] + step);
  drawCounts();
}

function choose(/** @type {number} */ index) {
  if (index < state.counts.length) state.line = player.line = index;
  drawCounts();
  void guarded(() => player.draw());
}

async function done() {
  player.pause();
  state.revealed = await send("POST", `audit/clips/${encodeURIComponent(state.clip.id)}`, { lines: state.counts });
  $("done").hidden = true;
  $("revealed").hidden = false;
  drawCounts();
  player.people = state.revealed.people;
  await player.draw();
  const items = state.counts.flatMap((mine) => {
    const theirs = state.revealed.lines.find((/** @type {any} */ line) => line.line === mine.line);
    return /** @type {const} */ (["in", "out"]).map((way) => difference(mine.line, way, mine[way], theirs?.[way] ?? 0));
  });
  $("differences").replaceChildren(...items);
}

function difference(
  /** @type {string} */ line,
  /** @type {string} */ way,
  /** @type {number} */ mine,
  /** @type {number} */ theirs,
) {
  const item = document.createElement("li");
  item.textContent = `${line} ${way}: ${theirs}, you ${mine} `;
  for (let n = 0; n < Math.abs(mine - theirs); n += 1) {
    const select = document.createElement("select");
    select.dataset.line = line;
    select.dataset.way = way;
    select.setAttribute("aria-label", `Why, ${line} ${way}`);
    const likely = mine > theirs ? "missed" : "doubled";
    select.append(...REASONS.map((reason) => new Option(reason, reason, reason === likely, reason === likely)));
    item.append(select);
  }
  return item;
}

async function next() {
  const selects = [...$("differences").querySelectorAll("select")];
  const differences = selects.map(({ dataset, value }) => ({ line: dataset.line, direction: dataset.way, reason: value }));
  await send("PUT", `audit/clips/${encodeURIComponent(state.clip.id)}/differences`, { differences });
  await begin();
}

async function showResult() {
  const result = await get("audit/result");
  $("result").hidden = result.text === "";
  $("figures").textContent = result.text;
}

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (!state.clip || $("work").hidden || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) || event.ctrlKey || event.metaKey) {
    return;
  }
  const less = event.shiftKey ? -1 : 1;
  const keys = /** @type {Record<string, () => void>} */ ({
    ...player.keys(target),
    i: () => add(state.line, "in", less),
    o: () => add(state.line, "out", less),
  });
  const act = keys[event.key.toLowerCase()] ?? (/^[1-9]$/.test(event.key) ? () => choose(Number(event.key) - 1) : null);
  if (!act) return;
  event.preventDefault();
  act();
});

$("done").onclick = () => guarded(done);
$("next").onclick = () => guarded(next);
welcome(begin);
