// Charts over time as SVG: readable by a screen reader, drawn in the page's colours.

const SVG = "http://www.w3.org/2000/svg";

/**
 * A period. `beside` is what is shown behind it: another time's number; `uncounted` the share that nobody counted.
 * @typedef {{label: string, title: string, in: number, out: number, beside?: number, uncounted?: number}} Slot
 */

/** @param {string} name @param {Record<string, string | number>} attributes @param {Node[]} children */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** Where the axis of people is marked: at round whole numbers, from 0 to `most` or above. @param {number} most */
export function ticks(most) {
  const wanted = Math.max(most, 4) / 4;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = Math.max(1, [1, 2, 5, 10].map((m) => m * power).find((s) => s >= wanted) ?? wanted);
  return Array.from({ length: Math.ceil(Math.max(most, 1) / step) + 1 }, (_, i) => i * step);
}

/** The frame of a chart: marks, and what is drawn for each slot by `draw`. */
function chart(place, slots, name, most, draw) {
  const [width, height] = [place.clientWidth || 600, place.clientHeight || 180];
  const marks = ticks(most);
  const top = marks[marks.length - 1];
  const box = { left: 16 + 8 * String(top).length, right: 4, top: 10, bottom: 24 };
  const y = (/** @type {number} */ n) => box.top + (height - box.top - box.bottom) * (1 - n / top);
  const step = (width - box.left - box.right) / Math.max(slots.length, 1);
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name });
  // A name for each chart: one that is hidden cannot lend its pattern.
  const hatch = `${place.id}-uncounted`;
  const lines = svg("pattern", { id: hatch, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { class: "hatch", width: 2.5, height: 6 }));
  root.append(svg("defs", {}, lines));
  for (const n of marks) {
    root.append(svg("line", { x1: box.left, x2: width - box.right, y1: y(n), y2: y(n) }));
    root.append(label(box.left - 6, y(n) + 4, "end", String(n)));
  }
  const widest = Math.max(...slots.map((s) => s.label.length), 1);
  const every = Math.max(1, Math.ceil((slots.length * (14 + 8 * widest)) / (width - box.left)));
  slots.forEach((slot, index) => {
    const x = box.left + index * step;
    const title = svg("title");
    title.textContent = slot.title;
    const [full, from] = [height - box.top - box.bottom, box.top];
    const group = svg("g", { class: "slot" }, title, svg("rect", { x, width: step, y: from, height: full, fill: "transparent" }));
    if (slot.uncounted) group.append(svg("rect", { class: "uncounted", fill: `url(#${hatch})`, x, width: step * Math.min(1, slot.uncounted), y: from, height: full }));
    draw(group, slot, x, step, y);
    root.append(group);
    if (index % every === 0) root.append(label(x + step / 2, height - 6, "middle", slot.label));
  });
  place.replaceChildren(root);
}

/** Bars of in and out for each period. @param {HTMLElement} place @param {Slot[]} slots @param {string} name what it shows */
export function bars(place, slots, name) {
  const most = Math.max(0, ...slots.map((s) => Math.max(s.in, s.out, s.beside ?? 0)));
  chart(place, slots, name, most, (group, slot, x, step, y) => {
    const bar = Math.max(1, Math.min(step * 0.4, 26));
    const pair = (step - 2 * bar) / 2;
    const rect = (/** @type {string} */ kind, /** @type {number} */ left, /** @type {number} */ wide, /** @type {number} */ n) =>
      group.append(svg("rect", { class: kind, x: left, width: wide, y: y(n), height: Math.max(0, y(0) - y(n)), rx: Math.min(2, bar / 4) }));
    rect("in", x + pair, bar, slot.in);
    rect("out", x + pair + bar, bar, slot.out);
    if (slot.beside !== undefined) {
      group.append(svg("line", { class: "beside", x1: x + step * 0.08, x2: x + step * 0.92, y1: y(slot.beside), y2: y(slot.beside) }));
    }
  });
}

/** One bar for each period. @param {HTMLElement} place @param {(Slot & {value: number})[]} slots @param {string} name */
export function steps(place, slots, name) {
  chart(place, slots, name, Math.max(0, ...slots.map((s) => s.value)), (group, slot, x, step, y) => {
    group.append(svg("rect", { class: "inside", x: x + step * 0.1, width: step * 0.8, y: y(slot.value), height: Math.max(0, y(0) - y(slot.value)) }));
  });
}

function label(x, y, anchor, text) {
  const element = svg("text", { x, y, "text-anchor": anchor });
  element.textContent = text;
  return element;
}
