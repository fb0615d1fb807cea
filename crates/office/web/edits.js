// Lines and thresholds of a shop: what is in force there, what somebody here wants, and what has come of that.

import { get, send } from "./api.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** Which machine is being edited: it is not written over while somebody types. */
let editing = "";

function element(/** @type {string} */ kind, /** @type {string} */ text = "", /** @type {string} */ style = "") {
  const made = document.createElement(kind);
  made.textContent = text;
  made.className = style;
  return made;
}

/** A labelled input. */
function input(/** @type {string} */ label, /** @type {string} */ value, /** @type {any} */ made = {}) {
  const outer = element("label", `${label} `);
  const inner = Object.assign(document.createElement("input"), { value, required: true, ...made });
  outer.append(inner);
  return { outer, inner };
}

const spelt = (/** @type {number[][]} */ points) => points.map((point) => point.join(",")).join(" ");
const read = (/** @type {string} */ text) => text.trim().split(/\s+/).map((point) => point.split(",").map(Number));

/** What has come of an edit, in words. */
function outcome(/** @type {any} */ edit) {
  if (edit.answered === null) return ["on its way", "warn"];
  if (edit.taken) return [edit.words ? `in force: ${edit.words}` : "in force", "good"];
  return [`refused: ${edit.words}`, "bad"];
}

/** The form of one machine. */
function form(/** @type {string} */ shop, /** @type {any} */ machine) {
  // The next edit goes on from the one that is on its way.
  const last = machine.edits[0];
  const wanted = structuredClone(last && last.answered === null ? last.settings : machine.settings);
  const made = document.createElement("form");
  const readers = /** @type {(() => void)[]} */ ([]);
  for (const [source, drawn] of Object.entries(wanted.sources)) {
    const part = element("fieldset");
    part.append(element("legend", source));
    for (const line of /** @type {any} */ (drawn).lines) {
      const row = element("p");
      const name = input("Line", line.name, { maxLength: 64 });
      const points = input("through", spelt(line.points), { className: "wide", pattern: "\\s*(-?[0-9.]+,-?[0-9.]+\\s*){2,}" });
      const inner = input("counted for itself alone", "", { type: "checkbox", required: false, checked: line.role === "inner" });
      row.append(name.outer, points.outer, inner.outer);
      part.append(row);
      readers.push(() => {
        [line.name, line.points] = [name.inner.value, read(points.inner.value)];
        line.role = inner.inner.checked ? "inner" : "entrance";
      });
    }
    made.append(part);
  }
  const thresholds = element("fieldset");
  thresholds.append(element("legend", "Thresholds"));
  for (const [name, value] of Object.entries(wanted.thresholds)) {
    if (typeof value !== "number") continue;
    const one = input(name, String(value), { type: "number", step: "any" });
    const row = element("p");
    row.append(one.outer);
    thresholds.append(row);
    readers.push(() => { if (Number(one.inner.value) !== value) wanted.thresholds[name] = Number(one.inner.value); });
  }
  const button = /** @type {any} */ (element("button", "Send to the shop", "primary"));
  const more = element("details");
  more.append(element("summary", "Thresholds"), thresholds);
  made.append(more, button);
  made.addEventListener("input", () => { editing = machine.ledger; });
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    readers.forEach((one) => one());
    try {
      await send("PUT", `shops/${encodeURIComponent(shop)}/settings/${machine.ledger}`, { based_on: machine.digest, settings: wanted });
      editing = "";
      $("edited").textContent = "Sent: the answer is below once the shop has given it.";
    } catch (error) {
      $("edited").textContent = String(/** @type {Error} */ (error).message);
    }
    await showSettings(shop);
  });
  return made;
}

/** Shows what can be edited at a shop, and what has come of edits. */
export async function showSettings(/** @type {string} */ shop) {
  const { editable, machines } = await get(`shops/${encodeURIComponent(shop)}/settings`);
  $("settings").hidden = machines.length === 0;
  const key = JSON.stringify([shop, editable, machines.map((/** @type {any} */ machine) => [machine.digest, machine.edits[0]?.number])]);
  if ($("machines").dataset.key !== key && !machines.some((/** @type {any} */ machine) => machine.ledger === editing)) {
    $("machines").dataset.key = key;
    $("machines").replaceChildren(...machines.flatMap((/** @type {any} */ machine) => {
      const heading = machines.length > 1 ? [element("h3", `Ledger ${machine.ledger.slice(0, 8)}…`)] : [];
      return editable ? [...heading, form(shop, machine)] : [...heading, element("p", "This office has no key for edits.", "faint")];
    }));
  }
  const edits = machines.flatMap((/** @type {any} */ machine) => machine.edits);
  $("edits").replaceChildren(...edits.map((/** @type {any} */ edit) => {
    const line = element("li", `${new Date(edit.at).toLocaleString()}, ${edit.edited_by}: `);
    const [words, style] = outcome(edit);
    line.append(element("span", words, style));
    return line;
  }));
  const distrusted = machines.flatMap((/** @type {any} */ machine) => machine.distrusted);
  $("distrusted").replaceChildren(...distrusted.map((/** @type {any} */ message) =>
    element("li", `${new Date(message.at).toLocaleString()}: a message was not taken for this office's: ${message.reason}`, "bad")));
}
