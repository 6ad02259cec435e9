// Fields for values that have parts: objects, lists, maps, unions.

/** Members by name; what is optional and has parts of its own is added when it is wanted, so a recursive type has an end. */
function objectField(schema, about) {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const members = new Map(Object.entries(schema.properties ?? {}).map(([name, raw]) => {
    const inner = { name, root: about.root, required: required.has(name), complete: about.completes?.(name), prefill: about.prefill };
    if (about.titled && isObject(raw) && raw.title) inner.label = String(raw.title);
    const kind = kindOf(resolve(raw, about.root));
    const deep = ["object", "list", "map", "union", "any", "const"].includes(kind);
    return [name, deep && !inner.required ? optionalField(raw, inner) : field(raw, inner)];
  }));
  let others = {};
  const box = el("div", { class: "members" }, [...members.values()].map(({ element }) => element));
  const parts = about.bare ? bareRow(box) : row(schema, about, box, { group: true });
  return {
    ...parts,
    focus: () => [...members.values()][0]?.focus(),
    value() {
      const entries = [...members].map(([name, member]) => [name, member.value()]).filter(([, value]) => value !== undefined);
      const value = { ...others, ...Object.fromEntries(entries) };
      return Object.keys(value).length || about.required || about.bare ? value : undefined;
    },
    fill(value) {
      const given = isObject(value) ? value : {};
      // What no field stands for stays as it is.
      others = Object.fromEntries(Object.entries(given).filter(([name]) => !members.has(name)));
      for (const [name, member] of members) member.fill(Object.hasOwn(given, name) ? given[name] : undefined);
    },
    report(path, text) {
      const member = members.get(path[0]);
      if (member) return member.report(path.slice(1), text) || member.report([], text);
      return parts.report(path, text);
    },
    clear() {
      parts.clear();
      for (const member of members.values()) member.clear();
    },
  };
}

const bareRow = (element) => ({ element, report: () => false, clear() {} });

/** What may be left out, behind a button that adds it. */
function optionalField(raw, about) {
  const box = el("div", { class: "optional" });
  let inner;
  const add = button(`Add ${about.label ?? about.name}`, () => {
    show();
    inner.focus?.();
  }, { class: "small add" });
  const remove = button(`Remove ${about.label ?? about.name}`, () => {
    inner = undefined;
    box.replaceChildren(add);
    add.focus();
  }, { class: "small remove" });
  const show = () => {
    inner = field(raw, { ...about, required: true });
    inner.element.classList.add("added");
    box.replaceChildren(inner.element, remove);
  };
  box.append(add);
  return {
    element: box,
    focus: () => (inner ? inner.focus() : add.focus()),
    value: () => inner?.value(),
    fill(value) {
      if (value === undefined) return inner && remove.click();
      if (!inner) show();
      inner.fill(value);
    },
    report(path, text) {
      if (!inner) show();
      return inner.report(path, text);
    },
    clear: () => inner?.clear(),
  };
}

/** A button that adds a part; who does not see where it is, is told. */
function adding(text, { name }, onclick) {
  const add = button(text, onclick, { class: "small add" });
  add.append(el("span", { class: "hidden" }, ` to ${name}`));
  return add;
}

/** Items in their order. */
function listField(schema, about) {
  let items = [];
  const box = el("div", { class: "items" });
  const add = (value) => {
    const item = field(schema.items ?? {}, { name: `item ${items.length + 1}`, root: about.root, required: true });
    const remove = button("Remove", () => {
      items = items.filter((other) => other !== item);
      place.remove();
      renumber();
      adder.focus();
    }, { class: "small remove" });
    const place = el("div", { class: "item" }, item.element, remove);
    item.place = place;
    items.push(item);
    box.append(place);
    renumber();
    if (value !== undefined) item.fill(value);
    return item;
  };
  const renumber = () => items.forEach((item, number) => {
    const name = item.element.querySelector("legend .name, label .name");
    if (name) name.textContent = `item ${number + 1}`;
    item.place.querySelector(":scope > .remove").setAttribute("aria-label", `Remove item ${number + 1} of ${about.name}`);
  });
  const adder = adding("Add item", about, () => add().focus());
  const parts = row(schema, about, el("div", {}, box, adder), { group: true });
  if (about.required) for (let count = schema.minItems ?? 0; count > 0 && items.length < 20; count -= 1) add();
  return {
    ...parts,
    focus: () => (items[0] ? items[0].focus() : adder.focus()),
    value() {
      // An empty text in a list is one; anything else that was not filled in is for the server to complain about.
      const values = items.map((item) => item.value() ?? (resolve(schema.items, about.root).type === "string" ? "" : null));
      return values.length || about.required ? values : undefined;
    },
    fill(value) {
      items = [];
      box.replaceChildren();
      for (const item of Array.isArray(value) ? value : []) add(item);
    },
    report(path, text) {
      const item = items[Number(path[0])];
      if (item) return item.report(path.slice(1), text) || item.report([], text);
      return parts.report(path, text);
    },
    clear() {
      parts.clear();
      for (const item of items) item.clear();
    },
  };
}

