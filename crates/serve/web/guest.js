// Whoever looks at clips: signs in on the page itself, and is told what goes wrong.

import { Problem, send, whenUnknown } from "./api.js";

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

export function tell(/** @type {string} */ text) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
}

/** Does something; what goes wrong is said. */
export async function guarded(/** @type {() => Promise<void>} */ work) {
  try {
    tell("");
    await work();
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) tell(String(/** @type {Error} */ (error).message));
  }
}

/** Begins, now and after whoever is unknown has signed in. */
export function welcome(/** @type {() => Promise<void>} */ begin) {
  $("sign-in").onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void guarded(async () => {
      await send("POST", "session", { token: $("token").value });
      $("token").value = "";
      await begin();
    });
  };
  whenUnknown.add(() => {
    $("sign-in").hidden = false;
    $("token").focus();
  });
  void guarded(begin);
}
