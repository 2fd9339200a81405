/* A walk round the page: one thing after the other is pointed out and explained.
 *
 * {% tour "questionnaire" %} puts into the page
 *   <section data-tour="questionnaire" data-seen-url="…" [data-auto] hidden> <ol><li data-at="CSS selector"><h2>…<p>…
 *   with the buttons data-tour-next, -back, -end; without script the section stays hidden and the guide page has the words
 * data-tour-start="questionnaire"   button (hidden without script) that begins the walk again
 * data-auto                         the walk begins by itself: the person has not seen it yet
 * A stop whose element is not on the page, or folded away, is left out. Escape ends the walk; it does not come back.
 */

import { csrfToken } from "./shell.js";
import { placeNear } from "./near.js";

const isThere = (element) => Boolean(element?.getClientRects().length);

function walk(section) {
  const stops = [...section.querySelectorAll("li[data-at]")].filter((stop) => isThere(document.querySelector(stop.dataset.at)));
  if (!stops.length) return;
  const position = section.querySelector("[data-tour-position]");
  const [back, next, end] = ["back", "next", "end"].map((name) => section.querySelector(`[data-tour-${name}]`));
  const before = document.activeElement;
  let at = 0;

  function point() {
    document.querySelector(".is-toured")?.classList.remove("is-toured");
    const element = document.querySelector(stops[at].dataset.at);
    element.classList.add("is-toured");
    element.scrollIntoView({ block: "center", behavior: "instant" });
    section.querySelectorAll("li[data-at]").forEach((stop) => {
      stop.hidden = stop !== stops[at];
    });
    position.textContent = `${at + 1} / ${stops.length}`;
    back.disabled = at === 0;
    next.hidden = at === stops.length - 1;
    end.textContent = next.hidden ? end.dataset.done : end.dataset.skip;
    placeNear(section, element);
    (next.hidden ? end : next).focus({ preventScroll: true });
  }

  function go(by) {
    at = Math.max(0, Math.min(stops.length - 1, at + by));
    point();
  }

  function finish() {
    controller.abort();
    section.hidden = true;
    document.querySelector(".is-toured")?.classList.remove("is-toured");
    if (isThere(before)) before.focus({ preventScroll: true });
    fetch(section.dataset.seenUrl, { method: "POST", headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } }).catch(() => {});
  }

  const controller = new AbortController();
  const listen = { signal: controller.signal };
  next.addEventListener("click", () => go(1), listen);
  back.addEventListener("click", () => go(-1), listen);
  end.addEventListener("click", finish, listen);
  addEventListener("resize", point, listen);
  section.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape") finish();
      else if (event.key === "ArrowRight") go(1);
      else if (event.key === "ArrowLeft") go(-1);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    listen,
  );
  section.hidden = false;
  point();
}

for (const section of document.querySelectorAll("[data-tour]")) {
  document.querySelectorAll(`[data-tour-start="${section.dataset.tour}"]`).forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => walk(section));
  });
  if (section.hasAttribute("data-auto")) walk(section);
}
