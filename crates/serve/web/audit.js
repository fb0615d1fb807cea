// The audit: clips are shown without the program's answer. Somebody counts; then the answer appears, and each difference
// gets a reason.

import { Problem, get, send, whenUnknown } from "./api.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const REASONS = ["missed", "doubled", "wrong way", "staff", "not a person"];

/** The clip that is shown, its pictures, and what was counted. */
const state = {
  clips: /** @type {any[]} */ ([]),
  clip: /** @type {any} */ (null),
  pictures: /** @type {(ImageBitmap | null)[]} */ ([]),
  counts: /** @type {{line: string, in: number, out: number}[]} */ ([]),
  line: 0,
  at: 0,
  timer: 0,
  revealed: /** @type {any} */ (null),
};

function tell(/** @type {string} */ text) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
}

/** Does something; what goes wrong is said. */
async function guarded(/** @type {() => Promise<void>} */ work) {
  try {
    tell("");
    await work();
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) tell(String(/** @type {Error} */ (error).message));
  }
}

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
  pause();
  state.clip = await get(`audit/clips/${encodeURIComponent(id)}`);
  state.pictures = state.clip.times.map(() => null);
  state.counts = state.clip.lines.map((/** @type {any} */ line) => ({ line: line.name, in: 0, out: 0 }));
  Object.assign(state, { at: 0, line: 0, revealed: null });
  $("revealed").hidden = true;
  $("done").hidden = false;
  $("where").textContent = `${state.clip.source}, ${new Date(state.clip.begins).toLocaleString()}`;
  $("place").max = String(state.clip.times.length - 1);
  const [width, height] = state.clip.size;
  Object.assign($("picture"), { width, height });
  drawCounts();
  await draw();
  $("main").focus();
}

async function picture(/** @type {number} */ number) {
  const known = state.pictures[number];
  if (known) return known;
  const clip = state.clip;
  const url = `/api/v1/audit/clips/${encodeURIComponent(clip.id)}/pictures/${number}`;
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Problem(response.status, "a picture of this clip cannot be had");
  const bitmap = await createImageBitmap(await response.blob());
  if (clip === state.clip) state.pictures[number] = bitmap;
  return bitmap;
}

async function draw() {
  const at = state.at;
  const bitmap = await picture(at);
  if (at !== state.at) return;
  const context = $("picture").getContext("2d");
  context.drawImage(bitmap, 0, 0);
  context.lineWidth = 2;
  context.font = "14px sans-serif";
  state.clip.lines.forEach((/** @type {any} */ line, /** @type {number} */ index) => {
    context.strokeStyle = context.fillStyle = index === state.line ? "#ffd400" : "#40c4ff";
    context.beginPath();
    line.points.forEach((/** @type {number[]} */ [x, y]) => context.lineTo(x, y));
    context.stroke();
    // `in` is at the right hand of whoever walks from the first point to the second.
    const [[ax, ay], [bx, by]] = line.points;
    const length = Math.hypot(bx - ax, by - ay) || 1;
    const [nx, ny] = [-(by - ay) / length, (bx - ax) / length];
    context.fillText("in", (ax + bx) / 2 + 16 * nx - 6, (ay + by) / 2 + 16 * ny + 5);
  });
  if (state.revealed) {
    context.strokeStyle = "#ff5252";
    state.revealed.people[at].forEach((/** @type {number[]} */ [x, y, w, h]) => context.strokeRect(x, y, w, h));
  }
  $("place").value = String(at);
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
  if (index < state.counts.length) state.line = index;
  drawCounts();
  void guarded(draw);
}

function step(/** @type {number} */ by) {
  if (!state.clip) return;
  state.at = Math.min(Math.max(state.at + by, 0), state.clip.times.length - 1);
  void guarded(draw);
}

function pause() {
  clearTimeout(state.timer);
  state.timer = 0;
  $("play").textContent = "Play";
}

function play() {
  if (state.timer) return pause();
  $("play").textContent = "Pause";
  if (state.at === state.clip.times.length - 1) state.at = 0;
  const tick = async () => {
    const { times } = state.clip;
    if (state.at >= times.length - 1) return pause();
    const wait = (1000 * (times[state.at + 1] - times[state.at])) / Number($("speed").value);
    state.at += 1;
    await guarded(draw);
    // What comes next is asked for while this is looked at.
    if (state.at + 1 < times.length) void picture(state.at + 1).catch(() => null);
    if (state.timer) state.timer = setTimeout(tick, wait);
  };
  state.timer = setTimeout(tick, 0);
}

async function done() {
  pause();
  state.revealed = await send("POST", `audit/clips/${encodeURIComponent(state.clip.id)}`, { lines: state.counts });
  $("done").hidden = true;
  $("revealed").hidden = false;
  drawCounts();
  await draw();
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
  const speeds = [...$("speed").options].map((option) => option.value);
  const speed = (/** @type {number} */ by) => {
    const index = speeds.indexOf($("speed").value) + by;
    $("speed").value = speeds[Math.min(Math.max(index, 0), speeds.length - 1)];
  };
  const keys = /** @type {Record<string, () => void>} */ ({
    i: () => add(state.line, "in", less),
    o: () => add(state.line, "out", less),
    " ": () => (target.tagName === "BUTTON" ? target.click() : play()),
    arrowleft: () => step(-1),
    arrowright: () => step(1),
    "+": () => speed(1),
    "-": () => speed(-1),
  });
  const act = keys[event.key.toLowerCase()] ?? (/^[1-9]$/.test(event.key) ? () => choose(Number(event.key) - 1) : null);
  if (!act) return;
  event.preventDefault();
  act();
});

$("play").onclick = () => play();
$("back").onclick = () => step(-1);
$("on").onclick = () => step(1);
$("place").oninput = () => step(Number($("place").value) - state.at);
$("done").onclick = () => guarded(done);
$("next").onclick = () => guarded(next);
$("sign-in").onsubmit = (/** @type {Event} */ event) => {
  event.preventDefault();
  void guarded(async () => {
    await send("POST", "session", { token: $("token").value });
    $("token").value = "";
    await begin();
  });
};
whenUnknown.add(() => {
  $("sign-in").hidden = false;
  $("token").focus();
});
void guarded(begin);
