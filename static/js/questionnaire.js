/* Answering criteria: keys, the state of each answer, and drafts that survive a lost line, a lost session and a closed tab.
 *
 * Markup
 *   <div data-questionnaire data-assessment="NUMBER" data-user="PK">  around the rows
 *   <article data-criterion="6.1-L3-02" id="c-6.1-L3-02" tabindex="-1">
 *     <form data-answer hx-post="..." hx-trigger="submit, save" hx-swap="none" hx-sync="this:queue last">
 *       fields verdict, reason, note, version     {% include "components/verdict_control.html" %}
 *       <div data-conflict hidden></div>          the fragment of a 403, 409 or 422 is shown here
 *     <output class="save-state" data-state="saved|saving|unsaved|session|conflict|error">
 *     <div data-guide>                            copied to [data-guide-place] while the row has the focus
 *   data-keep-theirs, data-overwrite              the two ways out of a conflict
 *   data-advance on data-questionnaire            a key also moves on to the next row
 *   data-panel-toggle="tree|panel"                folds a column of .questionnaire; remembered
 *   data-unsent (-count, -list)                   what waits to be sent from other pages of the case
 *   data-next-unanswered                          link that starts from the row with the focus
 *   {% include "components/questionnaire_words.html" only %}   once in the page: the words for the states
 *
 * Saving. What is typed becomes a draft in localStorage at once, under the user, the case and the criterion. A change of
 * a verdict saves now, typing after a pause; htmx sends one request of a row at a time. The draft goes when the server
 * has confirmed exactly these words. Answers of the server carry X-Fragment; one without it (a login page, an error page
 * of a proxy) is never taken for a save.
 *   2xx   saved; X-Version is the new version, X-Saved the percent-encoded words for the save state
 *   409   somebody else saved: both are shown, nothing is sent again until the reader has chosen
 *   422, 403 with X-Fragment   refused: the reason is shown, nothing is sent again until the words change
 *   401, 403, a redirect       the session is gone: kept, sent again after logging in
 *   anything else              kept, sent again on "online", after 1, 2, 4, 8 and then every 15 seconds
 * The version travels with the draft, so a draft of yesterday never replaces an answer of today unseen.
 */

import { csrfToken } from "./shell.js";

const root = document.querySelector("[data-questionnaire]");
const words = document.querySelector("[data-words]")?.dataset ?? {};
const PAUSE = 1200;
const RETRY_AFTER = 15000;
const WIDE = matchMedia("(min-width: 87.51rem)");
const prefix = root ? `dcmm:unsent:${root.dataset.user}:${root.dataset.assessment}:` : "";
const FIELDS = ["verdict", "reason", "note"];

const rowOf = (element) => element?.closest?.("[data-criterion]");
const codeOf = (form) => rowOf(form).dataset.criterion;
const formOf = (code) => document.getElementById(`c-${code}`)?.querySelector("form[data-answer]");
const forms = () => [...root.querySelectorAll("form[data-answer]")];

// --- drafts ---------------------------------------------------------------------------------------------------------

const drafts = new Map();

function keep(code, draft) {
  drafts.set(code, draft);
  try {
    localStorage.setItem(prefix + code, JSON.stringify(draft));
  } catch {
    // Storage full or off: the draft lives as long as the page, and leaving it warns.
  }
  showUnsent();
}

function drop(code) {
  drafts.delete(code);
  try {
    localStorage.removeItem(prefix + code);
  } catch {
    // Nothing was stored.
  }
  showUnsent();
}

function recall() {
  try {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(prefix))) {
      const draft = JSON.parse(localStorage.getItem(key));
      if (draft?.url && draft.values) drafts.set(key.slice(prefix.length), draft);
    }
  } catch {
    // Unreadable drafts are left alone.
  }
}

/* Drafts whose rows are not on this page: where they are, and a way to give them up. */
function showUnsent() {
  const box = document.querySelector("[data-unsent]");
  if (!box) return;
  const elsewhere = [...drafts].filter(([code]) => !formOf(code));
  box.hidden = elsewhere.length === 0;
  box.querySelector("[data-unsent-count]").textContent = (words.unsentCount ?? "%s").replace("%s", elsewhere.length);
  const list = box.querySelector("[data-unsent-list]");
  list.replaceChildren(...elsewhere.map(([code, draft]) => unsentLine(code, draft, list.dataset.discard)));
}

