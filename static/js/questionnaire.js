/* Answering criteria, all of an item or one at a time: the state of each answer, keys, and nothing that is ever lost.
 *
 * Markup
 *   <div data-questionnaire data-view="page|cards" data-assessment="NUMBER" data-item="6.1" data-user="PK">
 *   <article data-criterion="6.1-L3-02" id="c-6.1-L3-02" tabindex="-1">
 *     <form data-answer hx-post="..." hx-trigger="submit, save" hx-swap="none" hx-sync="this:queue last">
 *       fields verdict, reason, note, version     {% include "components/verdict_control.html" %}
 *       <div data-conflict hidden></div>          the fragment of a 403, 409 or 422 is shown here
 *     <output class="save-state" data-state="saved|saving|typing|unsaved|session|conflict|error">
 *     data-carried                                a carried answer; its button says that it still holds
 *     data-guide, data-past-url, <details data-thread="URL"> with data-thread-count and data-thread-place
 *   data-guide-place, data-past-place             where they stand on a wide screen while the row has the focus
 *   data-save-summary                             one line for the whole page
 *   data-storage-notice                           shown when this browser keeps nothing
 *   data-keep-theirs, data-overwrite              the two ways out of a conflict
 *   data-panel-toggle="tree|panel"                folds a column of .questionnaire; remembered for each way of working
 *   data-card-previous, data-card-next            links beyond the first and the last card; data-card-position
 *   data-next-unanswered                          link that starts from the row with the focus
 *   {% include "components/questionnaire_words.html" only %}   once in the page: the words for the states
 *
 * Saving. What is typed becomes a draft at once (drafts.js). A change of a verdict saves now, typing after a pause; htmx
 * sends one request of a row at a time. The draft goes when the server has confirmed exactly these words; until then it is
 * sent again on "online", after 1, 2, 4, 8 and then every 15 seconds, and after a reload or the next login.
 *
 * Cards are the same page with one row shown, so moving inside an item needs no line.
 */

import { FIELDS, all, announce, canKeep, drop, hold, keep, lookAfter, onAnnounced, outcomeOf, placeOf, same, watch } from "./drafts.js";
import { reading } from "./reading.js";
import { csrfToken } from "./shell.js";

const root = document.querySelector("[data-questionnaire]");
const words = document.querySelector("[data-words]")?.dataset ?? {};
const { user, assessment, item } = root?.dataset ?? {};
const isCards = root?.dataset.view === "cards";
const PAUSE = 1200;
const RETRY_AFTER = 15000;

const rowOf = (element) => element?.closest?.("[data-criterion]");
const codeOf = (form) => rowOf(form).dataset.criterion;
const formOf = (code) => document.getElementById(`c-${code}`)?.querySelector("form[data-answer]");
const forms = () => [...root.querySelectorAll("form[data-answer]")];
const rows = () => [...root.querySelectorAll("[data-criterion]")];

/* form -> what the platform has of it, what is under way, and why it waits */
const state = new WeakMap();

// --- drafts of this page --------------------------------------------------------------------------------------------

/* code -> where its draft stands, while there is one */
const drafts = new Map();

function keepDraft(form) {
  const code = codeOf(form);
  const mine = state.get(form);
  const url = form.getAttribute("action");
  const page = `${location.pathname}#c-${code}`;
  const version = form.elements.namedItem("version").value;
  const draft = { url, page, values: valuesOf(form), version, confirm: mine.confirm || undefined };
  const known = keep(user, assessment, code, draft, drafts.get(code));
  drafts.set(code, known ?? { isLost: true });
  storageNotice(known !== null);
}

function dropDraft(code) {
  const known = drafts.get(code);
  if (known?.place) drop(user, known.place);
  drafts.delete(code);
}

/* What this browser kept of this page: the first of a row, whichever window it was written in. */
function recall() {
  const found = new Map();
  for (const [place, draft] of all(user)) {
    const { number, code } = placeOf(place);
    if (number === assessment && formOf(code) && !found.has(code)) found.set(code, { place, draft });
  }
  return found;
}

