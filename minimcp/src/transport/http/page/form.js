// A form for a whole object: its fields, or its JSON, as the user likes.

/**
 * A form for a schema of objects. `options`: `completes(name)` gives who completes a field, `submit` is called when the user
 * sends the form, `titled` shows titles for names, `prefill` starts with the defaults.
 */
function makeForm(schema, { completes, submit, titled = false, prefill = false, label = "Arguments" } = {}) {
  const root = isObject(schema) ? schema : {};
  const whole = resolve(root, root);
  const simple = kindOf(whole) === "object" ? whole : { type: "object", properties: {} };
  const fields = objectField(simple, { name: label, root, bare: true, completes, titled, prefill });
  const empty = Object.keys(simple.properties ?? {}).length === 0;
  const area = el("textarea", { class: "code", rows: "8", spellcheck: "false", "aria-label": `${label} as JSON` });
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const nothing = empty ? el("p", { class: "faint" }, "Takes no arguments.") : null;
  const body = el("div", {}, nothing, fields.element);
  const toggle = button("JSON", () => (raw ? showFields() : showJson()), { class: "small", "aria-pressed": "false" });
  const element = el("form", { class: "form", novalidate: true, "aria-label": label, onsubmit: (event) => {
    event.preventDefault();
    submit?.();
  } }, el("div", { class: "bar" }, el("h3", {}, label), el("span", { class: "spring" }), toggle), body, problem);
  // Where Enter makes a new line, it sends together with Ctrl.
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit?.();
  });
  let raw = false;

  function showJson() {
    area.value = pretty(fields.value() ?? {});
    swap(true, area);
  }

  function showFields() {
    const value = parsed();
    if (value === undefined) return;
    fields.fill(value);
    swap(false, nothing ?? "", fields.element);
  }

  function swap(toRaw, ...shown) {
    raw = toRaw;
    toggle.setAttribute("aria-pressed", String(raw));
    body.replaceChildren(...shown);
    if (raw) area.focus();
  }

  function parsed() {
    try {
      const value = readExact(area.value.trim() || "{}");
      if (!isObject(value)) throw new Error("This has to be an object: { … }");
      problem.hidden = true;
      area.removeAttribute("aria-invalid");
      return value;
    } catch (error) {
      complain(`This is no JSON: ${error.message}`);
      area.setAttribute("aria-invalid", "true");
      return undefined;
    }
  }

  function complain(text) {
    problem.textContent = text;
    problem.hidden = false;
  }

  return {
    element,
    /** What is filled in; nothing if it is JSON with a mistake, which is shown. */
    value: () => (raw ? parsed() : fields.value()),
    fill(value) {
      fields.fill(value);
      if (raw) area.value = pretty(value);
    },
    focus: () => (raw ? area.focus() : fields.focus()),
    /** Shows what the server says at the fields it speaks of; tells whether any was found. */
    report(problems) {
      this.clear();
      const placed = problems.filter(({ path, text }) => !raw && fields.report(path, text));
      if (placed.length) element.querySelector("[aria-invalid=true]")?.focus();
      return placed.length > 0;
    },
    clear() {
      problem.hidden = true;
      fields.clear();
    },
  };
}

/** What a server's text says about single arguments: `{ path, text }`. */
function problemsIn(text) {
  const problems = [];
  const missing = /Missing required arguments: ([^.]*)\./.exec(text)?.[1];
  for (const name of missing?.split(", ") ?? []) problems.push({ path: [name], text: "This is required." });
  for (const [, path, reason] of text.matchAll(/Invalid argument `([^`]+)`: (.*?)\.(?= Invalid argument| Unknown arguments| The arguments are|\s*$)/gs)) {
    problems.push({ path: steps(path), text: reason });
  }
  return problems;
}

/** The steps of a path such as `places[0].name`. */
function steps(path) {
  return path.split(/[.[\]]+/).filter((step) => step !== "");
}