function unsentLine(code, draft, discard) {
  const line = document.createElement("li");
  const link = Object.assign(document.createElement("a"), { href: draft.page, textContent: code });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-plain button-small" });
  button.textContent = `${discard} ${code}`;
  button.addEventListener("click", () => drop(code));
  line.append(link, button);
  return line;
}

// --- one row --------------------------------------------------------------------------------------------------------

/* What stands in the row now, without line ends that differ between page and server. */
function valuesOf(form) {
  const data = new FormData(form);
  return Object.fromEntries(FIELDS.map((name) => [name, String(data.get(name) ?? "").replaceAll("\r\n", "\n").trim()]));
}

/* The server keeps no reason without "not applicable", so one that is only hidden is no difference. */
function same(one, other) {
  const plain = (v) => JSON.stringify([v.verdict, v.verdict === "not_applicable" ? v.reason : "", v.note]);
  return plain(one) === plain(other);
}

function fill(form, values) {
  form.querySelectorAll("input[name=verdict]").forEach((choice) => {
    choice.checked = choice.value === values.verdict;
  });
  for (const name of ["reason", "note"]) form.elements.namedItem(name).value = values[name] ?? "";
}

const state = new WeakMap();

function setState(form, name, text) {
  const output = rowOf(form).querySelector(".save-state");
  output.dataset.state = name;
  output.textContent = text ?? words[name] ?? "";
}

function setVersion(form, version) {
  form.elements.namedItem("version").value = version;
}

function showReply(form, html) {
  const place = form.querySelector("[data-conflict]");
  place.innerHTML = html;
  place.hidden = !html;
}

/* Called for every change: keeps a draft, and says whether there is something to send. */
function note(form) {
  const code = codeOf(form);
  const mine = state.get(form);
  const values = valuesOf(form);
  if (same(values, mine.saved) && !mine.sending) {
    clearTimeout(mine.timer);
    if (drafts.has(code)) drop(code);
    if (mine.held !== "conflict") settleQuietly(form);
    return false;
  }
  const page = `${location.pathname}#c-${code}`;
  keep(code, { url: form.getAttribute("action"), page, values, version: form.elements.namedItem("version").value });
  if (mine.held === "error") mine.held = null;
  if (!mine.held && !mine.sending) setState(form, "unsaved");
  return true;
}

function settleQuietly(form) {
  const mine = state.get(form);
  mine.held = null;
  showReply(form, "");
  setState(form, mine.words ? "saved" : "", mine.words);
}

function save(form) {
  const mine = state.get(form);
  clearTimeout(mine.timer);
  if (!note(form) || mine.held) return false;
  window.htmx.trigger(form, "save");
  return Boolean(mine.sending);
}

function saveSoon(form) {
  const mine = state.get(form);
  clearTimeout(mine.timer);
  if (note(form)) mine.timer = setTimeout(() => save(form), PAUSE);
}

// --- htmx sends, this listens ---------------------------------------------------------------------------------------

const answering = (event) => event.target.closest?.("[data-questionnaire] form[data-answer]");

function watchHtmx() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (!answering(event)) return;
    event.detail.headers["X-User"] = root.dataset.user;
    event.detail.parameters.csrfmiddlewaretoken = csrfToken();
  });
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const form = answering(event);
    if (!form) return;
    const mine = state.get(form);
    mine.sending = valuesOf(form);
    setState(form, "saving");
  });
  // A page that is no fragment of ours must not be swapped in, whatever its status.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (answering(event) && !event.detail.xhr.getResponseHeader("X-Fragment")) event.detail.shouldSwap = false;
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const form = answering(event);
    if (form && state.get(form).sending) settle(form, event.detail.xhr);
  });
}

function outcomeOf(status, isOurs) {
  if (isOurs && status >= 200 && status < 300) return "saved";
  if (isOurs && status === 409) return "conflict";
  if (isOurs && (status === 422 || status === 403)) return "error";
  if (status === 401 || status === 403 || (status >= 200 && status < 300)) return "session";
  if (status === 400 || status === 404 || status === 405 || status === 413) return "error";
  return "unsaved";
}

