// A client of the endpoint: one message, one POST. What revisions before 2026-07-28 do differently is in session.js.

const MODERN = "2026-07-28";
const META = "io.modelcontextprotocol/";
const TASKS = "io.modelcontextprotocol/tasks";

/** What this page can be asked, unless the user says something else. */
const CAPABILITIES = {
  elicitation: { form: {}, url: {} }, sampling: { context: {}, tools: {} }, roots: {}, extensions: { [TASKS]: {} },
};

/** The longest list that is read, in pages. */
const PAGES = 200;

class Client {
  /** Kept in memory alone: who the user is, and what else each request says. */
  token = "";
  headers = [];
  capabilities = CAPABILITIES;
  logLevel = "debug";
  revision;
  session = new Session(this);
  server = {};
  #ids = 0;

  constructor(endpoint, log, revision) {
    this.endpoint = endpoint;
    this.log = log;
    this.revision = revision;
  }

  get isModern() {
    return this.revision >= MODERN;
  }

  /** Finds out who is there: `server/discover`, or `initialize` and a session. */
  async connect() {
    this.session.forget();
    if (this.isModern) {
      const { result } = await this.request("server/discover", {});
      this.server = { ...result, info: result._meta?.[`${META}serverInfo`] ?? result.serverInfo ?? {} };
    } else {
      const result = await this.session.open();
      this.server = { ...result, info: result.serverInfo ?? {} };
    }
    return this.server;
  }

  /** All pages of a list. */
  async list(method, member) {
    const items = [];
    let cursor;
    for (let page = 0; page < PAGES; page += 1) {
      const { result } = await this.request(method, cursor === undefined ? {} : { cursor });
      if (Array.isArray(result[member])) items.push(...result[member].filter(isObject));
      cursor = result.nextCursor;
      if (cursor === undefined || cursor === null) break;
    }
    return items;
  }

