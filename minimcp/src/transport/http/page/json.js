// JSON, read, written and shown.

/** Numbers that JavaScript would change, such as those above 2^53, keep their text where the browser can do that. */
function readExact(text) {
  return JSON.parse(text, (key, value, context) =>
    typeof value === "number" && JSON.rawJSON && context?.source && !sameNumber(value, context.source)
      ? JSON.rawJSON(context.source)
      : value);
}

function sameNumber(value, source) {
  return String(value) === source;
}

/** What a person typed as a number: one, or the text itself, so that the server says what is wrong with it. */
function typedNumber(text) {
  const trimmed = text.trim();
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(trimmed)) return text;
  const value = Number(trimmed);
  const exact = Number.isInteger(value) && !Number.isSafeInteger(value) && JSON.rawJSON;
  return exact ? JSON.rawJSON(trimmed) : value;
}

const isRaw = (value) => Boolean(JSON.isRawJSON?.(value));
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value) && !isRaw(value);
const pretty = (value) => JSON.stringify(value, null, 2) ?? "";

/** How many members are shown before somebody asks for more. */
const MEMBERS = 100;

/** A value as a tree that opens; its parts are made when they are looked at. */
function tree(value, depth = 0) {
  if (Array.isArray(value)) return branch(value.map((item, place) => [place, item]), "[", "]", depth);
  if (isObject(value)) return branch(Object.entries(value), "{", "}", depth);
  const kind = isRaw(value) ? "number" : value === null ? "null" : typeof value;
  const text = kind === "string" ? JSON.stringify(value) : isRaw(value) ? value.rawJSON : String(value);
  return el("span", { class: `json ${kind}` }, clipped(text, 2000));
}

function branch(members, open, close, depth) {
  if (members.length === 0) return el("span", { class: "json" }, open + close);
  const list = el("ul", { class: "json" });
  let shown = 0;
  const show = () => {
    const next = members.slice(shown, shown + MEMBERS);
    list.append(...next.map(([name, item]) => member(name, item, depth)));
    shown += next.length;
    more.hidden = shown >= members.length;
    more.textContent = `${members.length - shown} more`;
  };
  const more = button("", show, { class: "small more" });
  const details = el("details", { class: "json" },
    el("summary", {}, `${open} ${members.length} ${close}`), list, more);
  details.addEventListener("toggle", () => details.open && shown === 0 && show());
  // What is short is open at once, further down too.
  if (depth < 2 || (depth < 6 && members.length <= 10)) {
    details.open = true;
    show();
  }
  return details;
}

function member(name, item, depth) {
  return el("li", {}, el("span", { class: "name" }, clipped(String(name), 200)), ": ", tree(item, depth + 1));
}
