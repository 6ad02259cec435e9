// JSON schemas, as far as forms and tables need to understand them.

/** The schema with its references and `allOf` put in their place, one level deep. */
function resolve(schema, root, hops = 0) {
  if (!isObject(schema)) return {};
  let whole = schema;
  if (typeof schema.$ref === "string" && hops < 20) {
    const { $ref, ...own } = schema;
    whole = { ...resolve(pointed($ref, root), root, hops + 1), ...own };
  }
  if (Array.isArray(whole.allOf) && hops < 20) {
    const { allOf, ...own } = whole;
    whole = allOf.reduce((sum, part) => merged(sum, resolve(part, root, hops + 1)), own);
  }
  return withoutNull(whole, root, hops);
}

function pointed(reference, root) {
  if (!reference.startsWith("#")) return {};
  const steps = reference.slice(1).split("/").slice(1);
  const unescaped = steps.map((step) => decoded(step).replaceAll("~1", "/").replaceAll("~0", "~"));
  return unescaped.reduce((at, step) => (isObject(at) || Array.isArray(at) ? at[step] : undefined), root) ?? {};
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function merged(one, other) {
  return {
    ...other, ...one,
    properties: { ...other.properties, ...one.properties },
    required: [...(one.required ?? []), ...(other.required ?? [])],
  };
}

/** An optional value is often written as one that may be null; the form leaves it out instead. */
function withoutNull(schema, root, hops) {
  const types = Array.isArray(schema.type) ? schema.type.filter((type) => type !== "null") : undefined;
  if (types) {
    const single = types.length === 1 ? types[0] : undefined;
    return single ? { ...schema, type: single, nullable: types.length < schema.type.length } : schema;
  }
  for (const word of ["anyOf", "oneOf"]) {
    const variants = schema[word];
    if (!Array.isArray(variants)) continue;
    const others = variants.filter((variant) => variant?.type !== "null" && variant?.const !== null);
    if (others.length === 1 && hops < 20) {
      const { [word]: _, ...own } = schema;
      return { ...resolve(others[0], root, hops + 1), ...own, nullable: others.length < variants.length };
    }
    if (others.length < variants.length) return { ...schema, [word]: others, nullable: true };
  }
  return schema;
}

/** The choices of a schema that allows some values only: `{ value, title }`. */
function choicesOf(schema) {
  if (Array.isArray(schema.enum)) {
    const names = Array.isArray(schema.enumNames) ? schema.enumNames : [];
    const values = schema.enum.filter((value) => value !== null);
    return values.map((value, place) => ({ value, title: String(names[place] ?? plain(value)) }));
  }
  const variants = schema.oneOf ?? schema.anyOf;
  if (!Array.isArray(variants) || variants.length === 0) return undefined;
  if (!variants.every((variant) => isObject(variant) && ("const" in variant || isNames(variant)))) return undefined;
  return variants.flatMap((variant) => "const" in variant
    ? [{ value: variant.const, title: String(variant.title ?? plain(variant.const)), description: variant.description }]
    : variant.enum.map((value) => ({ value, title: plain(value), description: variant.description })));
}

const isNames = (variant) => Array.isArray(variant.enum) && !variant.properties;
const plain = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** What kind of field a resolved schema is filled in with. */
function kindOf(schema) {
  if ("const" in schema) return "const";
  if (choicesOf(schema)) return "choice";
  if (Array.isArray(schema.oneOf) || Array.isArray(schema.anyOf)) return schema.properties ? "object" : "union";
  if (Array.isArray(schema.type)) return "union";
  switch (schema.type) {
    case "string": case "boolean": case "number": case "integer":
      return schema.type;
    case "array":
      return schema.prefixItems ? "any" : choicesOf(schema.items ?? {}) ? "choices" : "list";
    case "object":
      if (schema.properties && Object.keys(schema.properties).length) return "object";
      return isObject(schema.additionalProperties) || schema.additionalProperties === true ? "map" : "object";
    default:
      return schema.properties ? "object" : "any";
  }
}

/** The type in a few words, for tables. */
function typeText(raw, root, depth = 0) {
  const schema = resolve(raw, root);
  const inner = (of) => (depth > 3 ? "…" : typeText(of, root, depth + 1));
  const named = typeof raw?.$ref === "string" ? raw.$ref.split("/").pop() : undefined;
  switch (kindOf(schema)) {
    case "const": return plain(schema.const);
    case "choice": case "choices": return schema.type === "array" ? "list of choices" : "choice";
    case "list": return `list of ${inner(schema.items ?? {})}`;
    case "map": return "map";
    case "union": return variantsOf(schema).map((variant, place) => variantName(variant, root, place, depth + 1)).join(" or ").slice(0, 200);
    case "object": return schema.title ?? named ?? "object";
    case "any": return "any";
    default: return schema.format ? `${schema.type} (${schema.format})` : schema.type;
  }
}

/** The schemas of which a value fits one. */
function variantsOf(schema) {
  if (Array.isArray(schema.type)) {
    const { type, ...rest } = schema;
    return type.map((one) => ({ ...rest, type: one }));
  }
  return schema.oneOf ?? schema.anyOf ?? [];
}

/** What a variant of a union is called. */
function variantName(raw, root, place, depth = 0) {
  const schema = resolve(raw, root);
  if (schema.title) return String(schema.title);
  const constant = Object.values(schema.properties ?? {}).find((property) => property && "const" in property);
  if (constant) return plain(constant.const);
  const single = Object.keys(schema.properties ?? {});
  if (single.length === 1) return single[0];
  const text = depth > 3 ? "…" : typeText(raw, root, depth);
  return text === "object" ? `variant ${place + 1}` : text;
}

/** The rules for a value, each in a few words. */
function rulesOf(schema) {
  const rules = [];
  const say = (word, text) => schema[word] !== undefined && rules.push(text(schema[word]));
  const range = (least, most, of) => {
    const [low, high] = [schema[least], schema[most]];
    if (low !== undefined && high !== undefined) rules.push(`${low} to ${high}${of}`);
    else if (low !== undefined && (low !== 0 || !of)) rules.push(`at least ${low}${of}`);
    else if (high !== undefined) rules.push(`at most ${high}${of}`);
  };
  range("minimum", "maximum", "");
  say("exclusiveMinimum", (value) => `more than ${value}`);
  say("exclusiveMaximum", (value) => `less than ${value}`);
  say("multipleOf", (value) => `a multiple of ${value}`);
  range("minLength", "maxLength", " characters");
  range("minItems", "maxItems", " items");
  say("pattern", (value) => `like ${value}`);
  if (schema.uniqueItems) rules.push("each once");
  const choices = choicesOf(schema.type === "array" ? schema.items ?? {} : schema);
  if (choices) rules.push(choices.map(({ title }) => title).join(", "));
  return rules.map((rule) => String(rule).slice(0, 2000));
}

/** The arguments that headers repeat: `{ header, path }`. */
function headersOf(schema, path = [], found = []) {
  for (const [name, property] of Object.entries(schema?.properties ?? {})) {
    if (!isObject(property) || path.length > 8) continue;
    if (typeof property["x-mcp-header"] === "string") found.push({ header: property["x-mcp-header"], path: [...path, name] });
    headersOf(property, [...path, name], found);
  }
  return found;
}
