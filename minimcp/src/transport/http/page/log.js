// What went over the wire, kept in the order in which it began.

/** How many exchanges are kept, and how much of the text of one. */
const EXCHANGES = 300;
const KEPT_TEXT = 4_000_000;
const KEPT_EVENTS = 500;

/** Requests with their responses and events. It tells whoever listens of each change. */
class Log extends EventTarget {
  exchanges = [];
  #numbers = 0;

  begin(exchange) {
    const begun = {
      number: (this.#numbers += 1), at: new Date(), began: performance.now(), events: [], dropped: 0, size: 0,
      status: undefined, ended: false, ...exchange,
    };
    this.exchanges.push(begun);
    if (this.exchanges.length > EXCHANGES) this.exchanges.shift();
    this.changed(begun);
    return begun;
  }

  /** An event, or the whole body. */
  received(exchange, text) {
    exchange.size += text.length;
    if (exchange.events.length < KEPT_EVENTS) {
      const kept = text.length > KEPT_TEXT ? `${text.slice(0, KEPT_TEXT)}…` : text;
      exchange.events.push({ after: performance.now() - exchange.began, text: kept });
    } else {
      exchange.dropped += 1;
    }
    this.changed(exchange);
  }

  end(exchange, problem) {
    if (exchange.ended) return;
    exchange.ended = true;
    exchange.took = performance.now() - exchange.began;
    exchange.problem = problem;
    this.changed(exchange);
  }

  changed(exchange) {
    this.dispatchEvent(new CustomEvent("change", { detail: exchange }));
  }

  clear() {
    this.exchanges = this.exchanges.filter(({ ended }) => !ended);
    this.dispatchEvent(new CustomEvent("change", { detail: undefined }));
  }
}
