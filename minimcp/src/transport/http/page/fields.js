// Fields for single values. Each is `{ element, value, fill, report, clear, focus }`: `value` gives `undefined` for what is
// left out, `report` shows what the server says about the value at a path, and tells whether it found the place.

/** The field for a schema; `about` says its name, whether it is required, the root of the schema and who completes it. */
function field(raw, about) {
  const schema = resolve(raw, about.root);
  switch (kindOf(schema)) {
    case "const": return constantField(schema, about);
    case "choice": return choiceField(schema, about);
    case "choices": return choicesField(schema, about);
    case "boolean": return booleanField(schema, about);
    case "string": return stringField(schema, about);
    case "number": case "integer": return numberField(schema, about);
    case "object": return objectField(schema, about);
    case "list": return listField(schema, about);
    case "map": return mapField(schema, about);
    case "union": return unionField(schema, about);
    default: return jsonField(schema, about);
  }
}

/** A label, a description, a control and the place where the server's complaint appears. */
function row(schema, about, control, { group = false } = {}) {
  const hint = freshId();
  const problem = el("p", { class: "problem", id: freshId(), hidden: true });
  const target = control.matches("input, select, textarea") ? control : control.querySelector("input, select, textarea") ?? control;
  if (!target.id) target.id = freshId();
  const said = schema.description ? `${hint} ${problem.id}` : problem.id;
  const name = el(group ? "legend" : "label", group ? {} : { for: target.id },
    el("span", { class: "name" }, clipped(about.label ?? about.name, 200)),
    about.label && about.label !== about.name ? el("span", { class: "faint" }, ` ${about.name}`) : null,
    el("span", { class: "type" }, ` ${typeText(schema, about.root)}`),
    about.required ? el("span", { class: "required" }, " required") : null);
  const rules = kindOf(schema) === "choice" || kindOf(schema) === "choices" ? [] : rulesOf(schema);
  const description = schema.description || rules.length
    ? el("div", { class: "hint", id: hint }, inline(String(schema.description ?? "").slice(0, 2000)),
        rules.length ? el("span", { class: "rules" }, `${schema.description ? " · " : ""}${rules.join(", ")}`) : null)
    : null;
  (group ? control : target).setAttribute("aria-describedby", said);
  const element = el(group ? "fieldset" : "div", { class: "field" }, name, description, control, problem);
  return {
    element,
    focus: () => target.focus(),
    clear() {
      problem.hidden = true;
      target.removeAttribute("aria-invalid");
    },
    report(path, text) {
      if (path.length) return false;
      problem.textContent = text;
      problem.hidden = false;
      target.setAttribute("aria-invalid", "true");
      return true;
    },
  };
}

/** Whether a text is likely to be a long one. */
function isLong(schema, name) {
  return schema.maxLength > 200 || (schema.maxLength === undefined && !schema.format && /text|body|content|message|description|prompt|query|code|sql|markdown|comment|notes?$/i.test(name));
}

function stringField(schema, about) {
  const types = { date: "date", email: "email", uri: "url", time: "time", password: "password" };
  let control;
  if (about.complete) {
    control = completedInput(about);
  } else {
    control = isLong(schema, about.name ?? "")
      ? el("textarea", { rows: "3", spellcheck: "false" })
      : el("input", { type: types[schema.format] ?? "text", autocomplete: "off", spellcheck: "false" });
  }
  const input = control.matches("input, textarea") ? control : control.querySelector("input");
  if (schema.default !== undefined) input.placeholder = plain(schema.default);
  else if (schema.format === "date-time") input.placeholder = "2026-01-31T12:00:00Z";
  // What has several lines cannot be in an input; it becomes a longer one when it is pasted.
  input.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text") ?? "";
    if (input.tagName === "INPUT" && input.type === "text" && text.includes("\n") && !about.complete) {
      event.preventDefault();
      lengthened.fill(input.value + text);
    }
  });
  const parts = row(schema, about, control);
  let current = input;
  const lengthened = {
    ...parts,
    value: () => (current.value === "" && !(about.required && current.dataset.touched) ? undefined : current.value),
    fill(value) {
      const text = value === undefined || value === null ? "" : plain(value);
      if (text.includes("\n") && current.tagName === "INPUT" && !about.complete) {
        const area = el("textarea", { rows: "4", id: current.id, "aria-describedby": current.getAttribute("aria-describedby") });
        current.replaceWith(area);
        current = area;
      }
      current.value = text;
    },
    focus: () => current.focus(),
  };
  // An empty text that somebody emptied on purpose is one; one that was never touched is left out.
  input.addEventListener("input", () => (input.dataset.touched = "yes"));
  return lengthened;
}

