/* Several files with progress, in pieces that survive a lost line; without script the form simply posts.
 *
 * <form method="post" enctype="multipart/form-data" data-upload data-done="/where/to/go/">
 *   {% include "components/file_field.html" with ... %}      brings data-file-field, data-max-bytes, data-file-list
 *   {% include "components/upload_words.html" only %}        the words beside a file
 * data-target="id"      the reply is a fragment (header X-Fragment) that replaces the content of that element; the page
 *                       stays, and files are sent as soon as they are chosen
 * data-uploads="url"    on the form or around it: where files are announced that go in pieces (upload_transfer.js). The
 *                       criterion is data-criterion around the form, data-evidence the document a version is for
 * data-names="url"      files go where their names say; shown as soon as they are chosen, sent with the button
 * data-standing="id"    that element comes anew from the page's own address when all files have arrived
 * data-user="pk"        on the page: nothing is sent for somebody else after a change of log-in
 * Without data-uploads each file is one POST to the form's address with the other fields; 2xx (redirects followed) means
 * kept. A refusal's words are read from the page that came back.
 */

import { csrfToken } from "./shell.js";
import { Line, size, words } from "./upload_lines.js";
import { giveUp, Transfer, unfinished, wordsOf } from "./upload_transfer.js";

const AT_ONCE = 2;
const user = document.querySelector("[data-user]")?.dataset.user ?? "";
const listOf = (input) => input.closest("[data-file-field]").querySelector("[data-file-list]");
const announceAt = (form) => form.closest("[data-uploads]")?.dataset.uploads ?? "";
const criterionOf = (form) => form.closest("[data-criterion]")?.dataset.criterion ?? "";

/* Shows what was chosen and says at once which file cannot go; returns those that may, each with its line. */
function inspect(input) {
  const list = listOf(input);
  const limit = Number(input.dataset.maxBytes || Infinity);
  list.querySelectorAll(".file-row:not(.is-active, [data-unfinished])").forEach((line) => line.remove());
  const ready = [];
  for (const file of input.files) {
    const line = new Line(list, file.name, size(file.size));
    if (file.size > limit) line.end(input.dataset.tooLarge ?? "", { isRefused: true });
    else if (file.size === 0) line.end(words.empty ?? "", { isRefused: true });
    else ready.push({ file, line });
  }
  return ready;
}

// --- in pieces ------------------------------------------------------------------------------------------------------

function fieldsOf(form) {
  const code = criterionOf(form);
  return [
    ...(code ? [["criteria", code]] : []),
    ...(form.dataset.evidence ? [["evidence", form.dataset.evidence]] : []),
    ...(form.dataset.names ? [["by_name", "on"]] : []),
  ];
}

/* What else stands in the form travels with the last piece. */
function queryOf(form) {
  const others = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
  return others.length ? `?${new URLSearchParams(others)}` : "";
}

function shower(line) {
  return (state, detail) => {
    if (state === "sending" || state === "checking") line.show(detail);
    if (state === "session") line.link(words.session ?? "", words.loginUrl ?? "/");
    else line.say(detail && state === "paused" ? detail : (words[state] ?? ""));
  };
}

async function sendInPieces(form, { file, line }) {
  const begin = announceAt(form);
  const options = {
    begin,
    fields: fieldsOf(form),
    row: form.dataset.target ? criterionOf(form) : "",
    query: queryOf(form),
    user,
  };
  const transfer = new Transfer(file, options, shower(line));
  line.button(words.cancel ?? "", () => transfer.cancel());
  remember(begin, true);
  const { outcome, reply, words: reason } = await transfer.run();
  if (outcome === "kept") {
    showFragment(form, reply.text);
    line.end(words.done ?? "", { html: form.dataset.target ? "" : reply.text });
  } else {
    line.end(outcome === "cancelled" ? (words.cancelled ?? "") : reason || words.failed || "", {
      isRefused: outcome === "refused",
    });
  }
  return outcome === "kept";
}

