// What happens, as the server tells it: one connection, from the crossing that was heard last.

import { whenUnknown } from "./api.js";

/**
 * @param {number} after the sequence of the last crossing that is known
 * @param {{crossing: Function, today: Function, sources: Function, lines: Function, up: Function, down: Function}} on
 */
export function listen(after, on) {
  const events = new EventSource(`/api/v1/events?after=${after}`);
  events.onopen = () => on.up();
  events.onerror = () => {
    on.down();
    // The browser itself comes back after a lost connection, but not after a refusal.
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(() => listen(after, on), 3000);
      fetch("/api/v1/session").then((answer) => {
        if (answer.status === 401) whenUnknown.forEach((call) => call());
      }).catch(() => {});
    }
  };
  const data = (/** @type {MessageEvent} */ event) => JSON.parse(event.data);
  events.addEventListener("crossing", (event) => {
    const crossing = data(event);
    after = crossing.sequence;
    on.crossing(crossing);
  });
  events.addEventListener("today", (event) => on.today(data(event)));
  events.addEventListener("sources", (event) => on.sources(data(event).sources));
  events.addEventListener("lines", () => on.lines());
}
