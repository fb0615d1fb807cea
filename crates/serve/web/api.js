// The HTTP interface. Every call throws a Problem where the server says no.

export class Problem extends Error {
  /** @param {number} status @param {string} detail */
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Calls these when a token is needed. @type {Set<() => void>} */
export const whenUnknown = new Set();

/** @param {string} path @param {RequestInit} [options] @returns {Promise<Response>} */
export async function ask(path, options) {
  const response = await fetch(`/api/v1/${path}`, { credentials: "same-origin", ...options });
  if (response.ok) return response;
  // Whoever is just signing in is asked already.
  const signsIn = path === "session" && options?.method === "POST";
  if (response.status === 401 && !signsIn) whenUnknown.forEach((call) => call());
  const problem = await response.json().catch(() => ({}));
  throw new Problem(response.status, problem.detail ?? response.statusText);
}

/** @param {string} path */
export const get = async (path) => (await ask(path)).json();

/** @param {string} method @param {string} path @param {unknown} body */
export async function send(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const response = await ask(path, { method, headers, body: JSON.stringify(body) });
  return response.status === 204 ? null : response.json();
}