/** A number is typed as text, so that what is none reaches the server, which says what is wrong with it. */
function numberField(schema, about) {
  const input = el("input", { type: "text", inputmode: schema.type === "integer" ? "numeric" : "decimal", autocomplete: "off" });
  if (schema.default !== undefined) input.placeholder = plain(schema.default);
  return {
    ...row(schema, about, input),
    value: () => (input.value.trim() === "" ? undefined : typedNumber(input.value)),
    fill: (value) => (input.value = value === undefined || value === null ? "" : isRaw(value) ? value.rawJSON : plain(value)),
  };
}

function booleanField(schema, about) {
  // What is required is yes or no; anything else may also be left to the server.
  if (about.required) {
    const box = el("input", { type: "checkbox", checked: schema.default === true });
    const parts = row(schema, about, box);
    parts.element.classList.add("check");
    return { ...parts, value: () => box.checked, fill: (value) => (box.checked = value === true) };
  }
  const fallback = schema.default === undefined ? "" : ` (${schema.default})`;
  return optionsField(schema, about, [{ value: true, title: "true" }, { value: false, title: "false" }], `not said${fallback}`);
}

function choiceField(schema, about) {
  const fallback = schema.default === undefined ? "" : ` (${plain(schema.default)})`;
  return optionsField(schema, about, choicesOf(schema), about.required ? "choose…" : `not said${fallback}`);
}

function optionsField(schema, about, choices, nothing) {
  const select = el("select", {}, el("option", { value: "" }, nothing),
    choices.slice(0, 1000).map(({ title }, place) => el("option", { value: String(place) }, title.slice(0, 200))));
  const parts = row(schema, about, select);
  const fill = (value) => {
    const place = choices.findIndex((choice) => plain(choice.value) === plain(value));
    select.value = place < 0 ? "" : String(place);
  };
  if (about.prefill && schema.default !== undefined) fill(schema.default);
  return { ...parts, value: () => choices[select.value === "" ? -1 : Number(select.value)]?.value, fill };
}

/** Some of several choices. */
function choicesField(schema, about) {
  const choices = choicesOf(resolve(schema.items, about.root)) ?? [];
  const boxes = choices.slice(0, 200).map(({ title }) => {
    const box = el("input", { type: "checkbox" });
    return [box, el("label", { class: "inline" }, box, ` ${title.slice(0, 200)}`)];
  });
  const list = el("div", { class: "choices" }, boxes.map(([, label]) => label));
  const parts = row(schema, about, list, { group: true });
  return {
    ...parts,
    focus: () => boxes[0]?.[0].focus(),
    value() {
      const chosen = choices.filter((_, place) => boxes[place]?.[0].checked).map(({ value }) => value);
      return chosen.length || about.required ? chosen : undefined;
    },
    fill(value) {
      const wanted = new Set((Array.isArray(value) ? value : []).map(plain));
      choices.forEach((choice, place) => boxes[place] && (boxes[place][0].checked = wanted.has(plain(choice.value))));
    },
  };
}

function constantField(schema, about) {
  const shown = el("output", { class: "constant" }, plain(schema.const).slice(0, 200));
  const parts = row(schema, about, shown);
  // There is nothing to fill in; which one it is, the choice of the variant says.
  parts.element.hidden = about.required;
  return { ...parts, value: () => schema.const, fill() {} };
}

/** Any value, as JSON; what is no JSON is sent as the text it is. */
function jsonField(schema, about) {
  const area = el("textarea", { rows: "3", spellcheck: "false", class: "code", placeholder: "JSON" });
  return {
    ...row(schema, about, area),
    value() {
      if (area.value.trim() === "") return undefined;
      try {
        return readExact(area.value);
      } catch {
        return area.value;
      }
    },
    fill: (value) => (area.value = value === undefined ? "" : pretty(value)),
  };
}
