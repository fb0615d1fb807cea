// A source's live frames: a scene and its picture together, the newest as fast as this page takes them.

const decoder = new TextDecoder();

/** Splits a multipart body in which every part says its length. */
class Parts {
  constructor() {
    this.bytes = new Uint8Array(0);
  }

  /** Takes a piece, gives the parts that are whole. @param {Uint8Array} piece */
  *push(piece) {
    const joined = new Uint8Array(this.bytes.length + piece.length);
    joined.set(this.bytes);
    joined.set(piece, this.bytes.length);
    this.bytes = joined;
    for (;;) {
      const end = endOfHead(this.bytes);
      if (end < 0) return;
      const head = decoder.decode(this.bytes.subarray(0, end));
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? NaN);
      if (!Number.isFinite(length)) throw new Error("a part without a length");
      const start = end + 4;
      if (this.bytes.length < start + length + 2) return;
      const type = /content-type: ([^\r;]+)/i.exec(head)?.[1] ?? "";
      yield { type, body: this.bytes.slice(start, start + length) };
      this.bytes = this.bytes.subarray(start + length + 2);
    }
  }
}

/** Where the empty line after a part's head begins. @param {Uint8Array} bytes */
function endOfHead(bytes) {
  for (let i = 0; i + 3 < bytes.length; i += 1) {
    if (bytes[i] === 13 && bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10) return i;
  }
  return -1;
}

/**
 * Shows frames until `signal` says stop.
 * @param {string} source its id
 * @param {AbortSignal} signal
 * @param {(scene: object, picture: ImageBitmap) => void} show
 */
export async function frames(source, signal, show) {
  const response = await fetch(`/api/v1/sources/${source}/live`, { signal });
  if (!response.ok || !response.body) {
    const problem = await response.json().catch(() => ({}));
    throw Object.assign(new Error(problem.detail ?? response.statusText), { status: response.status });
  }
  const reader = response.body.getReader();
  const parts = new Parts();
  let scene = null;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    let newest = null;
    for (const part of parts.push(value)) {
      if (part.type === "application/json") scene = JSON.parse(decoder.decode(part.body));
      else if (scene) newest = { scene, jpeg: part.body };
    }
    // Of frames that came together only the last is worth decoding.
    if (newest) show(newest.scene, await createImageBitmap(new Blob([newest.jpeg], { type: "image/jpeg" })));
  }
}
