// One call to its end: its progress, its questions in both eras, the task it may become.

/** How often a call may come back with questions before the page gives it up. */
const ROUNDS = 100;

/** Tells what happens with events: `progress`, `note`, `state`. Questions go to `ask`, which gives the answers. */
class Call extends EventTarget {
  /** What was asked and answered. */
  answered = [];
  #stop = new AbortController();
  #questions = new Map();
  #id;
  #task;

  /** `ask(question, signal)` gives `{ result }` or `{ error }`. */
  constructor(client, method, params, { ask, tool }) {
    super();
    Object.assign(this, { client, method, params, ask, tool });
  }

  /** Runs it; gives `{ result, text, size, took }`. */
  async run() {
    const began = performance.now();
    const done = (answer) => ({ ...answer, took: performance.now() - began });
    const params = { ...this.params };
    for (let round = 0; round < ROUNDS; round += 1) {
      const answer = await this.#once(params);
      const { resultType } = answer.result;
      if (resultType === "task") return done(await this.#follow(answer.result));
      if (resultType !== "input_required") return done(answer);
      this.#tell("state", "The server asks");
      params.inputResponses = await this.#answers(answer.result.inputRequests ?? {});
      if (answer.result.requestState === undefined) delete params.requestState;
      else params.requestState = answer.result.requestState;
      this.#tell("state", "Calling again with the answers");
    }
    throw new Failure("The server asks without end", `It was answered ${ROUNDS} times.`);
  }

  /** Ends it, and tells the server. */
  cancel() {
    const { client } = this;
    if (this.#task) client.request("tasks/cancel", { taskId: this.#task }).catch(() => {});
    else if (client.session.id && this.#id !== undefined) {
      // In a session a response that is closed cancels nothing.
      client.notify("notifications/cancelled", { requestId: this.#id, reason: "cancelled by the user" }).catch(() => {});
    }
    this.#stop.abort();
  }

  #once(params) {
    this.#id = this.client.nextId();
    return this.client.request(this.method, params, {
      id: this.#id, tool: this.tool, signal: this.#stop.signal, heard: (message) => this.#heard(message),
    });
  }

  #heard(message) {
    const { id, method, params = {} } = message;
    if (method === "notifications/progress") this.#tell("progress", params);
    else if (method === "notifications/message") this.#tell("note", params);
    else if (method === "notifications/cancelled") this.#questions.get(params.requestId)?.abort();
    else if (id !== undefined && method) this.#reply(message);
  }

  /** Answers a request of the server, as revisions before 2026-07-28 have them. */
  async #reply({ id, method, params }) {
    const withdrawn = new AbortController();
    this.#stop.signal.addEventListener("abort", () => withdrawn.abort(), { once: true });
    this.#questions.set(id, withdrawn);
    this.#tell("state", "The server asks");
    try {
      const answer = method === "ping" ? { result: {} } : await this.ask({ method, params }, withdrawn.signal);
      if (answer.result && method !== "ping") this.answered.push({ method, params, result: answer.result });
      await this.client.answer(id, answer);
      this.#tell("state", "Calling");
    } catch (error) {
      if (!error.cancelled) this.#tell("note", { level: "error", data: `The answer could not be sent: ${error.message}` });
    } finally {
      this.#questions.delete(id);
    }
  }

  /** The answers to questions by their keys, as 2026-07-28 has them. */
  async #answers(questions) {
    const pending = Object.entries(questions).map(async ([key, question]) => {
      const { result, error } = await this.ask(question, this.#stop.signal);
      // A question that is refused has no answer to go on with.
      if (error) throw new Failure("You refused to answer", "The call ends here.", { cancelled: true });
      this.answered.push({ ...question, result });
      return [key, result];
    });
    return Object.fromEntries(await Promise.all(pending));
  }

  /** Looks at a task until it is done. */
  async #follow(begun) {
    const { client } = this;
    const { signal } = this.#stop;
    this.#task = begun.taskId;
    const answered = new Set();
    let task = begun;
    for (;;) {
      this.#tell("task", task);
      if (task.status === "input_required") await this.#answerTask(task, answered);
      await pause(Math.min(Math.max(Number(task.pollIntervalMs) || 1000, 50), 30_000), signal);
      const { result, text, size } = await client.request("tasks/get", { taskId: this.#task }, { signal });
      task = result;
      if (task.status === "working" || task.status === "input_required") continue;
      this.#tell("task", task);
      if (task.status === "completed") return { result: task.result ?? {}, text, size, within: "result" };
      if (task.status === "failed") throw new RpcError(task.error ?? { message: task.statusMessage });
      throw new Failure("The task was cancelled", String(task.statusMessage ?? "It did not come to its end."), { cancelled: true });
    }
  }

  async #answerTask(task, answered) {
    const open = Object.entries(task.inputRequests ?? {}).filter(([key]) => !answered.has(key));
    if (!open.length) return;
    const inputResponses = await this.#answers(Object.fromEntries(open));
    open.forEach(([key]) => answered.add(key));
    await this.client.request("tasks/update", { taskId: this.#task, inputResponses }, { signal: this.#stop.signal });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
