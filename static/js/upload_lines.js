/* How the files of an upload look: a line each with name, state, percent, a bar and a button to cancel.
 *
 * The list is a live region, so the state is said when it changes; the percent is for the eye alone, the bar tells it to
 * whoever asks.
 */

export const words = document.querySelector("[data-upload-words]")?.dataset ?? {};

export function size(bytes) {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function part(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

export class Line {
  constructor(list, name, note = "") {
    this.element = part("li", "file-row");
    this.note = part("span", "file-note", note);
    this.percent = part("span", "file-percent");
    this.percent.setAttribute("aria-hidden", "true");
    const state = part("span", "file-state");
    state.append(this.note, this.percent);
    this.name = name;
    this.element.append(part("span", "file-name", name), state);
    list.append(this.element);
  }

  say(text) {
    if (this.note.textContent !== text) this.note.textContent = text;
  }

  /* How far, 0 to 1. */
  show(share) {
    if (!this.bar) {
      this.bar = Object.assign(part("progress", "progress-track"), { max: 100 });
      this.bar.setAttribute("aria-label", this.name);
      this.element.append(this.bar);
    }
    const percent = Math.floor(share * 100);
    this.bar.value = percent;
    this.percent.textContent = ` ${percent}%`;
  }

  button(text, act) {
    this.action?.remove();
    this.action = Object.assign(part("button", "button button-plain button-small", text), { type: "button" });
    const whose = part("span", "visually-hidden", ` ${this.name}`);
    this.action.append(whose);
    this.action.addEventListener("click", act);
    this.element.append(this.action);
  }

  /* Nothing more will happen to it. */
  end(text, { isRefused = false, html = "" } = {}) {
    this.bar?.remove();
    this.percent.remove();
    this.action?.remove();
    this.element.classList.remove("is-active");
    this.element.classList.toggle("is-refused", isRefused);
    if (html) this.note.innerHTML = html;
    else this.say(text);
  }

  link(text, url) {
    this.say(`${text} `);
    const link = Object.assign(part("a", "", words.login ?? ""), { href: url, target: "_blank", rel: "noopener" });
    this.note.append(link);
  }
}
