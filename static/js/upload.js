/* Several files with progress; without script the form simply posts.
 *
 * <form method="post" enctype="multipart/form-data" data-upload data-done="/where/to/go/">
 *   {% include "components/file_field.html" with ... %}      brings data-file-field, data-max-bytes, data-file-list
 *   {% include "components/upload_words.html" only %}        the words for progress
 * Each file is one POST to the form's address with the other fields; 2xx (redirects followed) means kept.
 * data-target="id" on the form: the reply is a fragment (header X-Fragment) that replaces the content of that element; the
 * page stays. Files are sent as soon as they are chosen.
 * A refusal's words are read from the page that came back (.error-summary li, .field-error, .invalid-feedback).
 */

import { csrfToken } from "./shell.js";

const words = document.querySelector("[data-upload-words]")?.dataset ?? {};

function row(list, file) {
  const line = document.createElement("li");
  line.className = "file-row";
  const name = document.createElement("span");
  name.textContent = file.name;
  const note = document.createElement("span");
  note.className = "file-note";
  note.textContent = size(file.size);
  line.append(name, note);
  list.append(line);
  return { line, note };
}

function size(bytes) {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function refuse(view, message) {
  view.line.classList.add("is-refused");
  view.note.textContent = message;
}

/* Shows what was chosen and says at once which file is too large; returns the files that may go. */
function inspect(input) {
  const list = input.closest("[data-file-field]").querySelector("[data-file-list]");
  const limit = Number(input.dataset.maxBytes || Infinity);
  list.replaceChildren();
  const ready = [];
  for (const file of input.files) {
    const view = row(list, file);
    if (file.size > limit) refuse(view, input.dataset.tooLarge ?? "");
    else ready.push({ file, view });
  }
  return ready;
}

function send(form, input, { file, view }) {
  const body = new FormData(form);
  // After logging in again in another tab the token of the page is stale, the cookie's never.
  if (csrfToken()) body.set("csrfmiddlewaretoken", csrfToken());
  body.delete(input.name);
  body.append(input.name, file);
  const bar = document.createElement("progress");
  bar.className = "progress-track";
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  view.line.append(bar);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    if (form.dataset.target) request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("loadend", () => {
      bar.remove();
      const kept = accepted(form, request);
      showFragment(form, request);
      if (kept) view.note.textContent = words.done ?? "";
      else refuse(view, reason(request));
      resolve(kept);
    });
    request.send(body);
  });
}

/* Of a form that expects a fragment, a login page that answered with 200 is no success. */
function accepted(form, request) {
  const isOk = request.status >= 200 && request.status < 300;
  return isOk && (!form.dataset.target || Boolean(request.getResponseHeader("X-Fragment")));
}

function showFragment(form, request) {
  const place = form.dataset.target && document.getElementById(form.dataset.target);
  if (!place || !request.getResponseHeader("X-Fragment")) return;
  place.innerHTML = request.responseText;
  // Refusals stand beside their file in the list, where they stay when the next file is sent.
  place.querySelectorAll(".field-error").forEach((line) => line.remove());
}

function reason(request) {
  if (!request.status) return words.offline ?? "";
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const said = page.querySelector(".error-summary li, .field-error, .invalid-feedback, [data-refusal]")?.textContent.trim();
  return said || words.failed || "";
}

async function submit(event, form, input) {
  if (!input.files.length) return;
  event.preventDefault();
  const buttons = form.querySelectorAll("button[type=submit]");
  const ready = inspect(input);
  const refused = input.files.length - ready.length;
  buttons.forEach((button) => {
    button.disabled = true;
  });
  let kept = 0;
  for (const item of ready) kept += (await send(form, input, item)) ? 1 : 0;
  buttons.forEach((button) => {
    button.disabled = false;
  });
  input.value = "";
  if (!form.dataset.target && kept && kept === ready.length && !refused) location.assign(form.dataset.done || location.href);
}

document.querySelectorAll("[data-file-field] input[type=file]").forEach((input) => {
  const form = input.form;
  input.addEventListener("change", () => {
    if (form?.dataset.target) form.requestSubmit();
    else inspect(input);
  });
});

document.querySelectorAll("form[data-upload]").forEach((form) => {
  const input = form.querySelector("[data-file-field] input[type=file]");
  if (input) form.addEventListener("submit", (event) => submit(event, form, input));
});
