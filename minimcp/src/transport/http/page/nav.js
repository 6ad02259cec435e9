// The list of handlers, with its search.

/** How many handlers of a kind are listed at once. */
const LISTED = 1000;

class Nav {
  #app;
  #links = new Map();
  #states = new Map();
  #search = document.getElementById("search");
  #place = document.getElementById("handlers");

  constructor(app) {
    this.#app = app;
    this.#search.addEventListener("input", () => this.#filter());
    this.#search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.#visible()[0]?.click();
      if (event.key === "Escape") {
        this.#search.value = "";
        this.#filter();
      }
    });
    document.querySelector("nav.list").addEventListener("keydown", (event) => this.#move(event));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.target.closest("input, textarea, select, dialog")) return;
      event.preventDefault();
      this.#search.focus();
    });
  }

  /** Lists the handlers anew. */
  show() {
    const { lists } = this.#app;
    this.#links.clear();
    const groups = Object.entries(KINDS).filter(([kind]) => lists[kind].length).map(([kind, { title, key }]) => {
      const shown = lists[kind].slice(0, LISTED).map((handler) => this.#item(kind, key(handler), handler));
      return el("section", {}, el("h2", {}, title, " ", el("span", { class: "count" }, String(lists[kind].length))), el("ul", {}, shown));
    });
    const nothing = el("p", { class: "faint", id: "nothing", role: "status", hidden: true }, "Nothing is called that.");
    const others = el("ul", { class: "others" }, el("li", {}, el("a", { href: "#" }, "About this server")), el("li", {}, el("a", { href: "#request" }, "Any request")));
    this.#place.replaceChildren(...groups, nothing, others);
    this.#states.forEach((state, address) => this.mark(address, state));
    this.#filter();
    this.current();
  }

  #item(kind, key, handler) {
    const name = String(key);
    const title = String(handler.title ?? handler.annotations?.title ?? (kind === "resource" || kind === "template" ? handler.name : "") ?? "");
    const state = el("span", { class: "state" });
    const first = String(handler.description ?? "").trim().split("\n")[0].slice(0, 120);
    const link = el("a", { href: addressOf(kind, name) },
      el("span", { class: "name" }, (kind === "resource" || kind === "template" ? name : title || name).slice(0, 200)), state,
      first ? el("span", { class: "faint first" }, first) : null);
    const words = [name, title, String(handler.description ?? "").slice(0, 2000)].join("\n").toLowerCase();
    this.#links.set(link.getAttribute("href"), { link, state, words });
    return el("li", {}, link);
  }

  #filter() {
    const wanted = this.#search.value.trim().toLowerCase().split(/\s+/);
    for (const { link, words } of this.#links.values()) link.parentElement.hidden = !wanted.every((word) => words.includes(word));
    for (const section of this.#place.querySelectorAll("section")) section.hidden = !section.querySelector("li:not([hidden])");
    const nothing = document.getElementById("nothing");
    if (nothing) nothing.hidden = this.#visible().length > 0 || this.#search.value === "";
  }

  #visible() {
    return [...this.#links.values()].filter(({ link }) => !link.parentElement.hidden).map(({ link }) => link);
  }

  /** Arrows go from the search through what it found. */
  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const links = this.#visible();
    const place = links.indexOf(document.activeElement) + step;
    event.preventDefault();
    (place < 0 ? this.#search : links[Math.min(place, links.length - 1)])?.focus();
  }

  /** Marks the handler that is shown. */
  current() {
    for (const [address, { link }] of this.#links) {
      if (address === location.hash) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const shown = this.#links.get(location.hash)?.link;
    const box = this.#place.parentElement.getBoundingClientRect();
    const at = shown?.getBoundingClientRect();
    if (at && (at.top < box.top || at.bottom > box.bottom)) shown.scrollIntoView({ block: "nearest" });
  }

  /** Says beside a handler that it runs, or asks. */
  mark(address, state) {
    if (state) this.#states.set(address, state);
    else this.#states.delete(address);
    const item = this.#links.get(address);
    if (item) item.state.textContent = state ? ` ${state}` : "";
  }

  get isBusy() {
    return this.#states.size > 0;
  }
}
