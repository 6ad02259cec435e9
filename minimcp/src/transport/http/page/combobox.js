// A text field that a server completes while one types (WAI-ARIA Authoring Practices, Combobox).

/** How long nothing is typed before the server is asked, in milliseconds. */
const PAUSE = 150;

function completedInput({ name, complete }) {
  const list = el("ul", { role: "listbox", id: freshId(), "aria-label": `Suggestions for ${name}`, hidden: true });
  const input = el("input", {
    type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list",
    "aria-controls": list.id, "aria-expanded": "false",
  });
  let timer;
  let asked = 0;
  let active = -1;
  let offered = [];

  async function ask() {
    const mine = (asked += 1);
    const { values = [], total, hasMore } = await complete(input.value).catch(() => ({}));
    if (mine !== asked || document.activeElement !== input) return;
    offered = values.slice(0, 100).map((value) => String(value));
    list.replaceChildren(...offered.map((value) => el("li", {
      role: "option", id: freshId(), "aria-selected": "false",
      // Before the field loses its focus.
      onmousedown: (event) => (event.preventDefault(), take(value)),
    }, value.slice(0, 300))));
    if (hasMore || total > offered.length) list.append(el("li", { role: "presentation", class: "faint" }, "and more"));
    open(offered.length > 0);
  }

  function open(isOpen) {
    list.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) mark(-1);
  }

  /** Marks an option as the one that Enter takes; -1 for none. */
  function mark(place) {
    const options = list.querySelectorAll("[role=option]");
    active = place;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    const option = options[active];
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function take(value) {
    input.value = value;
    input.dispatchEvent(new Event("change"));
    asked += 1;
    open(false);
  }

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  };
  input.addEventListener("input", soon);
  input.addEventListener("focus", soon);
  input.addEventListener("blur", () => {
    asked += 1;
    open(false);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && list.hidden) return ask();
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark((active + 1) % offered.length);
    else if (event.key === "ArrowUp") mark(active <= 0 ? offered.length - 1 : active - 1);
    else if (event.key === "Escape") open(false);
    else if (event.key === "Enter" && active >= 0) take(offered[active]);
    else return;
    event.preventDefault();
  });
  return el("div", { class: "combobox" }, input, list);
}
