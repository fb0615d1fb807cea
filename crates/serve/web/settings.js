// Settings that the owner changes: sources, staff, tokens. They are in the configuration file, and saved there at once.

import { ask, get, send } from "./api.js";
import { last, pictureOf } from "./crossings.js";
import * as times from "./times.js";

const byId = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

/** Shows the settings as they are. */
export async function showSettings() {
  const place = byId("settings");
  try {
    fill(await get("settings"));
  } catch (error) {
    const words = error.status === 409
      ? "There is no configuration file, and so no settings that could be saved. `footfall init` makes one; `footfall run --config FILE` uses it."
      : error.message;
    place.replaceChildren(make("p", "card", words));
  }
}

/** @param {any} settings */
function fill(settings) {
  const place = byId("settings");
  const note = make("p", "card warned", "Something here is in effect only after a restart of Footfall.");
  note.hidden = !settings.needs_restart;
  place.replaceChildren(note, sources(settings), hours(settings), staff(settings), alerts(settings), tokens(settings));
}

/** A card with a list and what is said of the last change. @param {string} title @param {string} about @param {Node[]} children */
function card(title, about, ...children) {
  const said = make("p", "said", "");
  said.setAttribute("role", "status");
  const box = make("section", "card", "");
  box.append(make("h2", "", title), make("p", "faint", about), ...children, said);
  box.setAttribute("aria-label", title);
  return box;
}

/** Makes a change, and shows what has come of it. @param {Element} at what it was made with @param {() => Promise<any>} change @param {string} done */
async function change(at, change, done) {
  const title = at.closest("section")?.getAttribute("aria-label");
  const said = () => byId("settings").querySelector(`[aria-label="${title}"] .said`);
  try {
    const answer = await change();
    fill(answer.settings ?? answer);
    said().textContent = done;
    return answer;
  } catch (error) {
    said().textContent = error.message;
    said().classList.add("bad");
    return null;
  }
}

/** A form of fields; `submit` gets their values. @param {string} action the button's words @param {Node[]} fields @param {(form: HTMLFormElement) => void} submit */
function form(action, fields, submit) {
  const element = /** @type {HTMLFormElement} */ (make("form", "row", ""));
  element.autocomplete = "off";
  const button = make("button", "", action);
  element.append(...fields, button);
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(element);
  });
  return element;
}

/** @param {string} words @param {string} name @param {Record<string, any>} options */
function field(words, name, options = {}) {
  const label = make("label", "", words);
  const input = document.createElement("input");
  Object.assign(input, { name, required: true, maxLength: 64, ...options });
  label.append(input);
  return label;
}

/** @param {string} words @param {string} name @param {[string, string][]} options */
function choice(words, name, options) {
  const label = make("label", "", words);
  const select = document.createElement("select");
  select.name = name;
  select.append(...options.map(([value, text]) => new Option(text, value)));
  label.append(select);
  return label;
}

/** A button that is pressed twice: the second time it is meant. @param {string} words @param {string} label @param {() => void} act */
function remove(words, label, act) {
  const button = make("button", "", words);
  button.setAttribute("type", "button");
  button.setAttribute("aria-label", label);
  button.addEventListener("click", () => {
    if (button.dataset.sure) return act();
    button.dataset.sure = "1";
    button.textContent = "Really?";
    button.setAttribute("aria-label", `Really ${label.charAt(0).toLowerCase()}${label.slice(1)}?`);
    button.addEventListener("blur", () => {
      delete button.dataset.sure;
      button.textContent = words;
      button.setAttribute("aria-label", label);
    }, { once: true });
  });
  return button;
}

