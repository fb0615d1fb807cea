// Times by the clock on the wall where people are counted, not where the page is looked at.

let zone = "UTC";

/** @param {string} name an IANA time zone */
export function setZone(name) {
  zone = name;
}

/** @param {string | number | Date} at @param {Intl.DateTimeFormatOptions} options */
const format = (at, options) => new Intl.DateTimeFormat(undefined, { timeZone: zone, ...options }).format(new Date(at));

export const clock = (at) => format(at, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const minute = (at) => format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const hour = (at) => format(at, { hour: "2-digit", hourCycle: "h23" });
export const day = (at) => format(at, { day: "numeric", month: "short" });
export const full = (at) => format(at, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });

export const weekday = (at) => format(at, { weekday: "short", day: "numeric", month: "short" });

/** A length of time in words, in the two greatest units that it has. @param {number} seconds */
export function span(seconds) {
  const units = [[86_400, "day", "days"], [3600, "h", "h"], [60, "min", "min"], [1, "s", "s"]];
  let rest = Math.round(seconds);
  const parts = [];
  for (const [length, one, many] of /** @type {[number, string, string][]} */ (units)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count) parts.push(`${count} ${count === 1 ? one : many}`);
    else if (parts.length) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ") || "0 s";
}

/** The same time of day, so many days later. @param {Date} at @param {number} days */
export function later(at, days) {
  return fromWall(new Date(Date.parse(`${toWall(at)}Z`) + days * 86_400_000).toISOString().slice(0, 16));
}

/** How far the zone's clock is ahead of UTC at a time, in milliseconds. @param {number} at */
function offset(at) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric",
    day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" }).formatToParts(at);
  const get = (/** @type {string} */ type) => Number(parts.find((p) => p.type === type)?.value);
  const local = Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute"), get("second"));
  return local - Math.floor(at / 1000) * 1000;
}

/** The time that a clock on the wall calls this. @param {string} text as from a datetime-local input */
export function fromWall(text) {
  const guess = Date.parse(`${text}Z`);
  const first = guess - offset(guess);
  return new Date(guess - offset(first));
}

/** As a datetime-local input wants it. @param {Date} at */
export function toWall(at) {
  return new Date(at.getTime() + offset(at.getTime())).toISOString().slice(0, 16);
}

/** The midnight that began a day, so many days ago. @param {number} ago */
export function midnight(ago) {
  const today = toWall(new Date()).slice(0, 10);
  const date = new Date(Date.parse(`${today}T00:00Z`) - ago * 86_400_000);
  return fromWall(`${date.toISOString().slice(0, 10)}T00:00`);
}
