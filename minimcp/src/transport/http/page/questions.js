// Questions of the server, answered by the user in the place where the call is shown.

/** What was answered before, by question, for whoever calls again. */
const remembered = new Map();
let asked = 0;

/** Shows a question in `place` and gives the answer: `{ result }`, or `{ error }` if the user refuses. */
function askUser(place, { method, params = {} }, signal) {
  const kinds = { "elicitation/create": params.mode === "url" ? askToOpen : askForm, "sampling/createMessage": askModel, "roots/list": askRoots };
  const kind = kinds[method];
  if (!kind) return Promise.resolve({ error: { code: -32601, message: `this page does not know ${method}` } });
  return new Promise((answer, failed) => {
    const settle = (value) => {
      box.remove();
      answer(value);
    };
    const box = el("section", { class: "question", "aria-label": `Question of the server ${(asked += 1)}` });
    const focus = kind(box, params, settle);
    place.append(box);
    focus?.();
    signal?.addEventListener("abort", () => {
      box.remove();
      failed(new Failure("Cancelled", "The question was withdrawn.", { cancelled: true }));
    }, { once: true });
  });
}

/** A form for the user (Elicitation). */
function askForm(box, { message, requestedSchema }, settle) {
  const accept = () => {
    const content = form.value();
    if (content === undefined) return;
    remember(message, content);
    settle({ result: { action: "accept", content } });
  };
  const form = makeForm(requestedSchema, { label: "Your answer", titled: true, prefill: true, submit: accept });
  form.element.append(el("div", { class: "actions" },
    el("button", { type: "submit", class: "primary" }, "Answer"),
    button("Decline", () => settle({ result: { action: "decline" } })),
    button("Dismiss", () => settle({ result: { action: "cancel" } }), { class: "quiet" })));
  fillDefaults(form, requestedSchema, remembered.get(message));
  box.append(heading("The server asks you"), ...prose(message), form.element);
  return () => form.focus();
}

/** A page that the user is to open (Elicitation, URL mode). It is never opened by itself. */
function askToOpen(box, { message, url }, settle) {
  const link = webLink(url);
  const isLink = link.matches("a");
  box.append(heading("The server asks you to open a page"), ...prose(message),
    el("p", { class: "address" }, link),
    isLink ? el("p", { class: "hint" }, `It is on ${new URL(url).host}. Open it only if you know it.`)
      : el("p", { class: "problem" }, "This is no address of the web, so it cannot be opened."),
    el("div", { class: "actions" },
      isLink ? button("I opened it", () => settle({ result: { action: "accept" } }), { class: "primary" }) : null,
      button("Decline", () => settle({ result: { action: "decline" } })),
      button("Dismiss", () => settle({ result: { action: "cancel" } }), { class: "quiet" })));
  return () => link.focus?.();
}

/** A question for a model: here the user is the model (Sampling). */
function askModel(box, params, settle) {
  const { messages = [], systemPrompt, tools } = params;
  const schema = { type: "object", required: ["text", "model"], properties: {
    text: { type: "string", title: "What the model says", description: `At most ${params.maxTokens ?? "?"} tokens.`, maxLength: 10_000 },
    model: { type: "string", title: "Name of the model" },
  } };
  const send = () => {
    const content = form.value();
    if (content === undefined) return;
    remember("sampling", content);
    // Typed as JSON, it may be a whole result, which calls tools for instance.
    if (content.role && content.content) return settle({ result: content });
    const { text = "", model = "you", ...rest } = content;
    settle({ result: { role: "assistant", content: { type: "text", text }, model, stopReason: "endTurn", ...rest } });
  };
  const form = makeForm(schema, { label: "Answer of the model", titled: true, submit: send });
  form.fill(remembered.get("sampling") ?? { model: "you" });
  form.element.append(el("div", { class: "actions" },
    el("button", { type: "submit", class: "primary" }, "Answer"),
    button("Refuse", () => settle({ error: { code: -1, message: "User rejected sampling request" } }))));
  box.append(heading("The server asks a model"),
    systemPrompt ? el("p", { class: "hint" }, `It is told: ${String(systemPrompt).slice(0, 2000)}`) : "",
    conversation(messages.filter(isObject)), tools ? el("details", {}, el("summary", {}, `${tools.length} tools for the model`), tree(tools)) : "", form.element);
  return () => form.focus();
}

/** Which folders the client works on (Roots). */
function askRoots(box, _, settle) {
  const schema = { type: "object", properties: { roots: { type: "array", title: "Folders", items: {
    type: "object", required: ["uri"], properties: {
      uri: { type: "string", description: "Begins with `file://`" }, name: { type: "string" },
    },
  } } }, required: ["roots"] };
  const send = () => {
    const content = form.value();
    if (content === undefined) return;
    remember("roots", content);
    settle({ result: { roots: content.roots ?? [] } });
  };
  const form = makeForm(schema, { label: "Folders", titled: true, submit: send });
  form.fill(remembered.get("roots") ?? { roots: [{ uri: "file:///home/you/project" }] });
  form.element.append(el("div", { class: "actions" },
    el("button", { type: "submit", class: "primary" }, "Answer"),
    button("Refuse", () => settle({ error: { code: -1, message: "User refused to list roots" } }))));
  box.append(heading("The server asks which folders you work on"), form.element);
  return () => form.focus();
}

const heading = (text) => el("div", { role: "alert" }, el("h3", {}, text));

function remember(question, answer) {
  remembered.set(question, answer);
  if (remembered.size > 100) remembered.delete(remembered.keys().next().value);
}

/** Fills a form with what the server suggests, or with what was answered before. */
function fillDefaults(form, schema, before) {
  const suggested = Object.entries(schema?.properties ?? {})
    .filter(([, property]) => property?.default !== undefined)
    .map(([name, property]) => [name, property.default]);
  const value = before ?? Object.fromEntries(suggested);
  if (Object.keys(value).length) form.fill(value);
}
