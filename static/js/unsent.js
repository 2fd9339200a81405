/* On every page of a logged-in person: answers that this browser still holds are sent, and said to be there.
 *
 * {% include "components/unsent_notice.html" %}   once in a page: <div data-unsent data-user="PK" data-logout="/logout/">
 *   data-unsent-lead, data-unsent-list            filled here: how many, and where (a link to each row)
 *   <dialog id="unsent-dialog">                   opened instead of logging out while something is unsent
 *     data-send-first, data-leave, data-dialog-close; data-unsent-left, data-unsent-failed for its words
 *
 * Drafts are sent one after the other, so that a long time offline does not end in a burst; a conflict or a refusal waits
 * until the reader goes there. Rows on this page belong to questionnaire.js. After a page of the login the drafts wait:
 * they carry the person they belong to, and the server refuses them under any other (header X-User).
 */

import { all, drop, placeOf, send, watch } from "./drafts.js";

const notice = document.querySelector("[data-unsent]");
const RETRY_AFTER = 15000;

const user = notice?.dataset.user;
const words = notice?.dataset ?? {};
let sending = false;
let failures = 0;
let again = 0;

/* Whether the row stands on this page, where questionnaire.js looks after it. */
function isHere(place) {
  const { number, code } = placeOf(place);
  const page = document.querySelector("[data-questionnaire]");
  return page?.dataset.assessment === number && Boolean(document.querySelector(`[id="c-${code}"] form[data-answer]`));
}

const unsent = () => [...all(user)];
const elsewhere = () => unsent().filter(([place]) => !isHere(place));

// --- saying so ------------------------------------------------------------------------------------------------------

function show() {
  const found = elsewhere();
  notice.hidden = found.length === 0;
  const held = found.filter(([, draft]) => draft.isHeld).length;
  const lead = held === found.length ? words.held : sending ? words.sending : words.waiting;
  notice.querySelector("[data-unsent-lead]").textContent = (lead ?? "").replace("%s", found.length);
  notice.querySelector("[data-unsent-list]").replaceChildren(...found.map(([place, draft]) => line(place, draft)));
}

function line(place, draft) {
  const { number, code } = placeOf(place);
  const item = document.createElement("li");
  const link = Object.assign(document.createElement("a"), { href: draft.page, textContent: `${number} ${code}` });
  item.append(link);
  if (!draft.isHeld) return item;
  const why = document.createElement("span");
  why.textContent = draft.isHeld === "conflict" ? words.conflict : words.error;
  const give = Object.assign(document.createElement("button"), { type: "button", className: "button button-plain button-small" });
  give.textContent = `${words.discard} ${code}`;
  give.addEventListener("click", () => {
    drop(user, place);
    show();
  });
  item.append(why, give);
  return item;
}

// --- sending --------------------------------------------------------------------------------------------------------

/* Sends what no open page looks after; stops where there is no line or no session. */
async function sendAll() {
  if (sending || !navigator.onLine) return;
  sending = true;
  let failed = false;
  for (const [place, draft] of elsewhere().filter(([, d]) => !d.isHeld)) {
    const outcome = await send(user, place, draft);
    failed = outcome === "unsaved" || outcome === "session";
    show();
    if (failed) break;
  }
  sending = false;
  failures = failed ? failures + 1 : 0;
  show();
  clearTimeout(again);
  if (elsewhere().some(([, d]) => !d.isHeld)) again = setTimeout(sendAll, Math.min(RETRY_AFTER, 1000 * 2 ** failures));
}

// --- logging out ----------------------------------------------------------------------------------------------------

let leaving = null;

function logOut() {
  window.dispatchEvent(new Event("dcmm:leaving"));
  leaving.submit();
}

function askFirst(event) {
  const form = event.target;
  if (new URL(form.action, location).pathname !== words.logout || !unsent().length) return;
  event.preventDefault();
  leaving = form;
  const dialog = document.getElementById("unsent-dialog");
  dialog.querySelector("[data-unsent-left]").textContent = dialog.dataset.left.replace("%s", unsent().length);
  dialog.querySelector("[data-unsent-failed]").hidden = true;
  dialog.showModal();
}

async function sendFirst(dialog) {
  window.dispatchEvent(new Event("dcmm:send"));
  const until = Date.now() + 8000;
  while (unsent().some(([, d]) => !d.isHeld) && Date.now() < until && navigator.onLine) {
    await sendAll();
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
  if (!unsent().length) return logOut();
  dialog.querySelector("[data-unsent-left]").textContent = dialog.dataset.left.replace("%s", unsent().length);
  dialog.querySelector("[data-unsent-failed]").hidden = false;
}

function watchDialog() {
  const dialog = document.getElementById("unsent-dialog");
  document.addEventListener("submit", askFirst, true);
  dialog.querySelector("[data-leave]").addEventListener("click", logOut);
  dialog.querySelector("[data-send-first]").addEventListener("click", () => sendFirst(dialog));
}

if (notice) {
  show();
  watchDialog();
  watch(user, show);
  addEventListener("online", () => {
    failures = 0;
    sendAll();
  });
  addEventListener("dcmm:drafts", show);
  addEventListener("DOMContentLoaded", sendAll);
  setInterval(sendAll, RETRY_AFTER);
}
