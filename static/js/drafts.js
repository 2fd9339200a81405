/* Answers that the platform has not confirmed: kept in this browser under the person, the case and the criterion.
 *
 * Used by questionnaire.js, which writes them, and by unsent.js, which sends those of other pages from wherever the person
 * is. Never read for anybody else: what another person left on this computer is neither shown nor sent.
 *
 * A draft: {url, page, values: {verdict, reason, note}, version, tab, at, confirm, isHeld}
 *   version   the one the words were written on, so that a draft of yesterday never replaces an answer of today unseen
 *   tab       the window it was written in: two windows with the same row keep one draft each
 *   confirm   the words say what the platform has already, and that it still holds
 *   isHeld    "conflict" or "error": waits until the person has been there
 *
 * outcomeOf(status, isOurs)   isOurs: the reply carries X-Fragment, so it is none of a proxy or a login page
 *   saved      2xx of ours; X-Version is the new version, X-Saved the percent-encoded words for the save state
 *   conflict   409: somebody else saved; nothing is sent again until the reader has chosen
 *   error      422, 403 of ours: refused; nothing is sent again until the words change
 *   session    401, 403, a redirect: sent again after logging in
 *   unsaved    anything else: sent again
 */

import { csrfToken } from "./shell.js";

const ROOT = "dcmm:unsent:";
/* Without locks (a plain http address) a draft this young may still be in somebody's hands in another window. */
const SETTLED_AFTER = 5000;

export const FIELDS = ["verdict", "reason", "note"];

/* The server keeps no reason without "not applicable", so one that is only hidden is no difference. */
export function same(one, other) {
  const plain = (v) => JSON.stringify([v.verdict, v.verdict === "not_applicable" ? v.reason : "", v.note]);
  return plain(one) === plain(other);
}

export function outcomeOf(status, isOurs) {
  if (isOurs && status >= 200 && status < 300) return "saved";
  if (isOurs && status === 409) return "conflict";
  if (isOurs && (status === 422 || status === 403)) return "error";
  if (status === 401 || status === 403 || (status >= 200 && status < 300)) return "session";
  if (status === 400 || status === 404 || status === 405 || status === 413) return "error";
  return "unsaved";
}

// --- which window this is -------------------------------------------------------------------------------------------

function ownTab() {
  const fresh = Math.random().toString(36).slice(2, 8);
  try {
    const known = sessionStorage.getItem("dcmm:tab") ?? fresh;
    sessionStorage.setItem("dcmm:tab", known);
    return known;
  } catch {
    return fresh;
  }
}

const tab = ownTab();

// --- keeping --------------------------------------------------------------------------------------------------------

/* Whether this browser keeps anything at all; asked once, and again whenever keeping fails. */
export function canKeep() {
  try {
    localStorage.setItem("dcmm:probe", "1");
    localStorage.removeItem("dcmm:probe");
    return true;
  } catch {
    return false;
  }
}

/* The drafts of one person in all cases, by their place in storage: "NUMBER:CODE", or "NUMBER:CODE~TAB" for a second one. */
export function all(user) {
  const found = new Map();
  const prefix = `${ROOT}${user}:`;
  try {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(prefix)).sort()) {
      const draft = read(key);
      if (draft) found.set(key.slice(prefix.length), draft);
    }
  } catch {
    // Storage is off: there are none.
  }
  return found;
}

function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    return draft?.url && draft.values ? draft : null;
  } catch {
    return null; // Unreadable: left alone.
  }
}

/* The case and the criterion of a place in storage. */
export function placeOf(place) {
  const [number, code] = place.split("~")[0].split(":");
  return { number, code };
}

/* Keeps a draft; answers {place, at} to hand in the next time as `known`, or null when this browser keeps nothing.
 * What another window has written there since is left alone: then this window has a place of its own. */
export function keep(user, number, code, draft, known) {
  const free = known?.place ?? `${number}:${code}`;
  const standing = read(`${ROOT}${user}:${free}`);
  const isOthers = standing && standing.tab !== tab && standing.at !== known?.at && !same(standing.values, draft.values);
  const place = isOthers ? `${number}:${code}~${tab}` : free;
  const at = Date.now();
  try {
    localStorage.setItem(`${ROOT}${user}:${place}`, JSON.stringify({ ...draft, tab, at }));
    return { place, at };
  } catch {
    return null;
  }
}

export function hold(user, place, draft, why) {
  try {
    localStorage.setItem(`${ROOT}${user}:${place}`, JSON.stringify({ ...draft, isHeld: why }));
  } catch {
    // It stays as it is and is tried again.
  }
}

export function drop(user, place) {
  try {
    localStorage.removeItem(`${ROOT}${user}:${place}`);
  } catch {
    // Nothing was stored.
  }
}

/* Calls back whenever another window of this browser has written or taken away a draft of this person. */
export function watch(user, changed) {
  addEventListener("storage", (event) => {
    if (event.key === null || event.key.startsWith(`${ROOT}${user}:`)) changed();
  });
}

// --- in whose hands a row is ----------------------------------------------------------------------------------------

const lockOf = (user, place) => `dcmm:row:${user}:${place.split("~")[0]}`;

/* A page with this row looks after its drafts for as long as it is open. */
export function lookAfter(user, number, code) {
  navigator.locks?.request(lockOf(user, `${number}:${code}`), { mode: "shared" }, () => new Promise(() => {}));
}

/* Runs a task if no open page looks after the row; whether it ran. */
async function alone(user, place, draft, task) {
  if (!navigator.locks) {
    if (Date.now() - (draft.at ?? 0) < SETTLED_AFTER) return null;
    return task();
  }
  return navigator.locks.request(lockOf(user, place), { ifAvailable: true }, (lock) => (lock ? task() : null));
}

// --- sending --------------------------------------------------------------------------------------------------------

const news = "BroadcastChannel" in window ? new BroadcastChannel("dcmm:answers") : null;

/* Tells the other windows what was saved, so that a row that stands there too does not become stale. */
export function announce(user, number, code, values, version, words) {
  news?.postMessage({ user: String(user), number, code, values, version, words });
}

export function onAnnounced(user, heard) {
  news?.addEventListener("message", ({ data }) => {
    if (data.user === String(user)) heard(data);
  });
}

/* Sends one draft that no open page looks after. Answers the outcome, or null when somebody else has it in hand. */
export function send(user, place, draft) {
  return alone(user, place, draft, async () => {
    const { number, code } = placeOf(place);
    const body = new URLSearchParams({ ...draft.values, version: draft.version, csrfmiddlewaretoken: csrfToken() });
    const headers = { "HX-Request": "true", "X-User": String(user) };
    let reply;
    try {
      reply = await fetch(draft.url, { method: "POST", headers, body });
    } catch {
      return "unsaved"; // No line: the next round tries again.
    }
    const outcome = outcomeOf(reply.status, reply.headers.has("X-Fragment"));
    if (outcome === "saved") {
      drop(user, place);
      const words = decodeURIComponent(reply.headers.get("X-Saved") ?? "");
      announce(user, number, code, draft.values, reply.headers.get("X-Version"), words);
    }
    if (outcome === "conflict" || outcome === "error") hold(user, place, draft, outcome);
    return outcome;
  });
}
