/* What one reads beside a criterion: guidance, what was said before, the discussion. Loaded when it is looked at.
 *
 * Guidance and the past stand in the row; on a wide screen with the panel open they stand there instead, for the row with
 * the focus. The past comes from the server once for each criterion, after a moment on it; the discussion when its fold is
 * opened.
 */

const WIDE = matchMedia("(min-width: 87.51rem)");
const A_MOMENT = 400;

export function reading(root, words) {
  const panel = document.querySelector("[data-guide-panel]");
  const pasts = new Map();
  let row = null;
  let timer = 0;

  async function load(address, place) {
    place.textContent = words.loading ?? "";
    try {
      const reply = await fetch(address, { headers: { "HX-Request": "true", "X-User": root.dataset.user } });
      if (!reply.ok || !reply.headers.has("X-Fragment")) throw new Error(String(reply.status));
      place.innerHTML = await reply.text();
      window.htmx?.process(place);
      return true;
    } catch {
      place.textContent = words.notLoaded ?? "";
      return false;
    }
  }

  /* One element a criterion, moved to where it is read: twice on a page its ids would stand twice. */
  function pastOf(criterion) {
    const address = criterion.querySelector("[data-past-url]")?.dataset.pastUrl;
    if (!address) return null;
    const known = pasts.get(address);
    if (known) return known;
    const place = Object.assign(document.createElement("div"), { className: "past-here", tabIndex: -1 });
    pasts.set(address, place);
    clearTimeout(timer);
    const begin = async () => {
      if (row !== criterion || !(await load(address, place))) pasts.delete(address);
    };
    timer = setTimeout(begin, A_MOMENT);
    return place;
  }

  function show(criterion) {
    if (!criterion || !panel) return;
    row = criterion;
    const isBeside = WIDE.matches && !root.classList.contains("is-panel-closed");
    const guide = row.querySelector("[data-guide]");
    panel.hidden = !isBeside || !guide;
    if (guide) {
      panel.querySelector("[data-guide-code]").textContent = row.dataset.criterion;
      panel.querySelector("[data-guide-place]").innerHTML = guide.innerHTML;
    }
    const past = pastOf(row);
    const place = isBeside ? panel.querySelector("[data-past-place]") : row.querySelector("[data-past-url]");
    if (past) place.replaceChildren(past);
    else panel.querySelector("[data-past-place]").replaceChildren();
  }

  root.addEventListener(
    "toggle",
    ({ target: fold }) => {
      if (!fold.matches?.("[data-thread]") || !fold.open || fold.dataset.loaded) return;
      fold.dataset.loaded = "yes";
      load(fold.dataset.thread, fold.querySelector("[data-thread-place]")).then((isThere) => {
        if (!isThere) delete fold.dataset.loaded;
      });
    },
    true,
  );
  document.body.addEventListener("discussion-changed", ({ detail }) => {
    const count = document.querySelector(`[id="c-${detail.code}"] [data-thread-count]`);
    if (!count) return;
    count.hidden = false;
    count.textContent = detail.comments;
    count.classList.toggle("is-open", detail.isOpen);
  });
  const anew = () => show(row);
  WIDE.addEventListener("change", anew);
  document.querySelectorAll("[data-panel-toggle]").forEach((button) => button.addEventListener("click", () => setTimeout(anew)));
  return show;
}