/* A few at a time, in the order they were chosen. */
async function sendAll(ready, send) {
  const left = [...ready];
  let kept = 0;
  const worker = async () => {
    for (let item = left.shift(); item; item = left.shift()) {
      const isKept = await send(item); // awaited first: two workers count in the same figure
      if (isKept) kept += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return kept;
}

// --- at once --------------------------------------------------------------------------------------------------------

function sendAtOnce(form, input, { file, line }) {
  const body = new FormData(form);
  // After logging in again in another tab the token of the page is stale, the cookie's never.
  if (csrfToken()) body.set("csrfmiddlewaretoken", csrfToken());
  body.delete(input.name);
  body.append(input.name, file);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    if (form.dataset.target) request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) line.show(event.loaded / event.total);
    });
    request.addEventListener("loadend", () => {
      const isFragment = Boolean(request.getResponseHeader("X-Fragment"));
      // Of a form that expects a fragment, a login page that answered with 200 is no success.
      const kept = request.status >= 200 && request.status < 300 && (!form.dataset.target || isFragment);
      if (isFragment) showFragment(form, request.responseText);
      line.end(kept ? (words.done ?? "") : reason(request), { isRefused: !kept });
      resolve(kept);
    });
    request.send(body);
  });
}

function reason(request) {
  if (!request.status) return words.offline ?? "";
  return wordsOf({ text: request.responseText }) || words.failed || "";
}

function showFragment(form, html) {
  const place = form.dataset.target && document.getElementById(form.dataset.target);
  if (!place) return;
  place.innerHTML = html;
  // Refusals stand beside their file in the list, where they stay when the next file is sent.
  place.querySelectorAll(".field-error").forEach((line) => line.remove());
}

// --- a form ---------------------------------------------------------------------------------------------------------

async function submit(event, form, input, chosen) {
  if (!input.files.length) return;
  event.preventDefault();
  const buttons = form.querySelectorAll("button[type=submit]");
  const ready = chosen ?? inspect(input);
  const total = input.files.length;
  const inPieces = Boolean(announceAt(form));
  input.value = "";
  buttons.forEach((button) => {
    button.disabled = true;
  });
  for (const { line } of ready) {
    line.say(words.waiting ?? "");
    line.element.classList.add("is-active");
  }
  const kept = inPieces
    ? await sendAll(ready, (item) => sendInPieces(form, item))
    : await oneByOne(ready, (item) => sendAtOnce(form, input, item));
  buttons.forEach((button) => {
    button.disabled = false;
  });
  if (inPieces && !document.querySelector(".file-row:is(.is-active, [data-unfinished])")) remember(announceAt(form), false);
  if (form.dataset.standing) await finishPage(form, ready, kept, total);
  else if (!form.dataset.target && kept && kept === total) location.assign(form.dataset.done || location.href);
}

async function oneByOne(ready, send) {
  let kept = 0;
  for (const item of ready) kept += (await send(item)) ? 1 : 0;
  return kept;
}

/* The sum of it, and what else the page shows, anew. */
async function finishPage(form, ready, kept, total) {
  const linked = ready.map(({ line }) => line.element.querySelector("[data-codes]")?.dataset.codes).filter((c) => c !== undefined);
  const codes = new Set(linked.flatMap((c) => c.split(" ").filter(Boolean)));
  const figures = { n: kept, m: codes.size, k: linked.filter((c) => !c).length, f: total - kept };
  form.querySelector("[data-upload-summary]").textContent = (words.summary ?? "").replace(/\{([nmkf])\}/g, (_, key) => figures[key]);
  await refresh(form);
}

async function refresh(form) {
  const place = document.getElementById(form.dataset.standing);
  try {
    const reply = await fetch(form.action, { headers: { "HX-Request": "true", "X-User": user } });
    if (reply.ok && reply.headers.has("X-Fragment")) place.innerHTML = await reply.text();
  } catch {
    // What is shown is a little old then.
  }
}

