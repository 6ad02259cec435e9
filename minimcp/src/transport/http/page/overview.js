// What the server says of itself, and any request to it.

function overview(app) {
  const { client, lists } = app;
  const { info = {}, instructions, capabilities = {} } = client.server;
  const counts = Object.entries(KINDS).filter(([kind]) => lists[kind].length)
    .map(([kind, { title }]) => el("li", {}, el("strong", {}, String(lists[kind].length)), ` ${lists[kind].length === 1 ? kind : title.toLowerCase()}`));
  const first = Object.entries(KINDS).find(([kind]) => lists[kind].length);
  return el("article", { class: "overview" },
    el("header", { class: "head" },
      el("p", { class: "kind" }, "MCP server"),
      el("h1", { tabindex: "-1" }, iconOf(info.icons), clipped(String(info.title ?? info.name ?? "Server"), 300)),
      el("p", { class: "named" }, el("code", {}, clipped(`${info.name ?? ""} ${info.version ?? ""}`.trim(), 300)), info.websiteUrl ? [" ", webLink(String(info.websiteUrl))] : null),
      info.description ? el("div", { class: "description" }, prose(info.description)) : null),
    instructions ? [el("h2", {}, "Instructions"), prose(instructions)] : null,
    counts.length ? el("ul", { class: "counts" }, counts) : el("p", { class: "faint" }, "It offers no handlers to this page."),
    first ? el("p", {}, "Choose one on the list, such as ", el("a", { href: addressOf(first[0], first[1].key(lists[first[0]][0])) }, String(first[1].key(lists[first[0]][0])).slice(0, 200)), ", and call it.") : null,
    el("h2", {}, "Connect a client"), connections(app),
    el("h2", {}, "What it speaks"),
    el("dl", { class: "facts" },
      el("dt", {}, "Endpoint"), el("dd", {}, el("code", {}, client.endpoint)),
      el("dt", {}, "Revision"), el("dd", {}, client.revision, " ", button("Change", () => openSettings(app), { class: "small" })),
      el("dt", {}, "Capabilities"), el("dd", {}, tree(capabilities))));
}

/** Any request or notification, for what has no page: methods of extensions, `ping`, a list. */
function requestView(app) {
  const schema = { type: "object", required: ["method"], properties: {
    method: { type: "string", description: "Such as `tools/list`, or a method of an extension" },
    params: { type: "object", additionalProperties: true, description: "The page adds `_meta`." },
  } };
  const panel = tryPanel(app, {
    address: "#request", method: "ping", verb: "Send", label: "Request", schema,
    methodOf: ({ method = "" }) => String(method), paramsOf: ({ params = {} }) => params,
  });
  const methods = Object.values(KINDS).map(({ list }) => list);
  return el("article", { class: "handler" }, el("header", { class: "head" }, el("p", { class: "kind" }, "Request"), el("h1", { tabindex: "-1" }, "Any request"),
    el("div", { class: "description" }, prose("Sends what has no page of its own. Turn to JSON to write `params` as a whole; notifications are sent as well."))),
    el("div", { class: "read" }, el("h2", {}, "Methods"), el("ul", {}, [...methods, "ping"].map((name) => el("li", {}, button(name, () => panel.form.fill({ method: name }), { class: "quiet" }))))),
    panel.element);
}
