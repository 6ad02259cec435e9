// The suite imports a name from "fs" that Node 20 does not have, and never calls it when it judges servers. With this
// preloaded, whatever the suite imports as "fs" has the name.
import fs from "node:fs";
import { register } from "node:module";

if (!("globSync" in fs)) {
  const toUrl = (code) => `data:text/javascript,${encodeURIComponent(code)}`;
  const substitute = toUrl(`export * from "node:fs"; export { default } from "node:fs"; export const globSync = undefined;`);
  register(
    toUrl(`export const resolve = (name, context, next) =>
      /^(node:)?fs$/.test(name) && /modelcontextprotocol.conformance/.test(context.parentURL)
        ? { shortCircuit: true, url: ${JSON.stringify(substitute)} }
        : next(name, context);`),
  );
}