  nextId() {
    return (this.#ids += 1);
  }

  /**
   * Sends a request and gives `{ result, text, size }`, or fails with `RpcError` or `Failure`. Other messages that come before
   * the answer go to `heard`, questions among them.
   */
  async request(method, params, { signal, heard, tool, id = this.nextId() } = {}) {
    if (!this.isModern && method !== "initialize") await this.session.ready();
    const asked = this.session.id;
    const { message, headers } = this.composed(method, params, { id, tool, heard });
    try {
      for await (const text of this.post(message, { headers, signal, id })) {
        const answer = parsed(text);
        if (isAnswer(answer, id)) return finished(answer, text);
        for (const other of [].concat(answer ?? [])) heard?.(other);
      }
    } catch (error) {
      // The session has ended, or the server forgot it: a new one is begun, once.
      if (error.missing && asked && this.session.id === asked) {
        this.session.forget();
        return this.request(method, params, { signal, heard, tool, id });
      }
      throw error;
    }
    throw new Failure("The answer broke off", "The server ended its answer before the result. It may have stopped.");
  }

  /** A request as it would be sent, without the headers that all have. */
  composed(method, params, { id = 1, tool, heard } = {}) {
    const message = { jsonrpc: "2.0", id, method, params: this.#described(params, id, heard) };
    return { message, headers: this.isModern ? this.#mirrored(method, message.params, tool) : {} };
  }

  #described(params, id, heard) {
    const meta = { ...params._meta };
    if (heard) meta.progressToken ??= id;
    if (this.isModern) {
      meta[`${META}protocolVersion`] = this.revision;
      meta[`${META}clientInfo`] = PAGE;
      meta[`${META}clientCapabilities`] = this.capabilities;
      if (heard && this.logLevel) meta[`${META}logLevel`] = this.logLevel;
    }
    return Object.keys(meta).length ? { ...params, _meta: meta } : params;
  }

  /** The headers that say what the body says (2026-07-28, Standard Request Headers). */
  #mirrored(method, params, tool) {
    const headers = { "Mcp-Method": method };
    const name = method === "resources/read" ? params.uri : method.startsWith("tasks/") ? params.taskId : params.name;
    if (typeof name === "string") headers["Mcp-Name"] = headerText(name);
    for (const { header, path } of headersOf(tool?.inputSchema)) {
      const value = path.reduce((at, step) => at?.[step], params.arguments);
      if (value !== undefined && value !== null) headers[`Mcp-Param-${header}`] = headerText(plain(value));
    }
    return headers;
  }

  /** Sends a message that has no answer. */
  async notify(method, params) {
    await this.tell({ jsonrpc: "2.0", method, params });
  }

  /** Answers a request of the server. */
  async answer(id, answer) {
    await this.tell({ jsonrpc: "2.0", id, ...answer });
  }

  async tell(message) {
    for await (const _ of this.post(message, {})) {
      // What is taken is answered with nothing.
    }
  }

  /** Sends anything and gives the texts of the messages that come back. */
  async *post(message, { headers = {}, signal, id }) {
    const body = typeof message === "string" ? message : JSON.stringify(message);
    const sent = { ...this.commonHeaders(), ...this.session.headers(), ...headers, ...this.ownHeaders() };
    if (message.method === "initialize") delete sent["MCP-Protocol-Version"];
    yield* this.exchange({ method: "POST", headers: sent, body, signal, message, id });
  }

  commonHeaders() {
    return {
      "Content-Type": "application/json", Accept: "application/json, text/event-stream", "MCP-Protocol-Version": this.revision,
    };
  }

  /** What the user gave this page to send with each request. */
  ownHeaders() {
    const own = Object.fromEntries(this.headers.filter(([name]) => name));
    return this.token ? { Authorization: `Bearer ${this.token}`, ...own } : own;
  }

  /** One exchange of HTTP, written down as it happens. */
  async *exchange({ method, headers, body, signal, message, id }) {
    const noted = this.log.begin({ method, url: this.endpoint, headers, body, message, secret: Object.keys(this.ownHeaders()), revision: this.revision });
    try {
      yield* this.#exchanged(noted, { method, headers, body, signal }, id);
      this.log.end(noted);
    } catch (error) {
      const problem = error.name === "AbortError" ? new Failure("Cancelled", "The answer was not waited for.", { cancelled: true })
        : error instanceof Failure || error instanceof RpcError ? error : unreachable();
      this.log.end(noted, problem.title ?? problem.message);
      throw problem;
    } finally {
      this.log.end(noted, "given up");
    }
  }

  async *#exchanged(noted, request, id) {
    const response = await fetch(this.endpoint, {
      ...request, cache: "no-store", credentials: "same-origin", redirect: "error",
      // The end of a session is told when the page goes away.
      keepalive: request.method === "DELETE",
    });
    Object.assign(noted, { status: response.status, responseHeaders: [...response.headers] });
    this.log.changed(noted);
    this.session.opened(response.headers);
    const type = response.headers.get("content-type") ?? "";
    if (response.ok && type.startsWith("text/event-stream")) {
      yield* this.#streamed(noted, response, request.signal, id);
      return;
    }
    const text = await response.text();
    if (text) this.log.received(noted, text);
    const message = type.startsWith("application/json") ? parsed(text) : undefined;
    if (message !== undefined) yield text;
    // An answer of the protocol says more than the status.
    if (!response.ok && !message?.error) throw failureOf(response.status, response.headers, text);
  }

  /** The messages of a stream; of one that the server ended to be asked again later, also the rest. */
  async *#streamed(noted, response, signal, id) {
    let last = {};
    let answered = false;
    for await (const event of eventsOf(response)) {
      last = { id: event.id ?? last.id, retry: event.retry ?? last.retry };
      this.log.received(noted, event.data);
      if (event.data === "") continue;
      answered ||= id !== undefined && isAnswer(parsed(event.data), id);
      yield event.data;
    }
    this.log.end(noted);
    if (!answered && id !== undefined && last.id && this.session.id) {
      await pause(Math.min(last.retry ?? 1000, 60_000), signal);
      const headers = { Accept: "text/event-stream", "MCP-Protocol-Version": this.revision, "Last-Event-ID": last.id, ...this.session.headers(), ...this.ownHeaders() };
      yield* this.exchange({ method: "GET", headers, signal, message: { method: "the rest" }, id });
    }
  }
}

const PAGE = { name: "minimcp page", version: "1" };

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isAnswer = (message, id) => isObject(message) && message.method === undefined
  && (message.id === id || message.id === null) && ("result" in message || "error" in message);

function finished(answer, text) {
  if (answer.error) throw new RpcError(answer.error);
  if (!isObject(answer.result)) throw new Failure("The answer makes no sense", "It has neither a result nor an error.");
  return { result: answer.result, text, size: new Blob([text]).size };
}

/** A value as a header can carry it: visible ASCII, or base64 (2026-07-28, Value Encoding). */
function headerText(text) {
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith("=?base64?")) return text;
  const bytes = new TextEncoder().encode(text);
  return `=?base64?${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}?=`;
}

function pause(milliseconds, signal) {
  return new Promise((done, failed) => {
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      failed(new DOMException("cancelled", "AbortError"));
    }, { once: true });
  });
}