function storageNotice(isFine) {
  const notice = document.querySelector("[data-storage-notice]");
  if (notice) notice.hidden = isFine;
}

// --- one row --------------------------------------------------------------------------------------------------------

/* What stands in the row now, without line ends that differ between page and server. */
function valuesOf(form) {
  const data = new FormData(form);
  return Object.fromEntries(FIELDS.map((name) => [name, String(data.get(name) ?? "").replaceAll("\r\n", "\n").trim()]));
}

function fill(form, values) {
  form.querySelectorAll("input[name=verdict]").forEach((choice) => {
    choice.checked = choice.value === values.verdict;
  });
  for (const name of ["reason", "note"]) form.elements.namedItem(name).value = values[name] ?? "";
}

function setState(form, name, text) {
  const output = rowOf(form).querySelector(".save-state");
  output.dataset.state = name;
  output.textContent = text ?? words[name] ?? "";
  summarise();
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
  const mine = state.get(form);
  if (same(valuesOf(form), mine.saved) && !mine.sending && !mine.confirm) {
    clearTimeout(mine.timer);
    dropDraft(codeOf(form));
    if (mine.held !== "conflict") settleQuietly(form);
    return false;
  }
  keepDraft(form);
  if (mine.held === "error") mine.held = null;
  if (!mine.held && !mine.sending) setState(form, navigator.onLine ? "typing" : "unsaved");
  return true;
}

function settleQuietly(form) {
  const mine = state.get(form);
  mine.held = null;
  showReply(form, "");
  setState(form, mine.settled, mine.words);
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

// --- the page in one line -------------------------------------------------------------------------------------------

/* Worst first: what the reader has to do comes before what the page does by itself. */
const SUMMARIES = [
  ["conflict", ["conflict", "error"], "someConflict"],
  ["session", ["session"], "someSession"],
  ["unsaved", ["unsaved"], "someUnsaved"],
  ["saving", ["saving"], "allSaving"],
  ["typing", ["typing"], "someTyping"],
];

function summarise() {
  const line = document.querySelector("[data-save-summary]");
  if (!line) return;
  const states = forms().map((form) => rowOf(form).querySelector(".save-state").dataset.state);
  const count = (names) => states.filter((one) => names.includes(one)).length;
  const [name, among, text] = SUMMARIES.find(([, names]) => count(names)) ?? ["saved", [], "allSaved"];
  const says = (words[text] ?? "").replace("%s", count(among));
  line.dataset.state = name;
  if (line.textContent !== says) line.textContent = says;
}

// --- htmx sends, this listens ---------------------------------------------------------------------------------------

const answering = (event) => event.target.closest?.("[data-questionnaire] form[data-answer]");

function watchHtmx() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (!answering(event)) return;
    event.detail.headers["X-User"] = user;
    event.detail.parameters.csrfmiddlewaretoken = csrfToken();
  });
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const form = answering(event);
    if (!form) return;
    state.get(form).sending = valuesOf(form);
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

function settle(form, xhr) {
  const mine = state.get(form);
  const sent = mine.sending;
  mine.sending = null;
  const outcome = outcomeOf(xhr.status, Boolean(xhr.getResponseHeader("X-Fragment")));
  root.classList.toggle("is-session-lost", outcome === "session");
  if (outcome === "saved") {
    const said = decodeURIComponent(xhr.getResponseHeader("X-Saved") ?? "");
    return confirmed(form, sent, xhr.getResponseHeader("X-Version"), said);
  }
  mine.held = outcome === "conflict" || outcome === "error" ? outcome : null;
  if (mine.held) {
    showReply(form, xhr.getResponseHeader("X-Fragment") ? xhr.responseText : "");
    holdDraft(codeOf(form), mine.held);
  }
  setState(form, outcome);
  if (outcome === "unsaved") tryAgain();
}

