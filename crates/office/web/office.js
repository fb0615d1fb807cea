// All shops on one page; a shop's own page behind `#shop=NAME`.

import { Problem, get, send, whenUnknown } from "./api.js";
import { showSettings } from "./edits.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const EVERY = 5000;

/** A row of cells: texts, or elements. */
function row(/** @type {(string | Node)[]} */ cells, /** @type {string[]} */ classes = []) {
  const made = document.createElement("tr");
  cells.forEach((cell, index) => {
    const data = document.createElement(index === 0 ? "th" : "td");
    if (index === 0) data.scope = "row";
    data.className = classes[index] ?? "";
    data.append(cell);
    made.append(data);
  });
  return made;
}

const words = (/** @type {string} */ text, /** @type {string} */ kind) => {
  const span = document.createElement("span");
  span.className = kind;
  span.textContent = text;
  return span;
};

/** How long ago, in words. */
function ago(/** @type {string | null} */ at) {
  if (!at) return "never";
  const seconds = Math.max(0, (Date.now() - Date.parse(at)) / 1000);
  if (seconds < 90) return `${Math.round(seconds)} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return new Date(at).toLocaleString();
}

/** The worst of a shop's sources. */
function health(/** @type {any} */ shop) {
  if (shop.silent) return words("silent", "bad");
  const bad = shop.sources.filter((/** @type {any} */ source) => !["good", "ended"].includes(source.health));
  if (bad.length === 0) return words(shop.sources.length === 0 ? "no source" : "good", shop.sources.length ? "good" : "faint");
  return words(bad.map((/** @type {any} */ source) => `${source.name}: ${source.health}`).join(", "), "warn");
}

function missing(/** @type {any} */ shop) {
  const said = [];
  if (shop.gaps) said.push(`${shop.gaps} missing`);
  if (shop.losses) said.push(`${shop.losses} lost`);
  if (shop.conflicts) said.push(`${shop.conflicts} contradictory`);
  if (said.length) return words(said.join(", "), "bad");
  return words(shop.behind ? `${shop.behind} on their way` : "nothing", "faint");
}

/** A count, and between which numbers the true one lies in 95 of 100 cases. */
function ranged(/** @type {any} */ counts, /** @type {"entered" | "left"} */ way) {
  const [count, low, high] = [counts[way], counts[`${way}_low`], counts[`${way}_high`]];
  return low === high ? String(count) : `${count} (${low} to ${high})`;
}

async function showAll() {
  const { shops, refused, troubles } = await get("shops");
  tell([...troubles, ...(refused ? [`${refused} messages were put aside: see the table office.refused`] : [])]);
  $("none").hidden = shops.length > 0;
  const classes = ["", "number-cell in", "number-cell out", "number-cell"];
  $("shops").replaceChildren(...shops.map((/** @type {any} */ shop) => {
    const link = document.createElement("a");
    link.href = `#shop=${encodeURIComponent(shop.shop)}`;
    link.textContent = shop.shop;
    const counts = [shop.entered_today, shop.left_today, shop.entered_week_ago].map(String);
    return row([link, ...counts, ago(shop.seen), health(shop), missing(shop), shop.version ?? ""], classes);
  }));
}

/** What has begun and is not over. */
async function showAlerts() {
  const { alerts, troubles } = await get("alerts");
  const active = alerts.filter((/** @type {any} */ alert) => alert.active);
  const said = [...active.map((/** @type {any} */ alert) => `${alert.text}, since ${new Date(alert.since).toLocaleString()}`), ...troubles];
  $("alerts").hidden = said.length === 0;
  $("alerts").replaceChildren(...said.map((text) => {
    const line = document.createElement("li");
    line.textContent = text;
    return line;
  }));
}

async function showOne(/** @type {string} */ name) {
  const { shop, hours, days, uncounted, ledgers, gaps } = await get(`shops/${encodeURIComponent(name)}`);
  tell([]);
  const local = (/** @type {string} */ at) => new Date(at).toLocaleTimeString([], { timeZone: shop.zone, hour: "2-digit", minute: "2-digit" });
  $("name").textContent = shop.shop;
  $("facts").textContent = `${shop.zone}, last seen ${ago(shop.seen)}, version ${shop.version ?? "unknown"}`;
  $("sources").replaceChildren(...shop.sources.map((/** @type {any} */ source) => {
    const said = [`${source.name}: ${source.health}`, ...source.problems].join("; ");
    const line = document.createElement("p");
    line.append(words(said, ["good", "ended"].includes(source.health) ? "good" : "warn"));
    return line;
  }));
  const way = ["", "", "", "number-cell in", "number-cell out"];
  $("hours").replaceChildren(...hours.map((/** @type {any} */ hour) =>
    row([local(hour.hour), hour.source, hour.line, ranged(hour, "entered"), ranged(hour, "left")], way)));
  const minutes = uncounted.reduce((/** @type {number} */ sum, /** @type {any} */ span) => sum + span.seconds, 0) / 60;
  $("uncounted").textContent = minutes >= 1 ? `Nobody counted for ${Math.round(minutes)} minutes today, over all sources.` : "";
  $("days").replaceChildren(...[...days].reverse().map((/** @type {any} */ day) =>
    row([day.day, ranged(day, "entered"), ranged(day, "left")], ["", "number-cell in", "number-cell out"])));
  $("ledgers").replaceChildren(...ledgers.map((/** @type {any} */ ledger) =>
    row([`${ledger.ledger.slice(0, 8)}…`, String(ledger.last), String(ledger.head), ago(ledger.counted_until)], ["", "number-cell", "number-cell"])));
  $("gaps").replaceChildren(...gaps.map((/** @type {any} */ gap) => {
    const line = document.createElement("li");
    const what = `entries ${gap.first} to ${gap.last} of ${gap.ledger.slice(0, 8)}…`;
    const asked = gap.asked ? `, asked for ${gap.asked} times` : "";
    line.append(words(gap.closed ? `${what}: ${gap.lost}` : `${what} are missing since ${ago(gap.found)}${asked}`, "bad"));
    return line;
  }));
}

function tell(/** @type {string[]} */ troubles) {
  $("troubles").hidden = troubles.length === 0;
  $("troubles").replaceChildren(...troubles.map((trouble) => {
    const line = document.createElement("li");
    line.textContent = trouble;
    return line;
  }));
}

async function show() {
  const name = new URLSearchParams(location.hash.slice(1)).get("shop");
  try {
    await Promise.all(name === null ? [showAll(), showAlerts()] : [showOne(name), showAlerts(), showSettings(name)]);
    $("sign-in").hidden = true;
    $("all").hidden = name !== null;
    $("one").hidden = name === null;
    $("when").textContent = `as of ${new Date().toLocaleTimeString()}`;
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) tell([String(/** @type {Error} */ (error).message)]);
  }
}

whenUnknown.add(() => {
  $("sign-in").hidden = false;
  $("all").hidden = $("one").hidden = $("alerts").hidden = true;
});

$("sign-in").addEventListener("submit", async (/** @type {Event} */ event) => {
  event.preventDefault();
  try {
    await send("POST", "session", { token: $("token").value });
    $("token").value = "";
    await show();
  } catch (error) {
    tell([String(/** @type {Error} */ (error).message)]);
  }
});

// The last week, unless somebody says otherwise.
const day = (/** @type {number} */ ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
[$("report").from.value, $("report").to.value] = [day(6), day(0)];

addEventListener("hashchange", show);
setInterval(() => { if (!document.hidden && $("sign-in").hidden) show(); }, EVERY);
show();
