/* Places a box beside an element, inside the window: below it, above it where there is more room.
 *
 * The box must be position: fixed. Scrolling moves the element away from under it, so callers close or place it anew.
 */

const GAP = 8;

export function placeNear(box, element) {
  const at = element.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const below = at.bottom + GAP + height <= innerHeight || at.top < innerHeight - at.bottom;
  const top = below ? at.bottom + GAP : at.top - GAP - height;
  const left = Math.min(at.left, innerWidth - width - GAP);
  box.style.top = `${Math.max(GAP, Math.min(top, innerHeight - height - GAP))}px`;
  box.style.left = `${Math.max(GAP, left)}px`;
}