function settle(form, xhr) {
  const mine = state.get(form);
  const sent = mine.sending;
  mine.sending = null;
  const outcome = outcomeOf(xhr.status, Boolean(xhr.getResponseHeader("X-Fragment")));
  root.classList.toggle("is-session-lost", outcome === "session");
  if (outcome === "saved") return confirmed(form, sent, xhr);
  mine.held = outcome === "conflict" || outcome === "error" ? outcome : null;
  if (mine.held) showReply(form, xhr.getResponseHeader("X-Fragment") ? xhr.responseText : "");
  setState(form, outcome);
  if (outcome === "unsaved") tryAgain();
}

function confirmed(form, sent, xhr) {
  const code = codeOf(form);
  const mine = state.get(form);
  failures = 0;
  mine.saved = sent;
  mine.held = null;
  mine.words = decodeURIComponent(xhr.getResponseHeader("X-Saved") ?? "");
  setVersion(form, xhr.getResponseHeader("X-Version"));
  showReply(form, "");
  if (same(valuesOf(form), sent)) {
    drop(code);
    setState(form, "saved", mine.words);
  } else {
    saveSoon(form);
  }
  document.body.dispatchEvent(new CustomEvent("answer-saved", { detail: { code } }));
}

// --- trying again ---------------------------------------------------------------------------------------------------

let flushing = false;
let failures = 0;
let again = 0;

/* A busy server answers a second later; a dead one is not asked every second. */
function tryAgain() {
  clearTimeout(again);
  again = setTimeout(flush, Math.min(RETRY_AFTER, 1000 * 2 ** failures));
  failures += 1;
}

/* One after the other, so that a long time offline does not end in a burst. */
async function flush() {
  if (flushing || !navigator.onLine) return;
  flushing = true;
  for (const [code, draft] of [...drafts]) {
    const form = formOf(code);
    if (form) {
      const done = new Promise((resolve) => {
        form.addEventListener("htmx:afterRequest", resolve, { once: true });
      });
      if (!state.get(form).sending && save(form)) await done;
    } else if (!draft.isHeld) {
      await sendFromElsewhere(code, draft);
    }
  }
  flushing = false;
}

/* A draft whose row is on another page; a conflict or a refusal waits until the reader goes there. */
async function sendFromElsewhere(code, draft) {
  const body = new URLSearchParams({ ...draft.values, version: draft.version, csrfmiddlewaretoken: csrfToken() });
  try {
    const reply = await fetch(draft.url, {
      method: "POST",
      headers: { "HX-Request": "true", "X-User": root.dataset.user },
      body,
    });
    const outcome = outcomeOf(reply.status, reply.headers.has("X-Fragment"));
    if (outcome === "saved") drop(code);
    if (outcome === "conflict" || outcome === "error") keep(code, { ...draft, isHeld: true });
    if (outcome === "session") root.classList.add("is-session-lost");
  } catch {
    // Still no line: the next round tries again.
  }
}

/* Drafts of an earlier visit go back into their rows, with the version they were written on. */
function restore() {
  for (const form of forms()) {
    const code = codeOf(form);
    const output = rowOf(form).querySelector(".save-state");
    const isRefused = Boolean(form.querySelector("[data-conflict] > *"));
    const draft = drafts.get(code);
    state.set(form, {
      saved: isRefused ? { verdict: null } : valuesOf(form),
      words: output.dataset.state === "saved" ? output.textContent : "",
      held: isRefused ? output.dataset.state : null,
      sending: null,
      timer: 0,
    });
    if (!draft || isRefused) continue;
    if (same(draft.values, valuesOf(form))) {
      drop(code);
      continue;
    }
    fill(form, draft.values);
    setVersion(form, draft.version);
    setState(form, "unsaved");
  }
  showUnsent();
}

// --- conflicts ------------------------------------------------------------------------------------------------------

function onClick(event) {
  const form = event.target.closest("form[data-answer]");
  if (!form) return;
  const theirs = event.target.closest("[data-keep-theirs]");
  if (theirs) {
    event.preventDefault();
    const { verdict, reason, note: words_, version } = theirs.dataset;
    fill(form, { verdict, reason, note: words_ });
    setVersion(form, version);
    const mine = state.get(form);
    mine.saved = valuesOf(form);
    mine.words = "";
    drop(codeOf(form));
    settleQuietly(form);
    rowOf(form).focus();
  }
  if (event.target.closest("[data-overwrite]")) state.get(form).held = null;
}

