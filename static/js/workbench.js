/* The assessor's workbench: pane sizes, filters and unsaved words that are remembered, and keys.
 *
 * <div id="workbench" data-key="..."> is replaced as a whole by htmx; data-key tells one criterion of one reader apart.
 * <div class="workbench" data-workbench="review">                    key under which sizes are kept
 *   <section class="pane" data-pane="list"> ... [data-workbench-item] links; aria-current="true" on the open one
 *   <div class="splitter" role="separator" aria-orientation="vertical" tabindex="0" aria-label="..."
 *        data-splitter="list" aria-valuemin="200" aria-valuemax="560" aria-valuenow="320"></div>
 *   <section class="pane" data-pane="case">, [data-bench-focus] gets the focus when another criterion is shown;
 *   second splitter data-splitter="ruling" (measured from the right edge)
 *   <section class="pane" data-pane="ruling"> form[data-ruling] with verdict_control (data-key), [data-save-next] button
 *
 * Keys while the focus is inside: j and k open the next and the previous criterion of the list, 1 to 5 choose the verdict,
 * n goes to the remark, Escape leaves it; Ctrl+Enter saves and goes on, also while typing.
 * What is typed and not saved is kept for this tab only and put back when the criterion is shown again.
 * data-remember-filters="review" on an element of the list page keeps the filters of its address;
 * <a data-with-filters="review"> gets them appended, so that "back to the list" keeps them.
 */

const words = document.querySelector("[data-workbench-words]")?.dataset ?? {};
const root = () => document.getElementById("workbench");
const bench = () => root()?.querySelector("[data-workbench]");

function store(name, value, place = localStorage) {
  try {
    if (value === null) place.removeItem(`dcmm:${name}`);
    else place.setItem(`dcmm:${name}`, value);
  } catch {
    // Not remembered then.
  }
}

function recall(name, place = localStorage) {
  try {
    return place.getItem(`dcmm:${name}`);
  } catch {
    return null;
  }
}

// Panes.
function resize(splitter, width) {
  const frame = bench();
  const least = Number(splitter.getAttribute("aria-valuemin"));
  const most = Math.min(Number(splitter.getAttribute("aria-valuemax")), frame.clientWidth * 0.45);
  const size = Math.round(Math.max(least, Math.min(most, width)));
  frame.style.setProperty(`--pane-${splitter.dataset.splitter}`, `${size}px`);
  splitter.setAttribute("aria-valuenow", String(size));
  return size;
}

function watchSplitter(splitter) {
  const name = `${bench().dataset.workbench}:${splitter.dataset.splitter}`;
  const fromRight = splitter.dataset.splitter === "ruling";
  const kept = Number(recall(name));
  if (kept) resize(splitter, kept);
  splitter.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    splitter.setPointerCapture(event.pointerId);
    const box = bench().getBoundingClientRect();
    const move = (at) => resize(splitter, fromRight ? box.right - at.clientX : at.clientX - box.left);
    const end = () => {
      splitter.removeEventListener("pointermove", move);
      store(name, splitter.getAttribute("aria-valuenow"));
    };
    splitter.addEventListener("pointermove", move);
    splitter.addEventListener("lostpointercapture", end, { once: true });
  });
  splitter.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (!way) return;
    event.preventDefault();
    const size = resize(splitter, Number(splitter.getAttribute("aria-valuenow")) + (fromRight ? -way : way));
    store(name, String(size));
  });
}

// The own ruling: what is not saved yet.
const form = () => root()?.querySelector("form[data-ruling]");
const draftName = () => `ruling:${root().dataset.key}`;

function entered() {
  const data = new FormData(form());
  return { verdict: data.get("verdict") ?? "", remark: data.get("remark") ?? "", version: data.get("version") };
}

function show(state, text) {
  const output = root()?.querySelector(".save-state");
  if (!output) return;
  output.dataset.state = state;
  output.textContent = text ?? "";
}

function noteChange(event) {
  if (!event.target.closest?.("form[data-ruling]")) return;
  store(draftName(), JSON.stringify(entered()), sessionStorage);
  show("unsaved", words.unsaved);
}

