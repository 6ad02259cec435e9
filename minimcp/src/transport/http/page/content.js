// Blocks of content, each shown as what it is.

function block(content) {
  if (!isObject(content)) return tree(content);
  switch (content.type) {
    case "text": return textBlock(content.text);
    case "image": return mediaBlock(content, IMAGES, (src) => el("img", { src, alt: `Image, ${content.mimeType}`, class: "shown" }));
    case "audio": return mediaBlock(content, SOUNDS, (src) => el("audio", { src, controls: true, "aria-label": `Audio, ${content.mimeType}` }));
    case "resource": return contentsBlock(content.resource ?? {});
    case "resource_link": return linkBlock(content);
    case "tool_use": case "tool_result": return figure(content.type.replace("_", " "), tree(content));
    default: return figure(String(content.type ?? "content").slice(0, 50), tree(content));
  }
}

/** A block under a caption that says what it is. */
function figure(caption, ...children) {
  return el("figure", { class: "block" }, el("figcaption", {}, caption), children);
}

/** Text as it is; if it is JSON, also as a tree. */
function textBlock(text) {
  text = String(text ?? "");
  const value = /^\s*[[{]/.test(text) && text.length < KEPT_TEXT ? parsed(text) : undefined;
  const plainText = el("pre", { class: "text", tabindex: "0", "aria-label": "Text" }, clipped(text));
  if (value === undefined) return figure("text", plainText);
  return figure("text", tabs("Text", [
    { name: "Tree", show: () => tree(readExact(text)) }, { name: "Text", show: () => plainText },
  ]));
}

function mediaBlock({ data, mimeType }, kinds, show) {
  data = String(data ?? "");
  const src = dataAddress(mimeType, data, kinds);
  const about = `${String(mimeType ?? "no type").slice(0, 100)}, ${bytesText(decodedSize(data))}`;
  const shown = src ? show(src) : el("p", { class: "faint" }, "This page cannot show data of this type.");
  return figure(about, shown, BASE64.test(data) ? saveButton(data, fileName(mimeType), mimeType) : null);
}

/** The contents of a resource: text, or bytes. */
function contentsBlock({ uri, mimeType, text, blob }) {
  const caption = [el("code", {}, clipped(String(uri ?? ""), 300)), mimeType ? ` ${String(mimeType).slice(0, 100)}` : ""];
  if (typeof text === "string") return figure(caption, textBlock(text));
  const data = String(blob ?? "");
  const image = dataAddress(mimeType, data, IMAGES);
  const sound = dataAddress(mimeType, data, SOUNDS);
  const shown = image ? el("img", { src: image, alt: `Image, ${mimeType}`, class: "shown" })
    : sound ? el("audio", { src: sound, controls: true, "aria-label": `Audio, ${mimeType}` })
    : el("p", { class: "faint" }, `${bytesText(decodedSize(data))} of bytes`);
  return figure(caption, shown, BASE64.test(data) ? saveButton(data, fileName(mimeType, uri), mimeType) : null);
}

/** A link to a resource: of this server, which can be read here, or a page of the web. */
function linkBlock({ uri, name, title, description, mimeType, size }) {
  uri = String(uri ?? "");
  const label = String(title ?? name ?? uri).slice(0, 300);
  const about = [mimeType, Number.isFinite(size) ? bytesText(size) : undefined].filter(Boolean).map((part) => String(part).slice(0, 100));
  return figure("link to a resource",
    el("p", {}, el("a", { href: addressOf("resource", uri) }, label), ` `, el("code", {}, webLink(uri, uri.slice(0, 300)))),
    about.length ? el("p", { class: "faint" }, about.join(", ")) : null, prose(description));
}

/** Messages, each with who says it. */
function conversation(messages) {
  return el("ol", { class: "conversation" }, messages.map(({ role, content }) => {
    const who = String(role ?? "").slice(0, 50);
    return el("li", { class: who === "assistant" ? "assistant" : "user" },
      el("span", { class: "role" }, who), [].concat(content ?? []).map(block));
  }));
}

const decodedSize = (data) => Math.max(0, Math.floor((data.replace(/\s/g, "").length * 3) / 4) - (/(=*)\s*$/.exec(data.slice(-4))?.[1].length ?? 0));

function fileName(mimeType, uri) {
  const last = String(uri ?? "").split(/[/\\]/).pop().replace(/[^\w.-]/g, "").slice(0, 60);
  return last.includes(".") ? last : `${last || "data"}.${/\/([a-z0-9]+)/i.exec(String(mimeType ?? ""))?.[1] ?? "bin"}`;
}
