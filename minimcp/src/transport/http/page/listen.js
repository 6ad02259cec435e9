// Listening for changes, and for the server's coming back.

/** How long the page waits between looking for a server that went away, in milliseconds. */
const LOOK = 1500;

/** The one stream on which the server tells of changes, in both eras. */
class Listener {
  #app;
  #stop = new AbortController();
  /** Who follows which resource. */
  followed = new Map();

  constructor(app) {
    this.#app = app;
  }

  stop() {
    this.#stop.abort();
    this.#stop = new AbortController();
  }

  /** Listens until the server ends it, and then waits for the server to be there again. */
  async start() {
    this.stop();
    const { signal } = this.#stop;
    const { client } = this.#app;
    const { capabilities = {} } = client.server;
    const tells = Object.values(capabilities).some((value) => value?.listChanged || value?.subscribe);
    if (!tells || (!client.isModern && !client.session.id)) return;
    try {
      if (client.isModern) await this.#listenModern(client, signal);
      else await this.#listenInSession(client, signal);
    } catch (error) {
      // A server that has no such stream is as good as any.
      if (!error.gone && !/broke off/.test(error.title ?? "")) return;
    }
    if (!signal.aborted) this.#app.lost();
  }

  async #listenModern(client, signal) {
    const { tools, prompts, resources } = client.server.capabilities;
    const notifications = {
      ...(tools?.listChanged && { toolsListChanged: true }), ...(prompts?.listChanged && { promptsListChanged: true }),
      ...(resources?.listChanged && { resourcesListChanged: true }),
      ...(this.followed.size && { resourceSubscriptions: [...this.followed.keys()] }),
    };
    await client.request("subscriptions/listen", { notifications }, { signal, heard: (message) => this.#heard(message) });
  }

  async #listenInSession(client, signal) {
    const headers = { Accept: "text/event-stream", "MCP-Protocol-Version": client.revision, ...client.session.headers(), ...client.ownHeaders() };
    for await (const text of client.exchange({ method: "GET", headers, signal, message: { method: "changes" } })) {
      for (const message of [].concat(parsed(text) ?? [])) this.#heard(message);
    }
  }

  #heard({ id, method, params }) {
    const app = this.#app;
    if (id !== undefined && method) {
      // Questions come with their calls; whatever is asked here was asked by nobody.
      app.client.answer(id, method === "ping" ? { result: {} } : { error: { code: -32601, message: "not here" } }).catch(() => {});
    } else if (/^notifications\/(tools|prompts|resources)\/list_changed$/.test(method ?? "")) app.reload();
    else if (method === "notifications/resources/updated") this.followed.get(params?.uri)?.();
  }

  /** Follows a resource, or no longer. */
  async follow(uri, changed) {
    const { client } = this.#app;
    if (changed) this.followed.set(uri, changed);
    else this.followed.delete(uri);
    if (client.isModern) this.start();
    else await client.request(changed ? "resources/subscribe" : "resources/unsubscribe", { uri });
  }
}

/** Waits until the server of this page answers again. */
async function comeBack(signal) {
  for (;;) {
    await pause(LOOK, signal);
    const there = await fetch(location.pathname, { method: "HEAD", cache: "no-store", signal }).then(() => true, () => false);
    if (there) return;
  }
}
