/* The public self-check in the browser: answers kept on this device, one domain at a time.
 *
 * <form data-check="edition">            the questions; data-check-given: the address brought answers along
 *   [data-check-domain]                  the questions of one domain, one step; [data-check-moves] its buttons
 *   [data-check-submit]                  shown at the last step; [data-check-place] with [data-check-step]
 * [data-check-clear], [data-check-erase] deletes what is kept
 * [data-check-kept="edition"]            start page: says how far the kept answers are ([data-check-count])
 * [data-check-taken="edition"]           a draft was begun from data-check-code: what is kept has served its purpose
 * [data-check-notice]                    home page: <a data-check-link="address" data-check-edition> for a kept one
 *
 * Kept under "self-check:<edition>" as {code, step, at}: code has one character an item, "-" where none is chosen.
 * Without script the form is one long page and nothing is kept.
 */

const PREFIX = "self-check:";

function read(edition) {
  try {
    const kept = JSON.parse(localStorage.getItem(PREFIX + edition));
    return kept && /^[0-5-]+$/.test(kept.code) ? kept : null;
  } catch {
    return null;
  }
}

function keep(edition, value) {
  try {
    localStorage.setItem(PREFIX + edition, JSON.stringify({ ...value, at: new Date().toISOString() }));
  } catch {
    // A browser that keeps nothing: the address of the result still carries everything.
  }
}

function forget(edition) {
  try {
    localStorage.removeItem(PREFIX + edition);
  } catch {
    // Nothing was kept.
  }
}

const answered = (code) => [...code].filter((digit) => digit !== "-").length;

// --- the questions ------------------------------------------------------------------------------------------------

function questions(form) {
  const edition = form.dataset.check;
  const names = [...new Set([...form.querySelectorAll("input[type=radio]")].map((input) => input.name))];
  const steps = [...form.querySelectorAll("[data-check-domain]")];
  const clear = document.querySelector("[data-check-clear]");
  const bar = document.getElementById("check-progress");
  let step = 0;

  const code = () => names.map((name) => form.elements[name].value || "-").join("");

  function restore(kept) {
    if (kept.code.length !== names.length) return;
    names.forEach((name, place) => {
      if (kept.code[place] !== "-") form.elements[name].value = kept.code[place];
    });
    step = Math.min(Math.max(Number(kept.step) || 0, 0), steps.length - 1);
  }

  function count() {
    const done = answered(code());
    bar.querySelector("progress").value = done;
    bar.querySelector(".progress-figure").textContent = `${done} / ${names.length}`;
    clear.hidden = !read(edition);
  }

  function show(next, focus) {
    step = next;
    steps.forEach((section, place) => {
      section.hidden = place !== step;
    });
    form.querySelector("[data-check-step]").textContent = String(step + 1);
    form.querySelector("[data-check-submit]").hidden = step !== steps.length - 1;
    if (focus) {
      const heading = steps[step].querySelector("h2");
      heading.focus({ preventScroll: true });
      heading.scrollIntoView({ block: "start" });
    }
  }

  function move(by) {
    show(step + by, true);
    if (answered(code())) keep(edition, { code: code(), step });
  }

  /* A link to a question of another step opens that step first. */
  function follow(hash) {
    const target = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
    const place = target ? steps.findIndex((section) => section.contains(target)) : -1;
    if (place < 0) return false;
    show(place, false);
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "start" });
    return true;
  }

  const kept = read(edition);
  const given = "checkGiven" in form.dataset;
  if (kept && !given) restore(kept);
  // After a look at what is missing the first open question is the place to go on.
  const open = document.querySelector(".check-missing a");
  if (open) step = Math.max(0, steps.findIndex((section) => section.querySelector(open.getAttribute("href").replaceAll(".", "\\."))));

  form.querySelectorAll("[data-check-moves], [data-check-place]").forEach((part) => {
    part.hidden = false;
  });
  form.addEventListener("change", () => {
    keep(edition, { code: code(), step });
    count();
  });
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-check-next]")) move(1);
    if (event.target.closest("[data-check-back]")) move(-1);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".check-missing a");
    if (link && follow(link.getAttribute("href"))) event.preventDefault();
  });
  clear.querySelector("[data-check-erase]").addEventListener("click", () => {
    forget(edition);
    // To the bare address: one with answers in it would bring them back. The browser must not fill them in either.
    form.reset();
    location.replace(location.pathname);
  });
  // Going back in the history, browsers put back what was chosen after this has run.
  addEventListener("pageshow", count);

  show(step, false);
  count();
  follow(location.hash);
}

// --- other pages --------------------------------------------------------------------------------------------------

document.querySelectorAll("form[data-check]").forEach(questions);

document.querySelectorAll("[data-check-kept]").forEach((line) => {
  const kept = read(line.dataset.checkKept);
  const done = kept ? answered(kept.code) : 0;
  if (!done || kept.code.length !== Number(line.dataset.checkTotal)) return;
  line.querySelector("[data-check-count]").textContent = String(done);
  line.hidden = false;
});

document.querySelectorAll("[data-check-taken]").forEach(({ dataset }) => {
  if (read(dataset.checkTaken)?.code === dataset.checkCode) forget(dataset.checkTaken);
});

document.querySelectorAll("[data-check-notice]").forEach((notice) => {
  notice.querySelectorAll("[data-check-link]").forEach((link) => {
    const kept = read(link.dataset.checkEdition);
    if (!kept || kept.code.includes("-") || kept.code.length !== Number(link.dataset.checkTotal)) return;
    link.href = `${link.dataset.checkLink}?a=${kept.code}`;
    link.hidden = false;
    notice.hidden = false;
  });
});
