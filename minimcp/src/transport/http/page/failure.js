// What can go wrong between the page and the server, in words.

/** An error of the protocol, as the server says it. */
class RpcError extends Error {
  constructor({ code, message, data }) {
    super(String(message ?? "The server gave no reason."));
    this.code = code;
    this.data = data;
  }
}

/** Anything else: `title` says what happened, the message what to do about it. */
class Failure extends Error {
  constructor(title, message, details = {}) {
    super(message);
    this.title = title;
    Object.assign(this, details);
  }
}

/** Where nothing answered. */
function unreachable() {
  return new Failure("The server does not answer", "It may have stopped. Start it again; this page waits for it.", { gone: true });
}

/** What a status means that came without a message of the protocol. */
function failureOf(status, headers, text) {
  const said = text.trim().slice(0, 500);
  const later = headers.get("retry-after");
  switch (status) {
    case 401: {
      const challenge = headers.get("www-authenticate");
      const wrong = /error="?invalid_token/.test(challenge ?? "");
      return new Failure("The server wants to know who you are (401)",
        `${wrong ? "It does not take the token that was sent." : "It answers with a token only."} Enter one under “Connection”; it stays in the memory of this page.`,
        { status, said, unauthorized: true });
    }
    case 403:
      return new Failure("The server refuses this (403)", said || "It does not say why.", { status, forbidden: true });
    case 404:
      return new Failure("There is nothing at this address (404)", said || "The endpoint is elsewhere, or the session has ended.", { status, missing: true });
    case 413:
      return new Failure("The message is too long (413)", said || "The server takes shorter ones only.", { status });
    case 429: case 503:
      return new Failure(`The server is busy (${status})`, `${said || "It asks to be left alone for a while."}${later ? ` Try again in ${later} s.` : ""}`, { status });
    default:
      return new Failure(`The server answered with status ${status}`, said || "It says nothing more.", { status });
  }
}
