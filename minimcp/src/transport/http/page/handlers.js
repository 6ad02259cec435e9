// The page of a handler: what it is, and the place to try it.

/** The kinds of handlers: where they are listed, and how they are named and shown. */
const KINDS = {
  tool: { list: "tools/list", member: "tools", title: "Tools", capability: "tools", key: ({ name }) => name, view: toolView },
  prompt: { list: "prompts/list", member: "prompts", title: "Prompts", capability: "prompts", key: ({ name }) => name, view: promptView },
  resource: { list: "resources/list", member: "resources", title: "Resources", capability: "resources", key: ({ uri }) => uri, view: resourceView },
  template: { list: "resources/templates/list", member: "resourceTemplates", title: "Templates", capability: "resources", key: ({ uriTemplate }) => uriTemplate, view: templateView },
};

const addressOf = (kind, key) => `#${kind}/${encodeURIComponent(key)}`;

function toolView(app, tool) {
  const { annotations = {} } = tool;
  const destructive = annotations.destructiveHint === true && annotations.readOnlyHint !== true;
  const address = addressOf("tool", tool.name);
  const panel = tryPanel(app, {
    address, method: "tools/call", verb: "Call", schema: tool.inputSchema, tool,
    paramsOf: (values) => ({ name: tool.name, arguments: values }),
    sure: destructive ? (values) => confirmed(tool.name, values) : undefined,
  });
  const output = tool.outputSchema ? [el("h2", {}, "Output"), schemaTable(tool.outputSchema, "Values that come back")] : [];
  return handlerPage("Tool", tool.title ?? annotations.title, tool.name, tool, toolBadges(annotations),
    [el("h2", {}, "Parameters"), schemaTable(tool.inputSchema, "Table of parameters"), output], panel);
}

function toolBadges({ readOnlyHint, destructiveHint, idempotentHint, openWorldHint }) {
  return [
    readOnlyHint === true && ["read-only", "It changes nothing.", "good"],
    readOnlyHint !== true && destructiveHint === true && ["destructive", "It may destroy something.", "bad"],
    readOnlyHint !== true && destructiveHint === false && ["not destructive", "It only adds."],
    idempotentHint === true && ["idempotent", "Calling it again changes nothing more."],
    openWorldHint === true && ["open world", "It reaches beyond this server."],
    openWorldHint === false && ["closed world", "It stays within this server."],
  ].filter(Boolean);
}

function promptView(app, prompt) {
  const list = (Array.isArray(prompt.arguments) ? prompt.arguments : []).filter(isObject);
  const schema = {
    type: "object", required: list.filter(({ required }) => required).map(({ name }) => name),
    properties: Object.fromEntries(list.map(({ name, title, description }) => [name, { type: "string", title, description }])),
  };
  const panel = tryPanel(app, {
    address: addressOf("prompt", prompt.name), method: "prompts/get", verb: "Get", schema,
    paramsOf: (values) => ({ name: prompt.name, arguments: texts(values) }),
    completes: completes(app, { type: "ref/prompt", name: prompt.name }, () => texts(panel.form.value() ?? {})),
  });
  return handlerPage("Prompt", prompt.title, prompt.name, prompt, [], [el("h2", {}, "Arguments"), schemaTable(schema, "Table of arguments")], panel);
}

function templateView(app, template) {
  const names = variablesOf(template.uriTemplate);
  const schema = { type: "object", required: variablesOf(template.uriTemplate, true), properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])) };
  const shown = el("code", { class: "address" }, clipped(template.uriTemplate, 500));
  const uri = () => expanded(template.uriTemplate, texts(panel.form.value() ?? {}));
  const panel = tryPanel(app, {
    address: addressOf("template", template.uriTemplate), method: "resources/read", verb: "Read", label: "Variables", schema,
    paramsOf: (values) => ({ uri: expanded(template.uriTemplate, texts(values)) }),
    completes: completes(app, { type: "ref/resource", uri: template.uriTemplate }, () => texts(panel.form.value() ?? {})),
  });
  const refresh = () => (shown.textContent = uri() || template.uriTemplate);
  panel.form.element.addEventListener("input", refresh);
  panel.form.element.addEventListener("change", refresh);
  panel.element.prepend(el("p", { class: "hint" }, "Reads ", shown));
  return handlerPage("Template", template.title ?? template.name, template.uriTemplate, template, resourceBadges(template),
    [el("h2", {}, "Variables"), schemaTable(schema, "Table of variables")], panel);
}

function resourceView(app, resource) {
  const panel = tryPanel(app, {
    address: addressOf("resource", resource.uri), method: "resources/read", verb: "Read", schema: {}, label: "Contents",
    paramsOf: () => ({ uri: resource.uri }),
  });
  if (app.canFollow()) panel.element.append(followBox(app, resource.uri));
  return handlerPage("Resource", resource.title ?? resource.name, resource.uri, resource, resourceBadges(resource), [], panel);
}

function resourceBadges({ mimeType, size, annotations = {} }) {
  const { audience, priority, lastModified } = isObject(annotations) ? annotations : {};
  return [
    mimeType && [String(mimeType), "The type of its contents."],
    Number.isFinite(size) && [bytesText(size), "How long it is."],
    Array.isArray(audience) && [`for ${audience.join(" and ")}`, "For whom it is meant."],
    Number.isFinite(priority) && [`priority ${priority}`, "From 0, optional, to 1, required."],
    lastModified && [`changed ${lastModified}`, "When it changed last."],
  ].filter(Boolean);
}

/** A box that follows a resource: it tells of each change. */
function followBox(app, uri) {
  const box = el("input", { type: "checkbox", onchange: () => app.follow(uri, box.checked ? changed : undefined) });
  const told = el("p", { class: "hint", role: "status" });
  const changed = () => (told.textContent = `It changed at ${new Date().toLocaleTimeString()}. Read it again to see how.`);
  return el("div", { class: "follow" }, el("label", { class: "inline" }, box, " Tell me when it changes"), told);
}

/** Who completes a field: the server, given what is filled in already. */
function completes(app, ref, chosen) {
  if (!app.client.server.capabilities?.completions) return undefined;
  return (name) => async (value) => {
    const { [name]: _, ...others } = chosen();
    const params = { ref, argument: { name, value }, context: { arguments: others } };
    const { result } = await app.client.request("completion/complete", params);
    return { ...result.completion, values: Array.isArray(result.completion?.values) ? result.completion.values : [] };
  };
}

/** Arguments of prompts and variables of templates are texts. */
const texts = (values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]));

function handlerPage(kind, title, name, { description, icons, _meta }, badges, read, panel) {
  name = String(name);
  const head = el("header", { class: "head" },
    el("p", { class: "kind" }, kind),
    el("div", { class: "titled" }, el("h1", { tabindex: "-1" }, iconOf(icons), clipped(String(title ?? name), 300)), copyButton("Copy link", () => location.href)),
    title && title !== name ? el("p", { class: "named" }, el("code", {}, clipped(name, 500))) : null,
    badges.length ? el("ul", { class: "badges" }, badges.map(([text, says, tone = ""]) =>
      el("li", { class: tone, title: says }, String(text).slice(0, 100), el("span", { class: "hidden" }, `: ${says}`)))) : null,
    description ? el("div", { class: "description" }, prose(description)) : null);
  const app = isObject(_meta?.ui) ? el("p", { class: "hint" }, "Has a page of its own (MCP Apps): ", el("code", {}, String(_meta.ui.resourceUri ?? "").slice(0, 300))) : null;
  return el("article", { class: "handler" }, head, el("div", { class: "read" }, app, read), panel.element);
}