// --- keys -----------------------------------------------------------------------------------------------------------

/* Keys act only while a row has the focus, and never while somebody is typing. */
function onKey(event) {
  const row = rowOf(event.target);
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])")) {
    if (event.key === "Escape") row.focus();
    return;
  }
  const move = { j: 1, k: -1 }[event.key] ?? (event.target === row ? { ArrowDown: 1, ArrowUp: -1 }[event.key] : 0);
  if (move) {
    event.preventDefault();
    step(row, move);
  } else if (/^[1-5]$/.test(event.key)) {
    const choice = row.querySelector(`input[data-key="${event.key}"]:not(:disabled)`);
    if (!choice) return;
    event.preventDefault();
    choose(row, choice);
  } else if (event.key === "n") {
    event.preventDefault();
    row.querySelector("textarea[name=note]")?.focus();
  }
}

function choose(row, choice) {
  if (!choice.checked) choice.click();
  if (choice.value === "not_applicable") row.querySelector("[data-reason] textarea")?.focus();
  else if (root.hasAttribute("data-advance")) step(row, 1);
  else choice.focus();
}

function step(row, by) {
  const all = [...root.querySelectorAll("[data-criterion]")].filter((one) => one.getClientRects().length);
  const next = all[all.indexOf(row) + by];
  if (!next) return;
  next.focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  next.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
}

function onFocus(event) {
  const row = rowOf(event.target);
  if (!row || row.classList.contains("is-focused")) return;
  root.querySelectorAll(".is-focused").forEach((other) => other.classList.remove("is-focused"));
  row.classList.add("is-focused");
  showGuide(row);
  const next = document.querySelector("[data-next-unanswered]");
  if (next) next.search = `?after=${encodeURIComponent(row.dataset.criterion)}`;
}

function showGuide(row) {
  const panel = document.querySelector("[data-guide-panel]");
  const guide = row.querySelector("[data-guide]");
  if (!panel || !guide) return;
  panel.hidden = !WIDE.matches;
  panel.querySelector("[data-guide-code]").textContent = row.dataset.criterion;
  panel.querySelector("[data-guide-place]").innerHTML = guide.innerHTML;
}

// --- columns --------------------------------------------------------------------------------------------------------

function watchColumns() {
  document.querySelectorAll("[data-panel-toggle]").forEach((button) => {
    const name = button.dataset.panelToggle;
    const show = (closed) => {
      root.classList.toggle(`is-${name}-closed`, closed);
      button.setAttribute("aria-expanded", String(!closed));
    };
    button.hidden = false;
    let closed = false;
    try {
      closed = localStorage.getItem(`dcmm:closed:${name}`) === "yes";
    } catch {
      // Open then.
    }
    show(closed);
    button.addEventListener("click", () => {
      closed = !closed;
      show(closed);
      try {
        localStorage.setItem(`dcmm:closed:${name}`, closed ? "yes" : "no");
      } catch {
        // Not kept then.
      }
    });
  });
}

if (root) {
  root.classList.add("is-live");
  recall();
  restore();
  watchHtmx();
  watchColumns();
  root.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-answer]");
    if (form) save(form);
  });
  root.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-answer]");
    if (form && event.target.matches("textarea")) saveSoon(form);
  });
  root.addEventListener("click", onClick, true);
  root.addEventListener("keydown", onKey);
  root.addEventListener("focusin", onFocus);
  addEventListener("online", flush);
  addEventListener("beforeunload", (event) => {
    if (drafts.size) event.preventDefault();
  });
  setInterval(flush, RETRY_AFTER);
  // htmx makes the forms its own when the page is complete; before that nobody would hear "save".
  addEventListener("DOMContentLoaded", flush);
  const first = document.getElementById(decodeURIComponent(location.hash.slice(1))) ?? root.querySelector("[data-criterion]");
  if (first?.matches("[data-criterion]")) {
    if (location.hash) first.focus();
    else showGuide(first);
  }
  WIDE.addEventListener("change", () => {
    const row = root.querySelector(".is-focused") ?? root.querySelector("[data-criterion]");
    if (row) showGuide(row);
  });
}
