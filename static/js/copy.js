// Copying a value that stands in a read-only field. Without this module the field can still be selected by hand.

for (const field of document.querySelectorAll("[data-copy]")) {
  const input = field.querySelector("input");
  const button = field.querySelector("button");
  const state = field.querySelector("[role=status]");
  button.hidden = false;
  input.addEventListener("focus", () => input.select());
  button.addEventListener("click", async () => {
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
    } catch {
      // Outside a secure context there is no clipboard: the value is selected, the keyboard copies it.
      return;
    }
    state.textContent = field.dataset.copied;
  });
}
