// The panel that shows what went over the wire, as it happens.

class Wire {
  #app;
  #place = document.getElementById("wire");
  #list = el("ol", { class: "exchanges", "aria-label": "Exchanges" });
  #detail = el("div", { class: "exchange", tabindex: "0", role: "region", "aria-label": "Exchange" });
  #count = el("span", { class: "count" }, "0");
  #items = new Map();
  #chosen;
  #waiting = false;

  constructor(app) {
    this.#app = app;
    const body = el("div", { class: "body", id: freshId(), hidden: true }, this.#list, this.#detail);
    const toggle = button("Wire ", () => {
      body.hidden = !body.hidden;
      toggle.setAttribute("aria-expanded", String(!body.hidden));
      this.#place.classList.toggle("open", !body.hidden);
      if (!body.hidden) this.#show();
    }, { class: "quiet toggle", "aria-expanded": "false", "aria-controls": body.id });
    toggle.append(this.#count);
    const clear = button("Clear", () => app.client.log.clear(), { class: "small" });
    this.#place.append(el("div", { class: "bar" }, toggle, el("span", { class: "faint hint" }, "what went between this page and the server"), el("span", { class: "spring" }), clear), body);
    this.#detail.append(el("p", { class: "faint" }, "Nothing is chosen."));
    app.client.log.addEventListener("change", ({ detail }) => this.#changed(detail));
    this.body = body;
  }

  #changed(exchange) {
    this.#count.textContent = String(this.#app.client.log.exchanges.length);
    if (exchange === this.#chosen) this.#stale = true;
    // Many events may come between two frames.
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      if (!this.body.hidden) this.#show();
    });
  }
  #stale = true;

  #show() {
    const { exchanges } = this.#app.client.log;
    const there = new Set(exchanges);
    for (const [exchange, item] of this.#items) {
      if (there.has(exchange)) continue;
      item.remove();
      this.#items.delete(exchange);
    }
    for (const exchange of exchanges) {
      let item = this.#items.get(exchange);
      if (!item) {
        item = el("li", {}, button("", () => this.#choose(exchange), { class: "quiet" }));
        this.#items.set(exchange, item);
        this.#list.prepend(item);
      }
      this.#fill(item.firstElementChild, exchange);
    }
    if (!this.#chosen && exchanges.length) this.#chosen = exchanges.at(-1);
    if (this.#chosen && this.#stale) this.#detailed();
  }

  #fill(button, exchange) {
    const { message, status, ended, took, problem, events } = exchange;
    const failed = problem !== undefined && problem !== "given up" || status >= 400;
    const state = status === undefined ? (ended ? "–" : "…") : String(status);
    const text = [state, label(message, exchange.method), ended ? timeText(took) : `${events.length} ${events.length === 1 ? "event" : "events"}`];
    if (button.dataset.text !== text.join()) {
      button.dataset.text = text.join();
      button.replaceChildren(el("span", { class: failed ? "status bad" : "status" }, state), " ", el("span", { class: "name" }, text[1]), " ", el("span", { class: "faint" }, text[2]));
    }
    button.setAttribute("aria-pressed", String(exchange === this.#chosen));
  }

  #choose(exchange) {
    this.#chosen = exchange;
    this.#show();
    this.#detailed();
  }

  #detailed() {
    this.#stale = false;
    const exchange = this.#chosen;
    const { method, url, headers, body, status, responseHeaders = [], events, dropped, size, took, problem, ended, secret } = exchange;
    const shown = Object.entries(headers).map(([name, value]) => [name, secret.includes(name) ? "(kept secret)" : value]);
    const request = el("div", {},
      el("div", { class: "bar" }, el("h3", {}, "Request"), el("span", { class: "spring" }), this.#copies(exchange)),
      el("p", {}, el("code", {}, `${method} ${url}`)), headerList(shown), body === undefined ? "" : bodyView(body, "Body of the request"));
    const response = el("div", {},
      el("h3", {}, status === undefined ? "No response" : `Response ${status}`),
      el("p", { class: "faint" }, [exchange.at.toLocaleTimeString(), ended ? timeText(took) : "still open", bytesText(size), problem].filter(Boolean).join(" · ")),
      headerList(responseHeaders),
      events.map(({ after, text }) => el("div", { class: "event" }, el("span", { class: "faint" }, `after ${timeText(after)}`), bodyView(text, "Message"))),
      dropped ? el("p", { class: "faint" }, `and ${dropped} more, which are not kept`) : "");
    const { scrollTop } = this.#detail;
    this.#detail.replaceChildren(request, response);
    this.#detail.scrollTop = scrollTop;
  }

  #copies({ method, message, headers, body, secret, events }) {
    const { client } = this.#app;
    const open = Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.includes(name) && name !== "Mcp-Session-Id"));
    const command = () => (method === "POST" ? curl(client.endpoint, open, secret, body) : `${curl(client.endpoint, open, secret)} \\\n  -X ${method}`);
    const answer = parsed(events.at(-1)?.text ?? "");
    const { _meta, ...params } = message.params ?? {};
    const outcome = answer && { params, call: { answered: [] }, ...(answer.error ? { error: new RpcError(answer.error) } : { answer: { result: answer.result } }) };
    return el("span", { class: "copies", role: "group", "aria-label": "Copy this exchange" }, el("span", { class: "faint" }, "Copy as "), copyButton("curl", command),
      message.id !== undefined && message.method && method === "POST" ? copyButton("Rust test", () => rustOf({ client, method: message.method, params, outcome })) : null,
      copyButton("config", () => configOf(this.#app)));
  }
}

/** What an exchange is about, in a word or two. */
function label(message, method) {
  if (message?.method) return `${message.method}${message.params?.name ? ` ${String(message.params.name)}` : ""}`.slice(0, 120);
  return message?.id === undefined ? method : "answer";
}

function headerList(headers) {
  if (!headers.length) return "";
  return el("dl", { class: "headers" }, headers.map(([name, value]) => [el("dt", {}, name), el("dd", {}, clipped(value, 500))]));
}

/** A body, laid out if it is JSON that is not too long for it. */
function bodyView(text, name) {
  const value = text.length < 200_000 ? parsed(text) : undefined;
  return el("pre", { class: "code", tabindex: "0", "aria-label": name }, clipped(value === undefined ? text : pretty(readExact(text))));
}
