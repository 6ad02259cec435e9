// Revisions before 2026-07-28: a handshake, and where the server has them, a session.

class Session {
  id;
  #client;
  #opening;

  constructor(client) {
    this.#client = client;
  }

  forget() {
    this.id = undefined;
    this.#opening = undefined;
  }

  /** Introduces the page, unless that was done. */
  ready() {
    return (this.#opening ??= this.#open());
  }

  async open() {
    this.forget();
    return this.ready();
  }

  async #open() {
    const client = this.#client;
    const asked = client.revision;
    const params = { protocolVersion: asked, capabilities: client.capabilities, clientInfo: PAGE };
    try {
      const { result } = await client.request("initialize", params);
      if (result.protocolVersion !== asked) {
        throw new Failure("The server does not speak this revision", `Asked for ${asked}, it offers ${result.protocolVersion}. Choose that one under “Connection”.`);
      }
      await client.notify("notifications/initialized", {});
      if (result.capabilities?.logging && client.logLevel && this.id) this.#setLevel();
      return result;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  #setLevel() {
    // Nobody waits for it: what a server says of its log is beside the point of a call.
    this.#client.request("logging/setLevel", { level: this.#client.logLevel }).catch(() => {});
  }

  headers() {
    return this.id ? { "Mcp-Session-Id": this.id } : {};
  }

  /** Keeps the id that comes with the answer to `initialize`. */
  opened(headers) {
    const id = headers.get("mcp-session-id");
    if (id && !this.#client.isModern) this.id = id;
  }

  /** Ends the session, so that the server need not keep it. */
  async end() {
    if (!this.id) return;
    const headers = { "MCP-Protocol-Version": this.#client.revision, ...this.headers(), ...this.#client.ownHeaders() };
    this.forget();
    try {
      for await (const _ of this.#client.exchange({ method: "DELETE", headers, message: { method: "end of the session" } }));
    } catch {
      // It ends by itself some time.
    }
  }
}