function holdDraft(code, why) {
  const place = drafts.get(code)?.place;
  const draft = place && all(user).get(place);
  if (draft) hold(user, place, draft, why);
}

function confirmed(form, sent, version, said) {
  const code = codeOf(form);
  const mine = state.get(form);
  failures = 0;
  mine.saved = sent;
  mine.held = null;
  mine.confirm = false;
  mine.words = said;
  mine.settled = "saved";
  if (mine.isCarried) countDown(code);
  mine.isCarried = false;
  setVersion(form, version);
  showReply(form, "");
  if (same(valuesOf(form), sent)) {
    dropDraft(code);
    setState(form, "saved", said);
  } else {
    saveSoon(form);
  }
  announce(user, assessment, code, sent, version, said);
  sayPosition();
  document.body.dispatchEvent(new CustomEvent("answer-saved", { detail: { code } }));
}

/* The same row in another window of this browser, or its draft sent from another page. What is being written here stays:
 * its version is the old one, so sending it shows both answers instead of losing one. */
function heard({ number, code, values, version, words: said }) {
  const form = number === assessment ? formOf(code) : null;
  const mine = form && state.get(form);
  if (!mine || mine.sending) return;
  const isUntouched = same(valuesOf(form), mine.saved) && !mine.confirm;
  if (!isUntouched && !same(valuesOf(form), values)) return;
  fill(form, values);
  Object.assign(mine, { saved: valuesOf(form), held: null, confirm: false, words: said, settled: "saved" });
  if (mine.isCarried) document.getElementById(`carried-${code}`)?.replaceChildren();
  mine.isCarried = false;
  setVersion(form, version);
  showReply(form, "");
  dropDraft(code);
  setState(form, "saved", said);
  sayPosition();
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
  for (const form of forms().filter((one) => drafts.has(codeOf(one)))) {
    const done = new Promise((resolve) => {
      form.addEventListener("htmx:afterRequest", resolve, { once: true });
    });
    if (!state.get(form).sending && save(form)) await done;
  }
  flushing = false;
}

/* Drafts of an earlier visit go back into their rows, with the version they were written on. */
function restore() {
  const found = recall();
  for (const form of forms()) {
    const code = codeOf(form);
    // After a reload browsers put back what was typed: that would pass for what the platform has.
    form.reset();
    const output = rowOf(form).querySelector(".save-state");
    const isRefused = Boolean(form.querySelector("[data-conflict] > *"));
    const isCarried = Boolean(rowOf(form).querySelector("[data-carried]"));
    state.set(form, {
      saved: isRefused ? { verdict: null } : valuesOf(form),
      settled: ["saved", "carried"].includes(output.dataset.state) ? output.dataset.state : "",
      words: output.textContent,
      held: isRefused ? output.dataset.state : null,
      sending: null,
      confirm: false,
      isCarried,
      timer: 0,
    });
    lookAfter(user, assessment, code);
    const kept = found.get(code);
    if (kept && !isRefused) putBack(form, kept);
  }
  summarise();
}

function putBack(form, { place, draft }) {
  const mine = state.get(form);
  drafts.set(codeOf(form), { place, at: draft.at });
  if (same(draft.values, valuesOf(form)) && !(draft.confirm && mine.isCarried)) {
    dropDraft(codeOf(form));
    return;
  }
  mine.confirm = Boolean(draft.confirm);
  fill(form, draft.values);
  setVersion(form, draft.version);
  setState(form, navigator.onLine ? "typing" : "unsaved");
}

/* Another window wrote or took away a draft: what is gone there and stands here in the same words is saved. */
function tidy() {
  const standing = all(user);
  for (const [code, known] of drafts) if (known.place && !standing.has(known.place)) drafts.set(code, {});
}

// --- conflicts ------------------------------------------------------------------------------------------------------

