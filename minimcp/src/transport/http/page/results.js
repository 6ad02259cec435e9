// Results of calls, by method, and errors.

/** What came back, with the time it took and its size. */
function resultView(method, { result, text, size, took, within }) {
  const parts = {
    "tools/call": toolResult, "prompts/get": promptResult, "resources/read": readResult,
  }[method] ?? ((whole) => [tree(whole)]);
  const failed = result.isError === true;
  return el("section", { class: failed ? "result bad" : "result", "aria-label": "Result" },
    el("div", { class: "bar" }, el("h3", {}, failed ? "The tool failed" : "Result"), el("span", { class: "spring" }),
      el("span", { class: "faint measured" }, `${timeText(took)} · ${bytesText(size)}`)),
    parts(result, () => exactly(text, within)),
    metaView(result));
}

/** The result with all digits of its numbers. */
function exactly(text, within) {
  try {
    const { result } = readExact(text);
    return within ? result[within] : result;
  } catch {
    return undefined;
  }
}

function toolResult(result, exact) {
  const blocks = Array.isArray(result.content) ? result.content : [];
  const parts = [];
  if (result.structuredContent !== undefined) {
    const value = exact()?.structuredContent ?? result.structuredContent;
    parts.push(figure("structured value", tree(value), copyButton("Copy", () => pretty(value))));
  }
  // Where the value is also there as text, the text adds nothing.
  const repeats = parts.length > 0 && blocks.length === 1 && blocks[0]?.type === "text";
  if (repeats) parts.push(el("details", {}, el("summary", {}, "As text"), block(blocks[0])));
  else parts.push(...blocks.slice(0, MEMBERS).map(block), blocks.length > MEMBERS ? el("p", {}, `and ${blocks.length - MEMBERS} more`) : "");
  if (parts.every((part) => part === "")) parts.push(el("p", { class: "faint" }, "Nothing came back, and that is fine."));
  return parts;
}

function promptResult({ description, messages }) {
  return [...prose(description), conversation((Array.isArray(messages) ? messages : []).filter(isObject))];
}

function readResult({ contents }) {
  return (Array.isArray(contents) ? contents : []).slice(0, MEMBERS).map((part) => contentsBlock(isObject(part) ? part : {}));
}

function metaView({ _meta }) {
  const rest = Object.entries(_meta ?? {}).filter(([name]) => name !== `${META}serverInfo`);
  return rest.length ? el("details", { class: "meta" }, el("summary", {}, "Metadata"), tree(Object.fromEntries(rest))) : null;
}

/** An error, in words. */
function errorView(error, took) {
  const title = error instanceof RpcError ? `The server answered with an error (${String(error.code).slice(0, 20)})` : error.title ?? "This page failed";
  return el("section", { class: error.cancelled ? "result" : "result bad", "aria-label": "Error" },
    el("div", { class: "bar" }, el("h3", {}, title), el("span", { class: "spring" }),
      took === undefined ? null : el("span", { class: "faint measured" }, timeText(took))),
    el("p", { class: "text" }, clipped(error.message, 5000)),
    error.data === undefined ? null : el("details", { open: true }, el("summary", {}, "Data"), tree(error.data)),
    error.unauthorized ? button("Enter a token", () => document.getElementById("connection").click(), { class: "primary" }) : null);
}
