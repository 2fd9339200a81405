/* Turning the pages of a preview with the arrow keys; without script the links do.
 *
 * <nav data-preview> holds the links with rel="prev" and rel="next". Left and right are the page's own while what has the
 * focus scrolls sideways or takes words.
 */

const bar = document.querySelector("[data-preview]");
const directions = { ArrowLeft: "prev", ArrowRight: "next" };

document.addEventListener("keydown", (event) => {
  const rel = directions[event.key];
  if (!rel || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const place = event.target;
  if (place.closest?.("input, textarea, select, [contenteditable]")) return;
  const sheet = place.closest?.(".preview-sheet");
  if (sheet && sheet.scrollWidth > sheet.clientWidth) return;
  const link = bar.querySelector(`a[rel=${rel}]`);
  if (link) {
    event.preventDefault();
    link.click();
  }
});