function onClick(event) {
  const form = event.target.closest("form[data-answer]");
  if (!form) return;
  const theirs = event.target.closest("[data-keep-theirs]");
  if (theirs) {
    event.preventDefault();
    const { verdict, reason, note: words_, version } = theirs.dataset;
    const mine = state.get(form);
    fill(form, { verdict, reason, note: words_ });
    setVersion(form, version);
    Object.assign(mine, { saved: valuesOf(form), words: "", settled: "", confirm: false });
    dropDraft(codeOf(form));
    settleQuietly(form);
    rowOf(form).focus();
  }
  if (event.target.closest("[data-overwrite]")) state.get(form).held = null;
}

/* A submit says more than the fields do: that a carried answer still holds. Kept like words, for it may not get through. */
function onSubmit(event) {
  const form = event.target.closest("form[data-answer]");
  if (!form || event.submitter?.matches("[data-overwrite]")) return;
  const mine = state.get(form);
  mine.confirm = mine.isCarried;
  mine.held = null;
  if (mine.isCarried) keepDraft(form);
}

/* An earlier version was put back from the history beside the row. Words being written here are not overwritten. */
function onRestored(event) {
  const { code, version, verdict, reason, note: said } = event.detail;
  const form = formOf(code);
  if (!form) return;
  event.preventDefault();
  const mine = state.get(form);
  const isUntouched = same(valuesOf(form), mine.saved) && !mine.sending;
  if (!isUntouched) return; // its version is the old one, so sending it shows both
  const values = { verdict, reason, note: said };
  fill(form, values);
  Object.assign(mine, { saved: valuesOf(form), held: null, confirm: false, words: words.saved, settled: "saved" });
  if (mine.isCarried) countDown(code);
  mine.isCarried = false;
  setVersion(form, version);
  settleQuietly(form);
  announce(user, assessment, code, values, version, words.saved);
  sayPosition();
}

// --- carried answers ------------------------------------------------------------------------------------------------

function countDown(code) {
  const domain = item.split(".")[0];
  document.querySelectorAll(`[data-waiting="${item}"], [data-waiting="${domain}"]`).forEach((figure) => {
    const left = parseInt(figure.textContent.match(/\d+/), 10) - 1;
    figure.textContent = (words.treeWaiting ?? "").replace("{n}", left);
    figure.hidden = left <= 0;
  });
  const total = document.querySelector("[data-to-confirm]");
  if (total) {
    total.dataset.toConfirm = Number(total.dataset.toConfirm) - 1;
    total.textContent = (words.waiting ?? "").replace("{n}", total.dataset.toConfirm);
  }
  document.getElementById(`carried-${code}`)?.replaceChildren();
}

function confirmCarried(row) {
  const button = row.querySelector("[data-carried] button");
  if (!button) return false;
  button.click();
  if (isCards) step(row, 1, { stayAtEnd: true });
  return true;
}

// --- moving ---------------------------------------------------------------------------------------------------------

const AT = `dcmm:at:${user}:${assessment}:${item}`;
const current = () => root.querySelector(".is-focused");
const visible = () => (isCards ? rows() : rows().filter((one) => one.getClientRects().length));

function goTo(row) {
  if (isCards) markCurrent(row); // only then has it a place to scroll to
  row.focus({ preventScroll: true });
  if (isCards) {
    const { top } = row.getBoundingClientRect();
    if (top < 0 || top > innerHeight * 0.7) row.scrollIntoView({ block: "start" });
    return;
  }
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  row.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
}

/* To the next or the previous row; beyond the last and the first one to the item that the server finds. */
function step(row, by, { stayAtEnd = false } = {}) {
  const listed = visible();
  const next = row ? listed[listed.indexOf(row) + by] : listed[by > 0 ? 0 : listed.length - 1];
  if (next) return goTo(next);
  if (!isCards) return undefined;
  const link = document.querySelector(by > 0 ? "[data-card-next]" : "[data-card-previous]");
  if (stayAtEnd || !link || "none" in link.dataset) return link?.focus();
  return leaveTo(link.href);
}

