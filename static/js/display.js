// Large display is kept in this browser and set before the first paint, so that the page does not jump.
try {
  if (localStorage.getItem("display") === "large") document.documentElement.dataset.display = "large";
} catch {
  // Storage is switched off: normal size.
}
