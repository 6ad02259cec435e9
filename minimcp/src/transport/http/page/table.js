// A schema as a table: each value with its type, whether it is required, its default and its rules.

/** How deep a table goes into parts of parts, and how long it gets. */
const DEPTH = 4;
const ROWS = 300;

function schemaTable(schema, label) {
  const root = isObject(schema) ? schema : {};
  const rows = [];
  collect(root, root, "", 0, rows);
  if (rows.length === 0) {
    const whole = resolve(root, root);
    if (!whole.type || whole.type === "object") return el("p", { class: "faint" }, "None.");
    return el("p", {}, el("span", { class: "type" }, typeText(root, root)), ` `, inline(String(whole.description ?? "").slice(0, 5000)),
      el("span", { class: "rules" }, ` ${rulesOf(whole).join("; ")}`));
  }
  const shown = rows.slice(0, ROWS);
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label },
    el("table", {},
      el("thead", {}, el("tr", {}, ["Name", "Type", "Default", "Description"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, shown.map((row) => line(row, root)))),
    rows.length > shown.length ? el("p", { class: "faint" }, `and ${rows.length - shown.length} more`) : null);
}

function line({ path, raw, schema, required }, root) {
  const rules = rulesOf(schema);
  return el("tr", {},
    el("th", { scope: "row" }, el("code", {}, clipped(path, 200)), required ? el("span", { class: "required" }, " required") : null),
    el("td", { class: "type" }, typeText(raw, root)),
    el("td", {}, schema.default === undefined ? el("span", { class: "faint" }, "–") : el("code", {}, clipped(plain(schema.default) || '""', 200))),
    el("td", {}, schema.description ? inline(String(schema.description).slice(0, 5000)) : null,
      rules.length ? el("span", { class: "rules" }, clipped(rules.join("; "), 500)) : null));
}

/** The values in a schema by their paths: `a`, `a.b`, `a[].b`. */
function collect(raw, root, path, depth, rows) {
  if (depth > DEPTH || rows.length > ROWS) return;
  const schema = resolve(raw, root);
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  for (const [name, member] of Object.entries(schema.properties ?? {})) {
    const at = path ? `${path}.${name}` : name;
    rows.push({ path: at, raw: member, schema: resolve(member, root), required: required.has(name) });
    collect(member, root, at, depth + 1, rows);
  }
  if (isObject(schema.items)) collect(schema.items, root, `${path}[]`, depth + 1, rows);
  if (isObject(schema.additionalProperties) && !schema.properties) collect(schema.additionalProperties, root, `${path}.*`, depth + 1, rows);
  // Of several forms each is shown, since any of them may come.
  if (kindOf(schema) === "union") variantsOf(schema).forEach((variant) => collect(variant, root, path, depth + 1, rows));
}
