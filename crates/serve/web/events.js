// What happens, as the server tells it: one connection, from the crossing that was heard last.

import { whenUnknown } from "./api.js";

/** How the sources are is told every second: after so many milliseconds without a word nobody is there. */
const SILENCE = 15_000;
const AGAIN = 3000;

/**
 * Listens for as long as the page is there, through lost connections, restarts of the program and a sleeping machine.
 * @param {number} after the sequence of the last crossing that is known
 * @param {{crossing: Function, today: Function, sources: Function, lines: Function, up: Function, down: Function}} on
 */
export function listen(after, on) {
  const events = new EventSource(`/api/v1/events?after=${after}`);
  let heard = Date.now();
  let isOver = false;
  const again = () => {
    if (isOver) return;
    isOver = true;
    clearInterval(watch);
    events.close();
    on.down();
    setTimeout(() => listen(after, on), AGAIN);
  };
  // A connection that is gone without a word, as when a cable is pulled, is one that is only waited at.
  const watch = setInterval(() => Date.now() - heard > SILENCE && again(), 1000);
  events.onopen = () => {
    heard = Date.now();
    on.up();
  };
  events.onerror = () => {
    on.down();
    // The browser itself comes back after a lost connection, but not after a refusal.
    if (events.readyState !== EventSource.CLOSED) return;
    again();
    fetch("/api/v1/session").then((answer) => {
      if (answer.status === 401) whenUnknown.forEach((call) => call());
    }).catch(() => {});
  };
  const take = (/** @type {string} */ name, /** @type {(data: any) => void} */ told) =>
    events.addEventListener(name, (event) => {
      heard = Date.now();
      told(JSON.parse(/** @type {MessageEvent} */ (event).data));
    });
  take("crossing", (crossing) => {
    after = crossing.sequence;
    on.crossing(crossing);
  });
  take("today", (today) => on.today(today));
  take("sources", (told) => on.sources(told));
  take("lines", () => on.lines());
}
