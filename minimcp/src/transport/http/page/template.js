// URI templates (RFC 6570), as far as values are texts.

const OPERATORS = {
  "": { first: "", between: ",", reserved: false }, "+": { first: "", between: ",", reserved: true },
  "#": { first: "#", between: ",", reserved: true }, ".": { first: ".", between: ".", reserved: false },
  "/": { first: "/", between: "/", reserved: false }, ";": { first: ";", between: ";", named: true, bare: true },
  "?": { first: "?", between: "&", named: true }, "&": { first: "&", between: "&", named: true },
};

const expressions = (template) => [...String(template).matchAll(/\{([+#./;?&]?)([^{}]+)\}/g)];

/** The names of the variables, in their order; on request without those of queries, which may be left out. */
function variablesOf(template, neededOnly = false) {
  const needed = expressions(template).filter(([, operator]) => !neededOnly || !"?&".includes(operator) || operator === "");
  const names = needed.flatMap(([, , list]) => list.split(",").map((name) => name.replace(/[*]$|:\d+$/, "")));
  return [...new Set(names)];
}

/** The URI for values; variables without one are left out. */
function expanded(template, values) {
  return String(template).replace(/\{([+#./;?&]?)([^{}]+)\}/g, (_, operator, list) => {
    const { first, between, reserved, named, bare } = OPERATORS[operator];
    const parts = list.split(",").flatMap((spec) => {
      const [, name, limit] = /^(.*?)(?:\*|:(\d+))?$/.exec(spec);
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) return [];
      const text = escaped(limit ? [...value].slice(0, Number(limit)).join("") : value, reserved);
      return [!named ? text : text === "" && bare ? name : `${name}=${text}`];
    });
    return parts.length ? first + parts.join(between) : "";
  });
}

function escaped(text, reserved) {
  const strict = (part) => encodeURIComponent(part).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return reserved ? encodeURI(text).replace(/%5B/g, "[").replace(/%5D/g, "]").replace(/%25([0-9a-f]{2})/gi, "%$1") : strict(text);
}
