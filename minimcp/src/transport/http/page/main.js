// The page as a whole: what is known of the server, and what is shown of it.

/** How many pages of handlers stay as they were left. */
const VIEWS = 100;

const named = (name) => document.querySelector(`meta[name="${name}"]`).content;
const REVISIONS = named("revisions").split(" ");

class App {
  client = new Client(new URL(named("endpoint"), location.href).href, new Log(), REVISIONS.at(-1));
  lists = { tool: [], prompt: [], resource: [], template: [] };
  /** Revisions that the server turned down. */
  refused = new Map();
  #views = new Map();
  #nav = new Nav(this);
  #listener = new Listener(this);
  #main = document.getElementById("main");
  #waiting;

  constructor() {
    new Wire(this);
    document.getElementById("connection").addEventListener("click", () => openSettings(this));
    document.getElementById("skip").addEventListener("click", (event) => {
      event.preventDefault();
      this.#main.focus();
    });
    addEventListener("hashchange", () => this.#route(true));
    addEventListener("pagehide", () => this.client.session.end());
    addEventListener("pageshow", ({ persisted }) => persisted && this.connect());
    addEventListener("beforeunload", (event) => this.#nav.isBusy && event.preventDefault());
  }

  /** Finds out what is there, and shows it. */
  async connect() {
    this.#waiting?.abort();
    this.#listener.stop();
    this.#say("Connecting…", "busy");
    try {
      await this.client.connect();
      await this.#load();
      this.#say("", "good");
      this.#listener.start();
    } catch (error) {
      if (error.code === -32022 || /does not speak/.test(error.title ?? "")) this.refused.set(this.client.revision, true);
      this.failed(error);
    }
    this.#named();
    this.#nav.show();
    this.#route(false);
  }

  async #load() {
    const { capabilities = {} } = this.client.server;
    const loaded = Object.entries(KINDS).map(async ([kind, { list, member, capability }]) =>
      [kind, capabilities[capability] ? await this.client.list(list, member) : []]);
    this.lists = Object.fromEntries(await Promise.all(loaded));
  }

  /** Reads the lists again, after the server said that they changed. */
  async reload() {
    try {
      await this.#load();
    } catch (error) {
      return this.failed(error);
    }
    this.#nav.show();
    this.#route(false);
  }

  failed(error) {
    const title = error.title ?? "The server answered with an error";
    this.#say(`${title}. ${error.message}`, "bad", error.unauthorized ? ["Enter a token", () => openSettings(this)] : ["Try again", () => this.connect()]);
    if (error.gone) this.#wait();
  }

  /** The server ended what should go on: it stopped, or will be there again in a moment. */
  lost() {
    this.failed(unreachable());
  }

  async #wait() {
    this.#waiting?.abort();
    const waiting = (this.#waiting = new AbortController());
    await comeBack(waiting.signal).then(() => this.connect(), () => {});
  }

  #say(text, tone, action) {
    const status = document.getElementById("status");
    status.className = `status ${tone}`;
    status.replaceChildren(text, action ? button(action[0], action[1], { class: "small" }) : "");
    document.getElementById("lamp").className = `lamp ${tone}`;
    document.getElementById("revision").textContent = { good: this.client.revision, busy: "connecting", bad: "not connected" }[tone];
    document.getElementById("connection").setAttribute("aria-label", `Connection: ${{ good: `connected, revision ${this.client.revision}`, busy: "connecting", bad: "not connected" }[tone]}`);
  }

  #named() {
    const { info = {} } = this.client.server;
    const title = String(info.title ?? info.name ?? "MCP server").slice(0, 200);
    document.getElementById("title").textContent = title;
    document.getElementById("version").textContent = String(info.version ?? "").slice(0, 50);
    document.getElementById("icon").replaceChildren(iconOf(info.icons) ?? "");
  }

  /** Shows what the address names; it gets the focus if somebody went there. */
  #route(went) {
    const { view, title } = this.#found();
    document.body.classList.toggle("inside", location.hash.length > 1);
    if (this.#main.firstElementChild !== view) {
      this.#main.replaceChildren(view);
      if (went) this.#main.scrollTo(0, 0);
    }
    const server = this.client.server.info;
    document.title = [title, server?.title ?? server?.name ?? "MCP server"].filter(Boolean).map((part) => String(part).slice(0, 100)).join(" · ");
    this.#nav.current();
    if (went) {
      scrollTo(0, 0);
      view.querySelector("h1")?.focus();
    }
  }

  #found() {
    const [, kind, key] = /^#(\w+)(?:\/(.*))?$/.exec(location.hash) ?? [];
    if (kind === undefined) return { view: overview(this) };
    if (kind === "request") return { view: this.#kept("#request", {}, () => requestView(this)), title: "Any request" };
    const name = decoded(key ?? "");
    const handler = Object.hasOwn(KINDS, kind) ? this.lists[kind].find((one) => String(KINDS[kind].key(one)) === name) : undefined;
    if (handler) return { view: this.#kept(location.hash, handler, () => KINDS[kind].view(this, handler)), title: handler.title ?? name };
    // A resource need not be listed to be read.
    if (kind === "resource" && name) return { view: this.#kept(location.hash, { uri: name }, () => resourceView(this, { uri: name, name })), title: name };
    const text = this.client.server.info ? "The server has no such handler." : "Nothing is known of the server yet.";
    return { view: el("article", {}, el("h1", { tabindex: "-1" }, name.slice(0, 300) || "Nothing"), el("p", {}, text)), title: name };
  }

  /** A page as it was left, unless the handler is another one by now. */
  #kept(address, handler, make) {
    const known = JSON.stringify([handler, Boolean(this.client.server.capabilities?.completions)]);
    const kept = this.#views.get(address);
    if (kept?.known === known) return kept.view;
    const view = make();
    this.#views.delete(address);
    this.#views.set(address, { known, view });
    if (this.#views.size > VIEWS) this.#views.delete(this.#views.keys().next().value);
    return view;
  }

  mark(address, state) {
    this.#nav.mark(address, state);
  }

  canFollow() {
    return Boolean(this.client.server.capabilities?.resources?.subscribe);
  }

  follow(uri, changed) {
    this.#listener.follow(uri, changed).catch((error) => this.failed(error));
  }
}

new App().connect();
