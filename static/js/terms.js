/* Terms of the glossary explained where they stand: on hover, on focus and on the first tap.
 *
 * <a class="term" href="…" title="definition">word</a>   (|glossed). Without script the title and the link do the work.
 * The box stays while the pointer is on it and goes with Escape, with the focus or with scrolling (WCAG 2.2, 1.4.13).
 */

import { placeNear } from "./near.js";

const WAIT = 150;
const box = document.createElement("div");
box.className = "term-box";
box.id = "term-box";
box.setAttribute("role", "tooltip");
box.hidden = true;

let shown = null;
let timer = 0;

function definitionOf(term) {
  // A title would show a second time, later and without style.
  if (term.title) {
    term.dataset.definition = term.title;
    term.removeAttribute("title");
  }
  return term.dataset.definition ?? "";
}

function show(term) {
  clearTimeout(timer);
  if (shown === term) return;
  hide();
  const words = definitionOf(term);
  if (!words) return;
  if (!box.isConnected) document.body.append(box);
  box.textContent = words;
  box.hidden = false;
  term.setAttribute("aria-describedby", box.id);
  placeNear(box, term);
  shown = term;
}

function hide() {
  clearTimeout(timer);
  shown?.removeAttribute("aria-describedby");
  shown = null;
  box.hidden = true;
}

function hideSoon() {
  clearTimeout(timer);
  timer = setTimeout(hide, WAIT);
}

const termOf = (event) => event.target.closest?.("a.term");

document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const term = termOf(event);
  if (term) show(term);
  else if (event.target === box) clearTimeout(timer);
});
document.addEventListener("pointerout", (event) => {
  if (event.pointerType !== "touch" && (termOf(event) || event.target === box)) hideSoon();
});
document.addEventListener("focusin", (event) => {
  const term = termOf(event);
  if (term?.matches(":focus-visible")) show(term);
});
document.addEventListener("focusout", (event) => termOf(event) && hide());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && shown) {
    event.stopPropagation();
    hide();
  }
}, true);
document.addEventListener("scroll", hide, { capture: true, passive: true });
// A finger cannot hover: the first tap explains, the second follows the link.
document.addEventListener("click", (event) => {
  const term = termOf(event);
  if (!term) {
    if (shown && event.target !== box) hide();
  } else if (event.pointerType === "touch" && shown !== term) {
    event.preventDefault();
    show(term);
  }
}, true);
