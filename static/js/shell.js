/* What every page has: drawer, menus, dialogs, large display, search key, the token of requests.
 *
 * data-drawer-open, data-drawer-close   links that open and close #side (without script they work as #side and #main)
 * <details data-menu>                   closes on Escape, on a click elsewhere and when another one opens
 * data-dialog-open="id"                 button or link that opens <dialog id>; data-dialog-close inside it closes
 * data-display-toggle                   button (hidden without script) that switches large display
 * data-search-shortcut                  search field that "/" leads to
 * data-error-summary                    gets the focus when the page was loaded with errors
 * <details data-narrow-closed>          open on a wide screen, closed on a phone when the page loads
 * data-autosubmit                       <select> that sends its form; put the button into <noscript>
 * data-print                            button that prints the page (hidden without script)
 */

const narrow = matchMedia("(max-width: 61.99rem)");

// Drawer.
const side = document.getElementById("side");
let opener = null;

function setDrawer(open) {
  if (!side) return;
  side.classList.toggle("is-open", open);
  document.querySelectorAll("[data-drawer-open]").forEach((link) => link.setAttribute("aria-expanded", String(open)));
  if (open) side.querySelector("a, button, input")?.focus();
  else opener?.focus();
  if (!open) opener = null;
}

function trapFocus(event) {
  const stops = [...side.querySelectorAll("a[href], button, input:not([type=hidden]), summary")].filter(
    (element) => element.getClientRects().length,
  );
  const [first, last] = [stops[0], stops[stops.length - 1]];
  if (event.shiftKey && document.activeElement === first) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
}

document.querySelectorAll("[data-drawer-open]").forEach((link) => {
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
});

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-drawer-open], [data-drawer-close]");
  if (!target) return;
  event.preventDefault();
  if (target.matches("[data-drawer-open]")) opener = target;
  setDrawer(target.matches("[data-drawer-open]"));
});

narrow.addEventListener("change", () => side?.classList.contains("is-open") && setDrawer(false));

// Menus.
function closeMenus(except) {
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  });
}

document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details[data-menu]")));

document.addEventListener("keydown", (event) => {
  if (side?.classList.contains("is-open")) {
    if (event.key === "Escape") setDrawer(false);
    if (event.key === "Tab") trapFocus(event);
  }
  if (event.key === "Escape") {
    const menu = event.target.closest?.("details[data-menu][open]");
    closeMenus(null);
    menu?.querySelector("summary")?.focus();
  }
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const field = document.querySelector("[data-search-shortcut]");
    if (field?.getClientRects().length) {
      event.preventDefault();
      field.focus();
    }
  }
});

// Dialogs.
document.addEventListener("click", (event) => {
  const open = event.target.closest("[data-dialog-open]");
  if (open) {
    const dialog = document.getElementById(open.dataset.dialogOpen);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
});

// Large display.
const toggles = document.querySelectorAll("[data-display-toggle]");

function showDisplay() {
  const large = document.documentElement.dataset.display === "large";
  toggles.forEach((toggle) => {
    toggle.hidden = false;
    toggle.setAttribute("aria-pressed", String(large));
  });
}

toggles.forEach((toggle) =>
  toggle.addEventListener("click", () => {
    const large = document.documentElement.dataset.display !== "large";
    if (large) document.documentElement.dataset.display = "large";
    else delete document.documentElement.dataset.display;
    try {
      localStorage.setItem("display", large ? "large" : "normal");
    } catch {
      // Not kept then.
    }
    showDisplay();
  }),
);
showDisplay();

// Small conveniences.
document.querySelector("[data-error-summary]")?.focus();

document.querySelectorAll("details[data-narrow-closed]").forEach((fold) => {
  fold.open = !narrow.matches;
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosubmit]")) event.target.form?.requestSubmit();
});

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});

// After logging in again in another tab the token of this page is stale; the cookie always has the current one.
document.addEventListener("htmx:configRequest", (event) => {
  const token = csrfToken();
  if (token) event.detail.headers["X-CSRFToken"] = token;
});

export function csrfToken() {
  return document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? "";
}
