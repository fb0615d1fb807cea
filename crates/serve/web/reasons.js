// What a crossing's confidence rests on, in words.

/** @type {Record<string, string>} */
const REASONS = {
  followed: "seen on both sides of the line",
  joined: "seen as two pieces of a path, which fit together",
  emerged: "came out from behind somebody, just past the line",
  found: "before the line seen only dimly",
  unseen: "not seen for a moment at the line",
  crowded: "others were close by",
  line_end: "close to an end of the line",
  brief: "seen for a moment only",
};

/** @param {string[]} reasons */
export function inWords(reasons) {
  return reasons.map((reason) => REASONS[reason] ?? reason.replaceAll("_", " ")).join("; ");
}