/** @param {any} settings */
function sources({ sources: all }) {
  const list = make("ul", "entries", "");
  for (const source of all) {
    const path = `settings/sources/${encodeURIComponent(source.name)}`;
    const row = make("li", "", "");
    const address = field(source.name, "address", { value: source.address, maxLength: 2000, type: "text", inputMode: "url" });
    // A file is one of the machine's, which nobody chooses from here.
    const isFile = !/^\d+$|:\/\//.test(source.address);
    Object.assign(address.querySelector("input") ?? {}, { readOnly: isFile });
    const edit = form("Save", [address], (element) => change(element, () => send("PUT", path, { address: value(element, "address") }),
      `${source.name}: saved; the new address is used from the next connection on.`));
    const save = /** @type {HTMLButtonElement} */ (edit.querySelector("button"));
    save.setAttribute("aria-label", `Save the address of ${source.name}`);
    save.hidden = isFile;
    edit.append(remove("Remove", `Remove ${source.name}`, () => change(row, () => del(path), `${source.name} is not counted any more after a restart.`)));
    row.append(edit);
    if (!source.is_running) row.append(make("p", "faint", "Not counted yet: Footfall has to be started again."));
    list.append(row);
  }
  const add = form("Add", [field("Name", "name"), field("Address", "address", { maxLength: 2000, inputMode: "url", placeholder: "rtsp://user:password@10.0.0.7/stream" })],
    (element) => change(element, () => send("POST", "settings/sources", { name: value(element, "name"), address: value(element, "address") }),
      `${value(element, "name")} is counted from the next start of Footfall on.`));
  return card("Cameras", "*** stands for the user and password that Footfall knows; write them anew where they have changed. A camera that is added or removed here comes or goes when Footfall is started again, not before.", list, add);
}

/** @param {any} settings */
function staff({ staff: all }) {
  const list = make("ul", "entries", "");
  for (const person of all) {
    const row = make("li", "between", "");
    row.append(make("span", "", `${person.name}, until ${times.day(person.expires)}`),
      remove("Forget", `Forget ${person.name}`, () => change(row, () => del(`settings/staff/${encodeURIComponent(person.name)}`), `${person.name} is counted again.`)));
    list.append(row);
  }
  const known = last.filter((crossing) => crossing.look && crossing.picture);
  const faces = make("fieldset", "faces", "");
  faces.append(make("legend", "", "Which of the last crossings were theirs?"));
  for (const crossing of known.slice(0, 24)) {
    const label = make("label", "face", "");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "crossing", value: String(crossing.sequence) });
    label.append(pictureOf(crossing), box, ` ${times.clock(crossing.at)}`);
    faces.append(label);
  }
  if (!known.length) faces.append(make("p", "faint", "None of the last crossings shows how somebody looks: have them walk through the door, then come back here."));
  const days = field("For how many days", "days", { type: "number", min: 1, max: 365, value: 30 });
  const enrol = form("Enrol", [faces, field("Name", "name"), days], (element) => {
    const crossings = [...element.querySelectorAll("[name=crossing]:checked")].map((box) => Number(/** @type {HTMLInputElement} */ (box).value));
    const name = value(element, "name");
    change(element, () => send("POST", "settings/staff", { name, crossings, days: Number(value(element, "days")) }), `${name} is not counted any more from now on.`);
  });
  return card("Staff", "Those who work there are not counted. They are known by their clothes, so enrol them anew when these change; ask them first.", list, enrol);
}

const DAYS = { mon: "Monday", tue: "Tuesday", wed: "Wednesday", thu: "Thursday", fri: "Friday", sat: "Saturday", sun: "Sunday" };

/** @param {any} settings */
function hours({ hours: week }) {
  const days = Object.entries(DAYS).map(([day, name]) => field(name, day, { value: week[day], required: false, placeholder: "closed", maxLength: 200 }));
  const edit = form("Save", days, (element) => {
    const wanted = Object.fromEntries(Object.keys(DAYS).map((day) => [day, value(element, day)]));
    change(element, () => send("PUT", "settings/hours", wanted), "Saved; in effect from the next start of Footfall on.");
  });
  edit.querySelector("button")?.setAttribute("aria-label", "Save the hours");
  return card("Hours", "When it is open, as 09:00-12:00, 13:00-18:30. What is counted outside of it is told apart, and nobody is inside at night.", edit);
}

