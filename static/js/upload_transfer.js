/* One file on its way to the server, in pieces that survive a lost line (docs/decisions/0018).
 *
 *   const transfer = new Transfer(file, { begin, fields, row, query, user }, (state, detail) => ...);
 *   const { outcome, reply, words } = await transfer.run();      outcome: kept, refused, cancelled
 *   transfer.cancel();
 *
 * begin is the address that announces a file, fields what is said besides its name and size, row the criterion whose
 * evidence comes back, query what the last piece says besides. States: waiting, sending (detail: 0 to 1), checking,
 * paused (detail: words of the server, or none), session (log in again; it goes on by itself).
 */

import { csrfToken } from "./shell.js";

const SMALLEST = 64 * 1024;
const STALL = 45000;
const SLOWEST_CHECK = 600000;
const RETRY_AFTER = 15000;

/* Answers once the request is over, whatever became of it; status 0 is no line. */
function ask(method, url, { body = null, headers = {}, onProgress, hold } = {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    hold?.(request);
    request.open(method, url);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("HX-Request", "true");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    let watch = setTimeout(() => request.abort(), STALL);
    const stay = (time) => {
      clearTimeout(watch);
      watch = setTimeout(() => request.abort(), time);
    };
    request.upload.addEventListener("progress", (event) => {
      stay(STALL);
      onProgress?.(event.loaded);
    });
    request.upload.addEventListener("load", () => stay(SLOWEST_CHECK));
    request.addEventListener("loadend", () => {
      clearTimeout(watch);
      resolve({
        status: request.status,
        isOurs: Boolean(request.getResponseHeader("X-Fragment")),
        offset: request.getResponseHeader("Upload-Offset"),
        text: request.responseText,
      });
    });
    request.send(body);
  });
}

export function wordsOf(reply) {
  const page = new DOMParser().parseFromString(reply.text, "text/html");
  return page.querySelector(".field-error, .error-summary li, .invalid-feedback, [data-refusal]")?.textContent.trim() ?? "";
}

/* What a reply means, for each of the three requests. */
function meaningOf({ status, isOurs }) {
  if (isOurs && status >= 200 && status < 300) return "ok";
  if (isOurs && status === 409) return "elsewhere";
  if (isOurs && [400, 403, 422].includes(status)) return "refused";
  if (status === 404) return "lost";
  if (status === 413) return "too-long";
  if (status === 401 || status === 403 || (status >= 200 && status < 400)) return "session";
  return "trouble";
}

export class Transfer {
  constructor(file, { begin, fields = [], row = "", query = "", user = "" }, tell) {
    Object.assign(this, { file, begin, fields, row, query, tell });
    this.headers = user ? { "X-User": user } : {};
    this.address = "";
    this.offset = 0;
    this.longest = SMALLEST;
    this.length = Infinity;
    this.failures = 0;
    this.losses = 0;
    this.isUnsure = false;
    this.isCancelled = false;
  }

  async run() {
    while (!this.isCancelled) {
      const reply = await this.next();
      if (this.isCancelled) break;
      const meaning = meaningOf(reply);
      if (meaning === "ok" && reply.isLast) return { outcome: "kept", reply };
      if (meaning === "refused") return { outcome: "refused", words: wordsOf(reply) };
      if (meaning === "lost" && (this.losses += 1) > 2) return { outcome: "refused", words: "" };
      await this.settle(meaning, reply);
    }
    return { outcome: "cancelled" };
  }

  cancel() {
    this.isCancelled = true;
    this.request?.abort();
    this.wake?.();
    if (this.address) ask("DELETE", this.address, { headers: this.headers });
  }

  next() {
    if (!this.address) return this.announce();
    return this.isUnsure ? this.look() : this.send();
  }

  async announce() {
    const { name, size, lastModified } = this.file;
    const body = new URLSearchParams([...this.fields, ["name", name], ["size", size], ["modified", lastModified]]);
    const reply = await ask("POST", this.begin, { body, headers: this.headers, hold: (request) => this.hold(request) });
    if (meaningOf(reply) !== "ok") return reply;
    const { address, received, piece } = JSON.parse(reply.text);
    Object.assign(this, { address, longest: piece, offset: received });
    this.length = Math.min(this.length, piece);
    return reply;
  }

  async look() {
    const reply = await ask("GET", this.address, { headers: this.headers, hold: (request) => this.hold(request) });
    if (meaningOf(reply) !== "ok") return reply;
    this.isUnsure = false;
    this.offset = Number(reply.offset);
    return reply;
  }

  async send() {
    const piece = this.file.slice(this.offset, this.offset + this.length);
    const end = this.offset + piece.size;
    this.tell("sending", this.offset / this.file.size);
    const reply = await ask("PATCH", this.address + (end === this.file.size ? this.query : ""), {
      body: piece,
      headers: {
        ...this.headers,
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": this.offset,
        ...(this.row ? { "Upload-Row": this.row } : {}),
      },
      hold: (request) => this.hold(request),
      onProgress: (loaded) => {
        const share = (this.offset + Math.min(loaded, piece.size)) / this.file.size;
        this.tell(share < 1 ? "sending" : "checking", share);
      },
    });
    reply.isLast = reply.status === 201;
    if (meaningOf(reply) !== "ok") return reply;
    this.offset = reply.isLast ? this.file.size : Number(reply.offset);
    this.length = Math.min(this.longest, this.length * 2);
    return reply;
  }

  hold(request) {
    this.request = request;
  }

  /* What comes before the next request. */
  async settle(meaning, reply) {
    if (meaning === "ok") {
      this.failures = 0;
    } else if (meaning === "elsewhere") {
      this.offset = Number(reply.offset);
      this.failures += 1; // never a loop at full speed
      if (this.failures > 2) await this.rest();
    } else if (meaning === "lost") {
      this.address = "";
      this.isUnsure = false;
    } else if (meaning === "too-long") {
      this.shorten();
      await this.rest();
    } else {
      this.isUnsure = Boolean(this.address);
      if (meaning === "trouble") this.shorten();
      this.tell(meaning === "session" ? "session" : "paused", reply.isOurs ? wordsOf(reply) : "");
      await this.rest();
    }
  }

  /* Over a bad line short pieces come through where long ones do not. */
  shorten() {
    const least = Math.min(SMALLEST, this.longest);
    this.length = Math.max(least, Math.floor(Math.min(this.length, this.longest) / 2));
  }

  rest() {
    const time = Math.min(RETRY_AFTER, 1000 * 2 ** this.failures);
    this.failures += 1;
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        removeEventListener("online", wake);
        removeEventListener("focus", wake);
        resolve();
      };
      const timer = setTimeout(wake, time);
      addEventListener("online", wake);
      addEventListener("focus", wake);
      this.wake = wake;
    });
  }
}

/* What this person has begun and not finished; empty when nobody can say. */
export async function unfinished(begin, user) {
  const reply = await ask("GET", begin, { headers: user ? { "X-User": user } : {} });
  return meaningOf(reply) === "ok" ? JSON.parse(reply.text).uploads : [];
}

export function giveUp(address) {
  return ask("DELETE", address);
}
