// Lines, zones and masks as SVG over the picture, in the picture's pixels.

import { svg } from "./chart.js";

/** @typedef {{kind: "line" | "zone" | "mask", name: string, points: [number, number][], role?: "entrance" | "inner"}} Shape */

/** The fewest points that each has. */
export const LEAST = { line: 2, zone: 3, mask: 3 };

/** @param {Element} element @param {number[][]} points */
export function place(element, points) {
  element.setAttribute("points", points.map((point) => point.join(",")).join(" "));
  return element;
}

/** An outline through points: closed where it is an area. @param {Shape["kind"]} kind @param {string} name its class */
export const outline = (kind, name) => svg(kind === "line" ? "polyline" : "polygon", { class: name });

/**
 * @param {Shape} shape
 * @param {number} index its place among all
 * @param {number} unit pixels of the picture in one of the screen
 * @param {number} width of the picture
 */
export function drawn(shape, index, unit, width) {
  const part = (/** @type {Element} */ element, /** @type {string} */ name) => {
    element.setAttribute("data-shape", String(index));
    element.setAttribute("data-part", name);
    return element;
  };
  const { kind, points } = shape;
  const group = svg("g", { class: kind });
  for (const name of ["under", "edge"]) group.append(place(outline(kind, name), points));
  const grip = part(place(outline(kind, "grip"), points), "all");
  grip.setAttribute("tabindex", "-1");
  group.append(grip);
  group.append(...(kind === "line" ? direction(shape, unit) : title(shape, unit, width)));
  points.forEach(([x, y], number) => {
    const handle = svg("circle", { class: "end", cx: x, cy: y, r: (kind === "line" ? 6 : 5) * unit, tabindex: 0, role: "button",
      "aria-label": `Point ${number + 1} of ${shape.name || "an ignored area"}: arrow keys move it, Delete removes it` });
    group.append(part(handle, String(number)));
  });
  return group;
}

/** A line's arrow, to the side that is in, and its name. */
function direction({ name, points }, unit) {
  // They stand in the middle of the middle segment.
  const segment = Math.floor((points.length - 1) / 2);
  const [a, b] = [points[segment], points[segment + 1]];
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = Math.hypot(dx, dy) || 1;
  const middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  // To the right hand of someone who walks along the line, with y down.
  const [nx, ny] = [-dy / length, dx / length];
  const at = (/** @type {number} */ right, /** @type {number} */ along) =>
    [middle[0] + unit * (right * nx + along * dx / length), middle[1] + unit * (right * ny + along * dy / length)].join(",");
  const arrow = svg("polyline", { class: "arrow", points: [at(0, 0), at(26, 0), at(18, -7), at(26, 0), at(18, 7)].join(" ") });
  const anchor = nx < -0.3 ? "end" : nx > 0.3 ? "start" : "middle";
  return [arrow, text(name, middle[0] + unit * 34 * nx, middle[1] + unit * (34 * ny + 5), anchor, unit)];
}

/** An area's name at its highest corner. */
function title({ kind, name, points }, unit, width) {
  if (kind === "mask") return [];
  const [x, y] = points.reduce((top, point) => (point[1] < top[1] ? point : top));
  // Near the picture's sides it stands inwards.
  const anchor = x < 60 * unit ? "start" : x > width - 60 * unit ? "end" : "middle";
  return [text(name, x, Math.max(y - 10 * unit, 15 * unit), anchor, unit)];
}

function text(words, x, y, anchor, unit) {
  const element = svg("text", { x, y, "font-size": 14 * unit, "text-anchor": anchor });
  element.textContent = words;
  return element;
}

/** The place of a point in the outline that is nearest to `at`. @param {Shape} shape @param {[number, number]} at */
export function nearestSegment({ kind, points }, at) {
  const count = kind === "line" ? points.length - 1 : points.length;
  const distances = Array.from({ length: count }, (_, i) => toSegment(at, points[i], points[(i + 1) % points.length]));
  return distances.indexOf(Math.min(...distances)) + 1;
}

function toSegment([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1), 0), 1);
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}
