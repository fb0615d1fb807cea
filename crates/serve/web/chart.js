// Bars of in and out for each period, as SVG: readable by a screen reader, drawn in the page's colours.

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} name @param {Record<string, string | number>} attributes @param {Node[]} children */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

/** A round number at or above `most` that parts well. @param {number} most */
function roundUp(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return [1, 2, 5, 10].map((m) => m * power).find((top) => top >= most) ?? most;
}

/**
 * @param {HTMLElement} place
 * @param {{label: string, title: string, in: number, out: number}[]} slots
 * @param {string} name what it shows
 */
export function bars(place, slots, name) {
  const [width, height] = [place.clientWidth || 600, place.clientHeight || 180];
  const box = { left: 34, right: 4, top: 8, bottom: 20 };
  const top = roundUp(Math.max(4, ...slots.map((s) => Math.max(s.in, s.out))));
  const y = (/** @type {number} */ n) => box.top + (height - box.top - box.bottom) * (1 - n / top);
  const step = (width - box.left - box.right) / Math.max(slots.length, 1);
  const chart = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": name });
  for (const n of [0, top / 2, top]) {
    chart.append(svg("line", { x1: box.left, x2: width - box.right, y1: y(n), y2: y(n) }));
    chart.append(label(box.left - 6, y(n) + 4, "end", String(n)));
  }
  const every = Math.max(1, Math.ceil(slots.length / Math.max(1, Math.floor((width - box.left) / 46))));
  slots.forEach((slot, index) => {
    const x = box.left + index * step;
    const bar = Math.max(1, Math.min(step * 0.4, 26));
    const pair = (step - 2 * bar) / 2;
    const rect = (/** @type {"in" | "out"} */ way, /** @type {number} */ left) =>
      svg("rect", { class: way, x: left, width: bar, y: y(slot[way]), height: Math.max(0, y(0) - y(slot[way])), rx: Math.min(2, bar / 4) });
    const title = svg("title");
    title.textContent = `${slot.title}: in ${slot.in}, out ${slot.out}`;
    const hit = svg("rect", { x, width: step, y: box.top, height: height - box.top - box.bottom, fill: "transparent" });
    chart.append(svg("g", { class: "slot" }, title, hit, rect("in", x + pair), rect("out", x + pair + bar)));
    if (index % every === 0) chart.append(label(x + step / 2, height - 5, "middle", slot.label));
  });
  place.replaceChildren(chart);
}

function label(x, y, anchor, text) {
  const element = svg("text", { x, y, "text-anchor": anchor });
  element.textContent = text;
  return element;
}
