// How the page speaks to the server: revision, token, headers, what it can be asked. All of it is kept in memory alone.

const LEVELS = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

/** Opens the dialog; `apply` is called when the user is done. */
function openSettings(app) {
  const { client } = app;
  const refused = new Set(app.refused.keys());
  const revision = el("select", { id: freshId() }, REVISIONS.toReversed().map((name) =>
    el("option", { value: name, disabled: refused.has(name) }, `${name}${refused.has(name) ? " – not served" : ""}`)));
  revision.value = client.revision;
  const token = el("input", { id: freshId(), type: "password", autocomplete: "off", value: client.token, spellcheck: "false" });
  const level = el("select", { id: freshId() }, el("option", { value: "" }, "nothing"), LEVELS.map((name) => el("option", {}, name)));
  level.value = client.logLevel;
  const abilities = el("textarea", { id: freshId(), class: "code", rows: "6", spellcheck: "false", value: pretty(client.capabilities) });
  const headers = el("div", { class: "items" });
  const problem = el("p", { class: "problem", role: "alert", hidden: true });
  const addHeader = ([name, value] = ["", ""]) => {
    const key = el("input", { type: "text", "aria-label": "Name of the header", placeholder: "X-Header", autocomplete: "off", value: name });
    const text = el("input", { type: "password", "aria-label": "Value of the header", autocomplete: "off", value });
    const place = el("div", { class: "item pair" }, key, text, button("Remove", () => place.remove(), { class: "small" }));
    headers.append(place);
    return key;
  };
  client.headers.forEach(addHeader);

  const labelled = (text, control, hint) => el("div", { class: "field" }, el("label", { for: control.id }, text), hint ? el("div", { class: "hint" }, hint) : null, control);
  const form = el("form", { onsubmit: apply },
    el("h2", { id: freshId() }, "Connection"),
    el("p", { class: "hint" }, el("code", {}, client.endpoint)),
    labelled("Revision of the protocol", revision),
    labelled("Bearer token", token, "Sent as Authorization. Kept in the memory of this page alone, and gone when it is closed."),
    el("fieldset", { class: "field" }, el("legend", {}, "Other headers"), headers, button("Add a header", () => addHeader().focus(), { class: "small" })),
    labelled("Log messages", level, "The least important that the server is to send."),
    el("details", {}, el("summary", {}, "What this page says it can do"), labelled("Capabilities", abilities)),
    problem,
    el("div", { class: "actions" }, el("button", { type: "submit", class: "primary" }, "Connect"), button("Close", () => dialog.close())));
  const dialog = el("dialog", { class: "settings", "aria-labelledby": form.firstElementChild.id, onclose: () => dialog.remove() }, form);
  document.body.append(dialog);
  dialog.showModal();

  async function apply(event) {
    event.preventDefault();
    const pairs = [...headers.querySelectorAll(".pair")].map((pair) => [...pair.querySelectorAll("input")].map(({ value }) => value.trim()));
    const capabilities = parsed(abilities.value);
    const wrong = !isObject(capabilities) ? "The capabilities have to be an object of JSON."
      : pairs.some(([name, value]) => name && !sendable(name, value)) ? "A header has a name or a value that cannot be sent."
      : !/^[\x21-\x7e]*$/.test(token.value.trim()) ? "A token is visible ASCII." : undefined;
    problem.hidden = !wrong;
    problem.textContent = wrong ?? "";
    if (wrong) return;
    dialog.close();
    await client.session.end();
    Object.assign(client, { revision: revision.value, token: token.value.trim(), logLevel: level.value, capabilities, headers: pairs.filter(([name]) => name) });
    app.connect();
  }
}

function sendable(name, value) {
  try {
    new Headers([[name, value]]);
    return true;
  } catch {
    return false;
  }
}