/** What an alert is about: its words, and of a kind with a number that setting and its label. @type {Record<string, [string, string?, string?, number?]>} */
const KINDS = {
  occupancy: ["too many people are inside", "above", "More than so many people", 80],
  nobody: ["nobody has passed for a while", "minutes", "For so many minutes", 30],
  unusual: ["an hour is far from the usual"],
  condition: ["something is wrong with a picture"],
  silent: ["a camera gives no picture", "seconds", "For so many seconds", 60],
};

/** @param {any} settings */
function alerts({ alerts: all }) {
  const list = make("ul", "entries", "");
  for (const alert of all) {
    const row = make("li", "between", "");
    const [words, key] = KINDS[alert.when];
    const number = key && alert[key] !== undefined ? ` (${key === "above" ? `more than ${alert[key]}` : times.span(alert[key] * (key === "minutes" ? 60 : 1))})` : "";
    const receivers = alert.tell ? `; told to ${alert.tell.join(", ")}` : "";
    row.append(make("span", "", `${alert.name}: when ${words}${number}${alert.source ? ` at ${alert.source}` : ""}${receivers}`),
      remove("Remove", `Remove the alert ${alert.name}`, () => change(row, () => del(`settings/alerts/${encodeURIComponent(alert.name)}`), `${alert.name} is told no longer.`)));
    list.append(row);
  }
  const when = choice("When", "when", Object.entries(KINDS).map(([kind, [words]]) => [kind, words]));
  const number = field("", "number", { type: "number", min: 1, max: 1_000_000 });
  const fit = () => {
    const [, key, label, usual] = KINDS[/** @type {any} */ (when.querySelector("select")).value];
    const input = /** @type {HTMLInputElement} */ (number.querySelector("input"));
    number.hidden = !key;
    Object.assign(input, { disabled: !key, value: String(usual ?? "") });
    number.firstChild?.replaceWith(label ?? "");
  };
  number.prepend("");
  when.addEventListener("change", fit);
  fit();
  const add = form("Add", [field("Name", "name"), when, number], (element) => {
    const kind = value(element, "when");
    const [, key] = KINDS[kind];
    const alert = { name: value(element, "name"), when: kind, ...(key ? { [key]: Number(value(element, "number")) } : {}) };
    change(element, () => send("POST", "settings/alerts", alert), `${alert.name} is told from now on.`);
  });
  return card("Alerts", "Told once when they begin and once when they are over: here, and by MQTT, mail and webhooks where the file has them.", list, add);
}

/** @param {any} settings */
function tokens({ tokens: all }) {
  const list = make("ul", "entries", "");
  for (const token of all) {
    const row = make("li", "between", "");
    row.append(make("span", "", `${token.name}: may ${token.role === "change" ? "see and change everything" : "see everything"}`),
      remove("Remove", `Remove the token of ${token.name}`, () => change(row, () => del(`settings/tokens/${encodeURIComponent(token.name)}`), `The token of ${token.name} is accepted no longer.`)));
    list.append(row);
  }
  const roles = /** @type {[string, string][]} */ ([["read", "see everything"], ["change", "see and change everything"]]);
  if (!all.length) roles.reverse();
  const add = form("Make a token", [field("Whose", "name"), choice("May", "role", roles)], async (element) => {
    const name = value(element, "name");
    const made = await change(element, () => send("POST", "settings/tokens", { name, role: value(element, "role") }), "");
    if (!made) return;
    const said = byId("settings").querySelector('[aria-label="Tokens"] .said');
    const token = make("code", "", made.token);
    said.append(`The token of ${name}, shown this once: `, token, ". Write it down now.");
    // Without any before, whoever is here needs it from now on.
    if (!all.length) byId("token").value = made.token;
  });
  return card("Tokens", all.length ? "Whoever opens the page is asked for one of these." : "There is none: only this machine can open the page. The first must be allowed to change things.", list, add);
}

/** @param {string} path */
const del = async (path) => (await ask(path, { method: "DELETE" })).json();

/** @param {HTMLFormElement} element @param {string} name */
const value = (element, name) => /** @type {any} */ (element.elements.namedItem(name)).value;

/** @param {string} name @param {string} kind @param {string} text */
function make(name, kind, text) {
  const element = document.createElement(name);
  element.className = kind;
  element.textContent = text;
  return element;
}