/* What is under way may end first; what does not get through is sent from the next page. */
async function leaveTo(address) {
  const until = Date.now() + 2000;
  forms().forEach((form) => drafts.has(codeOf(form)) && save(form));
  while (forms().some((form) => state.get(form).sending) && Date.now() < until) {
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  location.assign(address);
}

function markCurrent(row) {
  if (row.classList.contains("is-focused")) return;
  root.querySelectorAll(".is-focused").forEach((other) => other.classList.remove("is-focused"));
  row.classList.add("is-focused");
  const code = row.dataset.criterion;
  showReading(row);
  sayPosition();
  history.replaceState(null, "", `#c-${code}`);
  try {
    localStorage.setItem(AT, code);
  } catch {
    // Not kept then.
  }
  const next = document.querySelector("[data-next-unanswered]");
  if (next) next.search = `?after=${encodeURIComponent(code)}`;
}

function sayPosition() {
  const place = document.querySelector("[data-card-position]");
  if (!place) return;
  const listed = rows();
  const left = listed.filter((row) => row.querySelector("form[data-answer]") && !row.querySelector("input[name=verdict]:checked"));
  const at = listed.indexOf(current()) + 1;
  const says = { at, of: listed.length, left: left.length };
  place.textContent = (words.position ?? "").replace(/\{(\w+)\}/g, (_, name) => says[name]);
}

const showReading = root ? reading(root, words) : () => {};

function onFocus(event) {
  const row = rowOf(event.target);
  if (row) markCurrent(row);
}

/* Where the reader was: the row of the address, else in cards the last one worked on. */
function start() {
  const hash = decodeURIComponent(location.hash.slice(1));
  const listed = rows();
  let kept = "";
  try {
    kept = localStorage.getItem(AT) ?? "";
  } catch {
    // The first then.
  }
  const named = hash === "last" ? listed.at(-1) : listed.find((row) => row.id === hash);
  const last = isCards ? listed.find((row) => row.dataset.criterion === kept) : null;
  const first = named ?? last ?? listed[0];
  if (!first) return;
  if (named || isCards) goTo(first);
  else showReading(first);
}

// --- keys -----------------------------------------------------------------------------------------------------------

const TYPING = "textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]";

/* Keys act while a row has the focus, in cards also outside of it, and never while somebody is typing. */
function onKey(event) {
  if (event.altKey || document.querySelector("dialog[open]")) return;
  const row = rowOf(event.target) ?? (isCards && isFree(event.target) ? current() : null);
  if (event.target.matches(TYPING)) whileTyping(event, row);
  else if (!event.ctrlKey && !event.metaKey && press(event, row)) event.preventDefault();
}

/* Not in a menu or a link elsewhere, which have keys of their own. */
const isFree = (target) => target === document.body || target.id === "main" || Boolean(target.closest?.(".card-moves"));

function whileTyping(event, row) {
  if (event.key === "Escape") row?.focus();
  // A field for files opens with the space bar alone; whoever came by keys presses Enter.
  if (event.key === "Enter" && event.target.type === "file") {
    event.preventDefault();
    event.target.click();
  }
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.form?.matches("[data-answer]")) return;
  event.preventDefault();
  save(event.target.form);
  step(row, 1, { stayAtEnd: true });
}

