// Elements, made without ever parsing markup: what a server says stays text.

/** Makes an element. Attributes with `on…` listen, a few are properties, the rest are as in HTML. */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (["value", "checked", "hidden", "disabled", "open"].includes(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function button(text, onclick, attributes = {}) {
  return el("button", { type: "button", onclick, ...attributes }, text);
}

let ids = 0;
/** An id for elements that refer to each other. */
const freshId = () => `n${(ids += 1)}`;

/** How much of a text is shown before somebody asks for all of it, in characters. */
const SHOWN = 20_000;

/** A text as it is; of a very long one the beginning, and a button for the rest. */
function clipped(text, shown = SHOWN) {
  text = String(text);
  if (text.length <= shown) return [text];
  const start = document.createTextNode(text.slice(0, shown));
  const more = button(`Show all ${bytesText(text.length)}`, () => {
    start.data = text;
    more.remove();
  }, { class: "small more" });
  return [start, more];
}

/** A description: paragraphs, and code between backticks. */
function prose(text) {
  const paragraphs = String(text ?? "").slice(0, SHOWN).split(/\n\s*\n/).filter((part) => part.trim());
  return paragraphs.map((paragraph) => el("p", { class: "prose" }, inline(paragraph)));
}

function inline(text) {
  return text.split(/`([^`\n]+)`/).map((part, place) => (place % 2 ? el("code", {}, part) : part));
}

/** A link to another page, if the address is one of the web; otherwise its text. */
function webLink(address, text = address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return el("span", {}, text);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return el("span", {}, text);
  return el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, text);
}

const IMAGES = /^image\/(png|jpe?g|gif|webp|avif|bmp|svg\+xml)$/i;
const SOUNDS = /^audio\/[a-z0-9.+-]+$/i;
const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

/** The address of data in this document, if it is of a kind that may be shown; nothing is loaded for it. */
function dataAddress(mimeType, data, kinds) {
  const type = String(mimeType ?? "").split(";")[0].trim();
  return kinds.test(type) && BASE64.test(data) ? `data:${type};base64,${data.replace(/\s/g, "")}` : undefined;
}

/** The icon among several that can be shown: those that come as data. */
function iconOf(icons) {
  for (const { src } of Array.isArray(icons) ? icons : []) {
    const [, type, data] = /^data:([^;,]+);base64,(.*)$/i.exec(String(src ?? "")) ?? [];
    const address = data && dataAddress(type, data, IMAGES);
    if (address) return el("img", { src: address, alt: "", class: "icon" });
  }
  return null;
}

function bytesText(count) {
  if (count < 1000) return `${count} B`;
  return count < 1_000_000 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

function timeText(milliseconds) {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A button that copies what `text` gives when it is pressed, and says so. */
function copyButton(label, text) {
  const copy = button(label, async () => {
    const copied = await copyText(text());
    copy.textContent = copied ? "Copied" : "Could not copy";
    setTimeout(() => (copy.textContent = label), 1500);
  }, { class: "small", "aria-live": "polite" });
  return copy;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Over plain HTTP from another machine there is no clipboard for pages.
    const area = el("textarea", { class: "hidden", value: text });
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

/** Saves bytes that came as base64 as a file. */
function saveButton(data, name, type) {
  return button("Save", () => {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
    const file = el("a", { href: address, download: name });
    file.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }, { class: "small", title: type });
}

/** A group of which one part is shown at a time, as tabs. */
function tabs(label, parts) {
  const panel = el("div", { role: "tabpanel", id: freshId(), tabindex: "0" });
  const choose = (chosen) => {
    list.forEach((tab) => {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", chosen.id);
    panel.replaceChildren(parts[list.indexOf(chosen)].show());
  };
  const list = parts.map(({ name }) => button(name, (event) => choose(event.currentTarget), {
    role: "tab", id: freshId(), "aria-controls": panel.id,
  }));
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = list[(list.indexOf(event.target) + step + list.length) % list.length];
    next.focus();
    choose(next);
  };
  choose(list[0]);
  return el("div", { class: "tabs" }, el("div", { role: "tablist", "aria-label": label, onkeydown: move }, list), panel);
}
