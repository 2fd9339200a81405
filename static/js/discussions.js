/* The fragments of a row that htmx replaces as a whole: its discussion and what was said of it before.
 *
 * <section data-discussion="6.1-L3-02"> ... forms with hx-target="closest [data-discussion]" hx-swap="outerHTML"
 * <div data-past="6.1-L3-02"> ...       forms with hx-target="closest [data-past]" hx-swap="outerHTML"
 *
 * A refusal (409, 422) comes with X-Fragment and is shown like any other answer; a page without that header (a login page,
 * an error page of a proxy) is never put in: then, and without a line, everything stays where it is and [data-failed]
 * in the fragment is shown.
 * Events on the body, for whoever shows the row:
 *   discussion-changed   detail {code, comments, isOpen}
 *   answer-restored      detail {code, version, verdict, reason, note}; the page is loaded anew unless somebody
 *                        who has filled the row in calls preventDefault()
 */

import { csrfToken } from "./shell.js";

const PLACES = "[data-discussion], [data-past]";

function isOurs(event) {
  return event.detail.target?.matches?.(PLACES);
}

// After logging in again in another tab the page still works, but only for the person it was made for.
document.addEventListener("htmx:configRequest", (event) => {
  if (!isOurs(event)) return;
  const reader = document.querySelector("[data-user]")?.dataset.user;
  if (reader) event.detail.headers["X-User"] = reader;
  event.detail.parameters.csrfmiddlewaretoken = csrfToken();
  event.detail.headers["X-CSRFToken"] = csrfToken();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isOurs(event)) return;
  const { xhr } = event.detail;
  event.detail.shouldSwap = Boolean(xhr.getResponseHeader("X-Fragment")) && [200, 409, 422].includes(xhr.status);
  event.detail.isError = !event.detail.shouldSwap;
  failed(event, !event.detail.shouldSwap);
});

document.addEventListener("htmx:sendError", (event) => isOurs(event) && failed(event, true));

function failed(event, hasFailed) {
  const words = event.detail.target.querySelector("[data-failed]");
  if (words) words.hidden = !hasFailed;
}

document.addEventListener("answer-restored", (event) => {
  if (!event.defaultPrevented) window.location.reload();
});

// What had the focus is gone with the old fragment: on to what was refused, or to the new fragment itself.
document.addEventListener("htmx:afterSwap", (event) => {
  if (!isOurs(event) || event.detail.requestConfig.verb !== "post") return;
  const { discussion, past } = event.detail.target.dataset;
  const mark = discussion ? `[data-discussion="${CSS.escape(discussion)}"]` : `[data-past="${CSS.escape(past)}"]`;
  const fresh = document.querySelector(mark);
  (fresh?.querySelector("[data-first-error]") ?? fresh)?.focus();
});