/* Only onto the version it was typed for, and never over what the server has just sent back with a refusal. */
function restore() {
  const kept = form() && recall(draftName(), sessionStorage);
  if (!kept || form().querySelector('[role="alert"]')) return;
  const draft = JSON.parse(kept);
  const now = entered();
  if (draft.version !== now.version || (draft.verdict === now.verdict && draft.remark === now.remark)) {
    store(draftName(), null, sessionStorage);
    return;
  }
  const choice = form().querySelector(`input[name="verdict"][value="${draft.verdict}"]`);
  if (choice) choice.checked = true;
  form().elements.namedItem("remark").value = draft.remark;
  show("unsaved", words.restored);
}

// Keys.
function onKey(event) {
  // Keys count in the panes, and where nothing has the focus, as when the page was just loaded.
  if (!bench() || !(bench().contains(event.target) || event.target === document.body)) return;
  const typing = event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const button = bench().querySelector("[data-save-next]");
    if (!button) return;
    event.preventDefault();
    button.click(); // htmx learns which button it was from the click
  } else if (typing && event.key === "Escape") {
    root().querySelector("[data-bench-focus]")?.focus();
  } else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    singleKey(event);
  }
}

function singleKey(event) {
  const ruling = bench().querySelector('[data-pane="ruling"]');
  let target = null;
  if (event.key === "j" || event.key === "k") {
    target = neighbour(event.key === "j" ? 1 : -1);
    if (target) go(target);
  } else if (/^[1-5]$/.test(event.key)) {
    target = ruling.querySelector(`input[data-key="${event.key}"]:not(:disabled)`);
    target?.click();
    target?.focus();
  } else if (event.key === "n") {
    target = ruling.querySelector("textarea");
    target?.focus();
  }
  if (target) event.preventDefault();
}

/* Marked at once, so that a second key pressed before the answer moves on from here. */
function go(item) {
  bench().querySelector("[data-workbench-item][aria-current]")?.removeAttribute("aria-current");
  item.setAttribute("aria-current", "true");
  item.click();
}

function neighbour(by) {
  const items = [...bench().querySelectorAll("[data-workbench-item]")];
  return items[items.findIndex((item) => item.hasAttribute("aria-current")) + by];
}

// Each time the panes are shown.
function begin() {
  if (!bench()) return;
  bench().querySelectorAll("[data-splitter]").forEach(watchSplitter);
  const current = bench().querySelector("[data-workbench-item][aria-current]");
  const list = current?.closest(".pane-body");
  if (list) list.scrollTop = current.offsetTop - list.offsetTop - list.clientHeight / 3;
  restore();
}

if (root()) {
  begin();
  document.addEventListener("keydown", onKey);
  document.addEventListener("input", noteChange);
  // A refused form comes back with 409 or 422 and is shown like any other; what is no workbench is not.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, target } = event.detail;
    if (target?.id !== "workbench") return;
    const isBench = xhr.responseText.includes('id="workbench"');
    event.detail.shouldSwap = isBench && [200, 409, 422].includes(xhr.status);
    event.detail.isError = !event.detail.shouldSwap;
    if (event.detail.shouldSwap && xhr.status === 200 && event.detail.requestConfig.verb === "post") {
      store(draftName(), null, sessionStorage);
    }
    if (isBench) return;
    const loggedOut = xhr.status === 401 || (xhr.status === 200 && !isBench);
    show("error", loggedOut ? words.session : words.error);
  });
  document.body.addEventListener("htmx:sendError", () => show("error", words.error));
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches?.("form[data-ruling]")) show("saving", words.saving);
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (!root()) return;
    if (event.detail.requestConfig && bench()) {
      begin();
      const alert = root().querySelector('form[data-ruling] [role="alert"]');
      if (alert) alert.scrollIntoView({ block: "nearest" });
      else root().querySelector("[data-bench-focus]")?.focus({ preventScroll: true });
    }
  });
}

// Filters.
const remembered = document.querySelector("[data-remember-filters]");
if (remembered) store(`filters:${remembered.dataset.rememberFilters}`, location.search);
function appendFilters() {
  document.querySelectorAll("a[data-with-filters]").forEach((link) => {
    const search = recall(`filters:${link.dataset.withFilters}`);
    if (search && !link.search) link.search = search;
  });
}
appendFilters();
document.body.addEventListener("htmx:afterSwap", appendFilters);