const MOVES = { j: 1, k: -1, ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

function press(event, row) {
  const { key, target } = event;
  if (key === "?") return openHelp();
  if (!row) return false;
  if (key in MOVES) {
    // Among the verdicts the arrows choose, as everywhere.
    if (key.length > 1 && target.matches("input[type=radio]")) return false;
    step(row, MOVES[key]);
    return true;
  }
  if (/^[1-5]$/.test(key)) return choose(row, row.querySelector(`input[data-key="${key}"]:not(:disabled)`));
  if (key === "Enter") return target === row && confirmCarried(row);
  return PLACES[key]?.(row) ?? false;
}

function choose(row, choice) {
  if (!choice) return false;
  if (!choice.checked) choice.click();
  if (choice.value === "not_applicable") row.querySelector("[data-reason] textarea")?.focus();
  else if (isCards) step(row, 1, { stayAtEnd: true });
  else row.focus({ preventScroll: true });
  return true;
}

/* Opens the fold that something stands in, and goes there. */
function reach(element) {
  if (!element) return false;
  const fold = element.closest("details");
  if (fold) fold.open = true;
  element.focus();
  return true;
}

const PLACES = {
  y: confirmCarried,
  n: (row) => reach(row.querySelector("textarea[name=note]")),
  e: (row) => reach(row.querySelector("input[type=file]") ?? row.querySelector("[data-evidence-choose]")),
  d: (row) => reach(row.querySelector("[data-thread] > summary")),
  h: () => reach([...document.querySelectorAll(".past-here")].find((place) => place.getClientRects().length)),
};

function openHelp() {
  document.getElementById("keys-help")?.showModal();
  return true;
}

// --- columns --------------------------------------------------------------------------------------------------------

function watchColumns() {
  document.querySelectorAll("[data-panel-toggle]").forEach((button) => {
    const name = button.dataset.panelToggle;
    const key = `dcmm:closed:${name}${isCards ? ":cards" : ""}`;
    const show = (closed) => {
      root.classList.toggle(`is-${name}-closed`, closed);
      button.setAttribute("aria-expanded", String(!closed));
    };
    button.hidden = false;
    // One criterion at a time: the tree is out of the way until somebody asks for it.
    let closed = isCards && name === "tree";
    try {
      closed = (localStorage.getItem(key) ?? (closed ? "yes" : "no")) === "yes";
    } catch {
      // As it is then.
    }
    show(closed);
    button.addEventListener("click", () => {
      closed = !closed;
      show(closed);
      try {
        localStorage.setItem(key, closed ? "yes" : "no");
      } catch {
        // Not kept then.
      }
    });
  });
}

// --- leaving --------------------------------------------------------------------------------------------------------

let isLeaving = false;

/* What is kept here is sent from the next page; only where that cannot be is the reader asked to stay. */
function onLeave(event) {
  const states = forms().map((form) => rowOf(form).querySelector(".save-state").dataset.state);
  const isStuck = [...drafts.values()].some((known) => known.isLost) || states.some((one) => one === "unsaved" || one === "session");
  if (!isLeaving && isStuck) event.preventDefault();
}

function watchMoves() {
  document.querySelectorAll("[data-card-previous], [data-card-next]").forEach((link) =>
    link.addEventListener("click", (event) => {
      const row = current();
      if (!isCards || !row) return;
      event.preventDefault();
      const by = link.matches("[data-card-next]") ? 1 : -1;
      step(row, by);
    }),
  );
  // The way of working and the filters keep the criterion one is at.
  document.querySelectorAll("[data-way]").forEach((link) =>
    link.addEventListener("click", () => {
      if (current()) link.hash = current().id;
    }),
  );
}

if (root) {
  root.classList.add("is-live");
  root.querySelectorAll("[data-scripted]").forEach((part) => {
    part.hidden = part.matches(".card-moves") && !isCards;
  });
  storageNotice(canKeep());
  restore();
  watchHtmx();
  watchColumns();
  watchMoves();
  watch(user, tidy);
  onAnnounced(user, heard);
  root.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-answer]");
    if (form) save(form);
  });
  root.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-answer]");
    if (form && event.target.matches("textarea")) saveSoon(form);
  });
  root.addEventListener("click", onClick, true);
  root.addEventListener("submit", onSubmit, true);
  document.addEventListener("keydown", onKey);
  root.addEventListener("focusin", onFocus);
  document.body.addEventListener("answer-restored", onRestored, true);
  addEventListener("online", flush);
  addEventListener("dcmm:send", flush);
  addEventListener("dcmm:leaving", () => {
    isLeaving = true;
  });
  addEventListener("beforeunload", onLeave);
  setInterval(flush, RETRY_AFTER);
  // htmx makes the forms its own when the page is complete; before that nobody would hear "save".
  addEventListener("DOMContentLoaded", flush);
  start();
}
