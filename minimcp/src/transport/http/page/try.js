// The part of a handler's page in which it is called.

/** How many messages of one call are shown. */
const NOTES = 200;

/**
 * A form, the buttons, and what happens. `about`: `address`, `method`, `verb`, `schema`, `paramsOf(values)`, and where there
 * are any `completes`, `tool`, `label`, `sure(values)`, which says whether the user means it.
 */
function tryPanel(app, about) {
  const { client } = app;
  let running;
  let outcome;
  const form = makeForm(about.schema, { label: about.label ?? "Arguments", completes: about.completes, submit: start });
  const go = el("button", { type: "submit", class: "primary" }, about.verb);
  const cancel = button("Cancel", () => running?.cancel(), { hidden: true });
  const activity = el("div", { class: "activity", hidden: true });
  const questions = el("div", {});
  const result = el("div", { "aria-live": "polite" });
  form.element.append(el("div", { class: "actions" }, go, cancel, el("span", { class: "spring" }), copies()));

  async function start() {
    if (running) return;
    const values = form.value();
    if (values === undefined) return;
    form.clear();
    if (about.sure && !(await about.sure(values))) return go.focus();
    const params = about.paramsOf(values);
    if (params === undefined) return;
    const ask = async (question, signal) => {
      app.mark(about.address, "asks");
      return askUser(questions, question, signal).finally(() => running && app.mark(about.address, "runs"));
    };
    const call = new Call(client, about.methodOf?.(values) ?? about.method, params, { ask, tool: about.tool });
    begin(call);
    const began = performance.now();
    try {
      const answer = await call.run();
      outcome = { values, params, answer, call };
      result.replaceChildren(resultView(call.method, answer));
      if (answer.result.isError) form.report(problemsIn(textOf(answer.result)));
    } catch (error) {
      outcome = { values, params, error, call };
      result.replaceChildren(errorView(error, performance.now() - began));
      form.report(problemsIn(error.message));
      if (error.gone || error.unauthorized) app.failed(error);
    } finally {
      end();
    }
  }

  function begin(call) {
    running = call;
    result.replaceChildren();
    questions.replaceChildren();
    cancel.hidden = false;
    go.disabled = true;
    app.mark(about.address, "runs");
    showActivity(call, activity);
  }

  function end() {
    running = undefined;
    go.disabled = false;
    // Whoever cancelled from the keyboard goes on from the button beside it.
    if (document.activeElement === cancel) go.focus();
    cancel.hidden = true;
    go.textContent = `${about.verb} again`;
    activity.classList.add("over");
    app.mark(about.address, undefined);
  }

  function copies() {
    const current = () => {
      const values = form.value() ?? {};
      const method = about.methodOf?.(values) ?? about.method;
      const params = about.paramsOf(values) ?? {};
      const fits = outcome && JSON.stringify(outcome.params) === JSON.stringify(params) ? outcome : undefined;
      return { client, method, params, tool: about.tool, outcome: fits };
    };
    return el("span", { class: "copies", role: "group", "aria-label": "Copy this call" }, el("span", { class: "faint" }, "Copy as "),
      copyButton("curl", () => curlOf(current())), copyButton("Rust test", () => rustOf(current())),
      copyButton("config", () => configOf(app)));
  }

  return { element: el("section", { class: "try", "aria-label": "Try it" }, el("h2", { class: "hidden" }, "Try it"), form.element, activity, questions, result), form };
}

const textOf = ({ content }) => (Array.isArray(content) ? content : []).filter((part) => part?.type === "text").map(({ text }) => String(text).slice(0, SHOWN)).join("\n");

/** Progress as a bar, and the messages of a call as they come. */
function showActivity(call, place) {
  const bar = el("progress", { "aria-label": "Progress" });
  const state = el("p", { class: "state", role: "status" }, "Calling");
  const notes = el("ol", {});
  const log = el("div", { class: "notes", role: "log", "aria-label": "Messages of the call" }, notes);
  place.classList.remove("over");
  place.hidden = false;
  place.replaceChildren(bar, state, log);
  const note = (kind, text) => {
    if (notes.childElementCount >= NOTES) notes.firstElementChild.remove();
    notes.append(el("li", {}, el("span", { class: "kind" }, `${kind.slice(0, 20)} `), clipped(text, 2000)));
    log.scrollTop = log.scrollHeight;
  };
  call.addEventListener("progress", ({ detail: { progress, total, message } }) => {
    const of = Number(total);
    if (of > 0) {
      bar.max = of;
      bar.value = Math.min(Math.max(Number(progress) || 0, 0), of);
    }
    const share = of > 0 ? `${Math.round((Number(progress) / of) * 100)} %` : String(progress).slice(0, 30);
    state.textContent = message === undefined ? share : `${share} · ${String(message).slice(0, 500)}`;
    note(share, String(message ?? ""));
  });
  call.addEventListener("note", ({ detail: { level, logger, data } }) => {
    note(String(level ?? "log"), `${logger ? `${logger}: ` : ""}${plain(data ?? "")}`);
  });
  call.addEventListener("state", ({ detail }) => (state.textContent = detail));
  call.addEventListener("task", ({ detail: { taskId, status, statusMessage } }) => {
    const text = `Task ${String(status).replace("_", " ")}${statusMessage ? `: ${String(statusMessage).slice(0, 500)}` : ""}`;
    if (state.textContent !== text) note("task", `${String(status)} · ${String(taskId).slice(0, 100)}`);
    state.textContent = text;
  });
}

/** Asks whether a call that destroys something is meant. */
function confirmed(name, values) {
  return new Promise((answer) => {
    const dialog = el("dialog", { class: "sure", "aria-labelledby": freshId() });
    const close = (value) => {
      dialog.close();
      dialog.remove();
      answer(value);
    };
    dialog.append(
      el("h2", { id: dialog.getAttribute("aria-labelledby") }, "This may destroy something"),
      el("p", {}, "The server says that ", el("code", {}, name.slice(0, 200)), " is destructive. It will be called with:"),
      el("pre", { class: "code", tabindex: "0", "aria-label": "Arguments" }, clipped(pretty(values), 5000)),
      el("div", { class: "actions" }, button("Do not call", () => close(false), { autofocus: true }), button("Call it", () => close(true), { class: "danger" })));
    dialog.addEventListener("cancel", (event) => (event.preventDefault(), close(false)));
    document.body.append(dialog);
    dialog.showModal();
  });
}
