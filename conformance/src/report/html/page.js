"use strict";
// What makes the page quicker to use. Without it everything is there, and nothing can be filtered.
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

  const form = $("#filters");
  const checks = $$("details.check");
  const words = new Map(checks.map((check) => [check, check.textContent.toLowerCase()]));
  const clauses = new Map(
    checks.map((check) => [check, $$(".clauses a", check).map((clause) => clause.textContent)]),
  );
  const SELECTS = ["area", "level", "cap", "clause"];

  for (const element of $$("[data-script]")) element.hidden = false;

  const say = (text) => {
    $("#said").textContent = text;
  };

  // The state of the filters; the address holds it, so that a view can be sent to somebody.

  const nothing = () => ({ q: "", status: [], area: "", level: "", cap: "", clause: "" });

  let current = nothing();

  const read = (hash) => {
    const state = nothing();
    for (const [name, value] of new URLSearchParams(hash)) {
      if (name === "status") state.status = value.split(",").filter(Boolean);
      else if (name in state) state[name] = value;
    }
    return state;
  };

  const address = (state) => {
    const parts = new URLSearchParams();
    for (const [name, value] of Object.entries(state)) {
      if (value.length) parts.set(name, String(value));
    }
    return parts.toString();
  };

  const fits = (check, state) => {
    const { status, area, level, cap } = check.dataset;
    return (
      (!state.status.length || state.status.includes(status)) &&
      (!state.area || state.area === area) &&
      (!state.level || state.level === level) &&
      (!state.cap || cap.split(" ").includes(state.cap)) &&
      (!state.clause || clauses.get(check).includes(state.clause)) &&
      state.q
        .toLowerCase()
        .split(/\s+/)
        .every((word) => words.get(check).includes(word))
    );
  };

  const show = (state) => {
    let shown = 0;
    for (const check of checks) {
      check.hidden = !fits(check, state);
      if (!check.hidden) shown += 1;
    }
    for (const area of $$(".area")) area.hidden = $$("details.check", area).every((check) => check.hidden);
    const narrowed = address(state) !== "";
    $("#none").hidden = shown > 0 || !narrowed;
    $("#count").textContent = narrowed ? `${shown} of ${checks.length} checks` : `${checks.length} checks`;
    $("#q").value = state.q;
    for (const name of SELECTS) form.elements[name].value = state[name];
    for (const chip of $$(".chip", form)) {
      chip.setAttribute("aria-pressed", String(state.status.includes(chip.dataset.status)));
    }
    $("[data-clear]", form).hidden = !narrowed;
    const { q, ...rest } = state;
    const cell = address({ ...rest, q: "" });
    for (const link of $$(".matrix [data-go]")) {
      if (cell && cell === link.dataset.go) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };

  const set = (change) => {
    current = { ...current, ...change };
    const hash = address(current);
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
    show(current);
  };

  const scroll = (element) => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
  };

  const named = (hash) => {
    try {
      return document.getElementById(decodeURIComponent(hash));
    } catch {
      return null;
    }
  };

  // An address is a view, or the name of a place; a check that is named is shown, whatever was filtered.
  const arrive = () => {
    const hash = location.hash.slice(1);
    const target = hash ? named(hash) : null;
    const isCheck = target instanceof HTMLDetailsElement;
    if (!target) current = read(hash);
    else if (isCheck && !fits(target, current)) current = nothing();
    show(current);
    if (!target && hash) form.scrollIntoView({ block: "start" });
    if (isCheck) {
      target.open = true;
      target.scrollIntoView({ block: "start" });
      $("summary", target).focus({ preventScroll: true });
    }
  };

  addEventListener("hashchange", arrive);
  arrive();
  // The browser goes to the place that the address names once more, and takes the focus along.
  addEventListener("load", () => setTimeout(arrive));

  $("#q").addEventListener("input", (event) => set({ q: event.target.value }));
  for (const name of SELECTS) {
    form.elements[name].addEventListener("change", (event) => set({ [name]: event.target.value }));
  }
  form.addEventListener("submit", (event) => event.preventDefault());

  $("#unfold").addEventListener("click", ({ currentTarget: button }) => {
    const open = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(open));
    button.textContent = open ? "Close all" : "Open all";
    for (const check of checks) if (!check.hidden) check.open = open;
  });

  document.addEventListener("click", (event) => {
    const { target } = event;
    const chip = target.closest(".chip");
    if (chip) {
      const { status } = current;
      const of = chip.dataset.status;
      set({ status: status.includes(of) ? status.filter((one) => one !== of) : [...status, of] });
      return;
    }
    if (target.closest("[data-clear]")) {
      set(nothing());
      $("#q").focus();
      return;
    }
    const link = target.closest("[data-go]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const wanted = new URLSearchParams(link.dataset.go);
      const state = { ...nothing(), ...Object.fromEntries(wanted) };
      state.status = wanted.get("status")?.split(",") ?? [];
      set(state);
      scroll(form);
      say($("#count").textContent);
    }
  });

  // Copying.

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A page that is not trusted with the clipboard can still copy what is selected.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      const copied = document.execCommand("copy");
      area.remove();
      if (!copied) throw new Error("the browser does not let this page copy");
    }
  };

  const copier = (label, about, text, otherwise) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = label;
    button.setAttribute("aria-label", about);
    button.addEventListener("click", async () => {
      try {
        await copy(text());
        button.textContent = "Copied";
        say("Copied");
      } catch {
        button.textContent = "Select it";
        getSelection().selectAllChildren(otherwise);
      }
      setTimeout(() => {
        button.textContent = label;
      }, 1500);
    });
    return button;
  };

  for (const code of $$("[data-copy]")) {
    const button = copier("Copy", "Copy the command", () => code.textContent, code);
    (code.closest("pre") ?? code).after(button);
  }

  // A failure as Markdown, for an issue. A fence is longer than any in the text that it holds.
  const fenced = (text) => {
    const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length));
    const fence = "`".repeat(longest + 1);
    return `${fence}text\n${text.trimEnd()}\n${fence}`;
  };
  const issue = (check) => {
    const text = (selector) => $(selector, check)?.textContent ?? "";
    const parts = [
      `### ${text("h3")}: ${text(".status")}`,
      `${check.dataset.level}: ${text(".requirement")} (${clauses.get(check).join(", ")})`,
    ];
    const add = (name, body) => body && parts.push(`**${name}**\n\n${fenced(body)}`);
    add("What", text(".what"));
    add("Why", text(".reason"));
    add("Expected", text(".expected dd"));
    add("Actual", text(".actual dd"));
    add("Difference", text(".diff pre"));
    add("History", $$(".steps .say, pre.history", check).map((line) => line.textContent).join("\n"));
    add("Reproduce", text(".facts code[data-copy]"));
    return `${parts.join("\n\n")}\n`;
  };
  for (const check of $$("#attention .check")) {
    const button = copier("Copy as Markdown", "Copy this failure as Markdown, for an issue", () => issue(check), $(".body", check));
    $(".body", check).append(button);
  }

  // The theme.

  const theme = $("#theme");
  const isDark = () =>
    (document.documentElement.dataset.theme ??
      (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const label = () => {
    theme.textContent = isDark() ? "Light" : "Dark";
    theme.setAttribute("aria-label", isDark() ? "Use light colours" : "Use dark colours");
  };
  theme.addEventListener("click", () => {
    const chosen = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    try {
      localStorage.setItem("conformance-theme", chosen);
    } catch {
      // It holds for this time.
    }
    label();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
  label();

  // Time lines: what is pointed at, or reached with the arrow keys, is told beneath.

  for (const figure of $$("figure.timeline")) {
    const readout = $(".readout", figure);
    const steps = $$(".step", figure).sort((one, other) => one.dataset.n - other.dataset.n);
    let at = -1;
    const tell = (step) => {
      for (const marked of $$(".is-told", figure)) marked.classList.remove("is-told");
      if (!step) {
        readout.textContent = "";
        return;
      }
      at = steps.indexOf(step);
      step.classList.add("is-told");
      $(`li[data-n="${step.dataset.n}"]`, figure)?.classList.add("is-told");
      readout.textContent = $("title", step).textContent;
    };
    figure.addEventListener("pointerover", (event) => {
      const step = event.target.closest(".step");
      const line = event.target.closest("li[data-n]");
      if (step) tell(step);
      else if (line) tell(steps.find(({ dataset: { n, until } }) => n === line.dataset.n || until === line.dataset.n));
    });
    const scroller = $(".scroll", figure);
    scroller.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const to = by ? at + by : { Home: 0, End: steps.length - 1 }[event.key];
      if (to === undefined || !steps.length) return;
      event.preventDefault();
      const step = steps[Math.max(0, Math.min(to, steps.length - 1))];
      tell(step);
      say(readout.textContent);
      const { left, right } = step.getBoundingClientRect();
      const seen = scroller.getBoundingClientRect();
      if (left < seen.left || right > seen.right) scroller.scrollLeft += left - seen.left - seen.width / 3;
    });
    const wrong = $("li.wrong", figure);
    tell(
      wrong &&
        steps.find(({ dataset: { n, until } }) => n === wrong.dataset.n || until === wrong.dataset.n),
    );
    if (!wrong) readout.textContent = "Point at a mark, or use the arrow keys, to read what it was.";
  }

  // Keys.

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest?.("input, select, textarea");
    if (event.key === "Escape" && event.target.id === "q") {
      set({ q: "" });
      event.target.blur();
      return;
    }
    if (typing) return;
    if (event.key === "/") {
      event.preventDefault();
      $("#q").focus();
      $("#q").select();
    }
    const by = { j: 1, k: -1 }[event.key];
    if (by) {
      const lines = checks.filter((check) => !check.hidden).map((check) => $("summary", check));
      const now = lines.indexOf(document.activeElement?.closest("details.check > summary"));
      const next = lines[now < 0 && by < 0 ? lines.length - 1 : now + by];
      next?.focus();
    }
  });

  // Whoever prints wants to read what is wrong, not how it was folded.
  addEventListener("beforeprint", () => {
    for (const more of $$("#attention details")) more.open = true;
  });
})();