/** Values by names that are free. */
function mapField(schema, about) {
  let entries = [];
  const box = el("div", { class: "items" });
  const of = isObject(schema.additionalProperties) ? schema.additionalProperties : {};
  const add = (name = "", value) => {
    const key = el("input", { type: "text", value: name, placeholder: "name", autocomplete: "off", "aria-label": `Name in ${about.name}` });
    const inner = field(of, { name: "value", root: about.root, required: true });
    const entry = { key, inner };
    const remove = button("Remove", () => {
      entries = entries.filter((other) => other !== entry);
      place.remove();
      adder.focus();
    }, { class: "small remove", "aria-label": `Remove an entry of ${about.name}` });
    const place = el("div", { class: "item" }, key, inner.element, remove);
    entries.push(entry);
    box.append(place);
    if (value !== undefined) inner.fill(value);
    return key;
  };
  const adder = adding("Add entry", about, () => add().focus());
  const parts = row(schema, about, el("div", {}, box, adder), { group: true });
  return {
    ...parts,
    focus: () => adder.focus(),
    value() {
      const filled = entries.filter(({ key }) => key.value !== "").map(({ key, inner }) => [key.value, inner.value() ?? null]);
      return filled.length || about.required ? Object.fromEntries(filled) : undefined;
    },
    fill(value) {
      entries = [];
      box.replaceChildren();
      for (const [name, item] of Object.entries(isObject(value) ? value : {})) add(name, item);
    },
    report(path, text) {
      const entry = entries.find(({ key }) => key.value === path[0]);
      if (entry) return entry.inner.report(path.slice(1), text) || entry.inner.report([], text);
      return parts.report(path, text);
    },
    clear() {
      parts.clear();
      for (const { inner } of entries) inner.clear();
    },
  };
}

/** One of several types; which one is chosen first. */
function unionField(schema, about) {
  const variants = variantsOf(schema).slice(0, 200);
  const select = el("select", { "aria-label": `Kind of ${about.name}` },
    variants.map((variant, place) => el("option", { value: String(place) }, variantName(variant, about.root, place).slice(0, 100))));
  const box = el("div", { class: "variant" });
  let inner;
  const show = (place, value) => {
    select.value = String(place);
    const bare = kindOf(resolve(variants[place], about.root)) === "object";
    inner = field(variants[place] ?? {}, { root: about.root, name: variantName(variants[place], about.root, place), required: true, bare });
    box.replaceChildren(inner.element);
    if (value !== undefined) inner.fill(value);
  };
  select.addEventListener("change", () => show(Number(select.value)));
  const parts = row(schema, about, el("div", {}, select, box), { group: true });
  show(0);
  return {
    ...parts,
    focus: () => select.focus(),
    value: () => inner.value(),
    fill: (value) => value !== undefined && show(Math.max(0, variants.findIndex((variant) => looksLike(value, variant, about.root))), value),
    report: (path, text) => inner.report(path, text) || parts.report([], text),
    clear() {
      parts.clear();
      inner.clear();
    },
  };
}

/** Whether a value is of a variant, as far as a glance tells. */
function looksLike(value, raw, root) {
  const schema = resolve(raw, root);
  if ("const" in schema) return plain(schema.const) === plain(value);
  if (schema.enum) return schema.enum.includes(value);
  switch (kindOf(schema)) {
    case "string": return typeof value === "string";
    case "boolean": return typeof value === "boolean";
    case "integer": return Number.isInteger(value) || isRaw(value);
    case "number": return typeof value === "number" || isRaw(value);
    case "list": case "choices": return Array.isArray(value);
    case "object":
      return isObject(value) && (schema.required ?? []).every((name) => name in value)
        && Object.entries(schema.properties ?? {}).every(([name, property]) => !("const" in (property ?? {})) || value[name] === property.const);
    default: return isObject(value);
  }
}