/* Where each chosen file will go by its name. */
async function preview(form, ready) {
  const body = new URLSearchParams(ready.map(({ file }) => ["names", file.name]));
  body.append("csrfmiddlewaretoken", csrfToken());
  try {
    const reply = await fetch(form.dataset.names, { method: "POST", headers: { "HX-Request": "true", "X-User": user }, body });
    if (!reply.headers.has("X-Fragment")) return;
    const { places } = await reply.json();
    ready.forEach(({ line, file }, i) => line.note.isConnected && !line.bar && line.say(`${size(file.size)} · ${places[i] ?? ""}`));
  } catch {
    // It is said when the file has arrived.
  }
}

function watch(form) {
  const input = form.querySelector("[data-file-field] input[type=file]");
  if (!input) return;
  let chosen = null;
  input.addEventListener("change", () => {
    forget(input, [...input.files].map((file) => file.name));
    if (form.dataset.target) form.requestSubmit();
    else {
      chosen = inspect(input);
      if (form.dataset.names) preview(form, chosen);
    }
  });
  form.addEventListener("submit", (event) => {
    submit(event, form, input, form.dataset.target ? null : chosen);
    chosen = null;
  });
  const place = form.querySelector("[data-drop]");
  if (place) watchDrops(place, input);
}

function watchDrops(place, input) {
  place.querySelector("[data-drop-hint]").hidden = false;
  for (const name of ["dragenter", "dragover"]) {
    place.addEventListener(name, (event) => {
      event.preventDefault();
      place.classList.add("is-over");
    });
  }
  place.addEventListener("dragleave", (event) => {
    if (!place.contains(event.relatedTarget)) place.classList.remove("is-over");
  });
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("is-over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// --- after a reload -------------------------------------------------------------------------------------------------

/* Only a page that was left with uploads under way asks the server about them. */
function remember(begin, isUnderWay) {
  try {
    if (isUnderWay) localStorage.setItem(`dcmm:uploading:${user}:${begin}`, "yes");
    else localStorage.removeItem(`dcmm:uploading:${user}:${begin}`);
  } catch {
    // Then the page of many uploads still lists them.
  }
}

function isRemembered(begin) {
  try {
    return localStorage.getItem(`dcmm:uploading:${user}:${begin}`) === "yes";
  } catch {
    return false;
  }
}

/* In the rows of the criteria: what was not finished, and what to do. */
async function showUnfinished(forms) {
  const begin = announceAt(forms[0]);
  if (!isRemembered(begin)) return;
  const all = await unfinished(begin, user);
  if (!all.length) remember(begin, false);
  for (const upload of all) {
    const form = forms.find((one) => one.dataset.target && upload.criteria.length === 1 && criterionOf(one) === upload.criteria[0]);
    if (form) showOne(form, upload);
  }
}

function showOne(form, upload) {
  const input = form.querySelector("[data-file-field] input[type=file]");
  const line = new Line(listOf(input), upload.name, words.unfinished ?? "");
  line.element.dataset.unfinished = upload.name;
  line.show(upload.received / upload.size);
  line.button(words.giveUp ?? "", async () => {
    await giveUp(upload.address);
    line.element.remove();
  });
  form.closest("details")?.setAttribute("open", "");
}

/* A file that was chosen again has a line of its own now. */
function forget(input, names) {
  listOf(input)
    .querySelectorAll("[data-unfinished]")
    .forEach((line) => names.includes(line.dataset.unfinished) && line.remove());
}

const forms = [...document.querySelectorAll("form[data-upload]")];
forms.forEach(watch);
const inRows = forms.filter((form) => form.dataset.target && announceAt(form));
if (inRows.length) showUnfinished(inRows);

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-give-up]");
  if (!button) return;
  await giveUp(button.dataset.giveUp);
  const form = document.querySelector("form[data-standing]");
  if (form) await refresh(form);
});

// Leaving while files are under way asks first; they can be continued, but not by themselves.
addEventListener("beforeunload", (event) => {
  if (document.querySelector(".file-row.is-active")) event.preventDefault();
});
