// Hostile texts stay texts, and pages of others stay out. `visit` sees to it that nothing of them runs or is loaded.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { failure, field, press, result, says, server, visit } from "./browser.mjs";

const MARKUP = "<script>window.owned=1</script><img src=x onerror=\"window.owned=1\"><svg onload=\"window.owned=1\"></svg>";

test("names, titles and descriptions", async () => {
  const page = await visit("fixture", "#tool/hostile");
  await says(page.getByRole("heading", { level: 1 }), MARKUP);
  await says(page.getByRole("main").getByRole("rowheader"), MARKUP);
  await page.getByRole("combobox", { name: /^constructor/ }).selectOption({ label: MARKUP });
  await page.getByRole("textbox", { name: /^__proto__/ }).fill("a prototype");
  await page.getByRole("button", { name: /^Add x"onfocus/ }).click();
  await press(page, "Call");
  await says(result(page), MARKUP);
  await says(result(page), "__proto__: \"a prototype\"");
  await press(page, "JSON");
  await press(page, "JSON");
  await page.evaluate(() => (location.hash = ""));
  await says(page.getByRole("main"), MARKUP);
  await page.getByRole("button", { name: /^Wire/ }).click();
  for (const item of await page.getByRole("list", { name: "Exchanges" }).getByRole("button").all()) await item.click();
  await page.finish();
});

test("addresses of handlers", async () => {
  for (const hash of [`#tool/${MARKUP}`, "#tool/%E0%A4%A", "#constructor/x", "#__proto__/x", "#resource/javascript:window.owned=1", `#resource/${encodeURIComponent(MARKUP)}`]) {
    const page = await visit("fixture", hash);
    await page.getByRole("button", { name: /^Connection: connected/ }).waitFor();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.finish();
  }
});

test("results, errors and completions", async () => {
  const page = await visit("fixture", "#tool/says");
  await field(page, "text").fill("Invalid argument `text`: wrong.");
  await press(page, "Call");
  await says(result(page), MARKUP);
  await page.finish();
  const prompt = await visit("fixture", "#prompt/greeting");
  await prompt.getByRole("combobox", { name: /^town/ }).pressSequentially("<b");
  await prompt.getByRole("option", { name: "<b>Town</b>" }).click();
  await press(prompt, "Get");
  await says(result(prompt), "Greet <b>Town</b>");
  await prompt.finish();
});

test("links lead to the web or nowhere", async () => {
  const page = await visit("fixture", "#tool/links");
  await press(page, "Call");
  await result(page).waitFor();
  const addresses = await result(page).getByRole("link").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.deepEqual(addresses.filter((address) => !address.startsWith("#resource/")), ["https://example.com/a"]);
  await page.finish();
  const asking = await visit("fixture", "#tool/connect");
  await asking.route("**/mcp", async (route) => {
    const { id, method } = JSON.parse(route.request().postData());
    if (method !== "tools/call") return route.continue();
    const inputRequests = { a: { method: "elicitation/create", params: { mode: "url", message: MARKUP, url: "javascript:window.owned=1" } } };
    return route.fulfill({ contentType: "application/json", body: JSON.stringify({ jsonrpc: "2.0", id, result: { resultType: "input_required", inputRequests } }) });
  });
  await field(asking, "address").fill("x");
  await press(asking, "Call");
  const question = asking.getByRole("region", { name: "Question of the server" });
  await says(question, "This is no address of the web");
  assert.equal(await question.getByRole("link").count(), 0);
  await asking.finish();
});

test("images that are none", async () => {
  const page = await visit("fixture", "#tool/images");
  await press(page, "Call");
  await result(page).getByText("This page cannot show data of this type.").nth(1).waitFor();
  assert.equal(await result(page).locator("img").count(), 1);
  await page.finish();
});

test("megabytes", async () => {
  for (const [tool, shown, more] of [["megabytes", "All work and no play.", "Show all 3.3 MB"], ["many", "[ 20000 ]", "19900 more"]]) {
    const page = await visit("fixture", `#tool/${tool}`);
    await press(page, "Call");
    await says(result(page), shown);
    const size = await page.evaluate(() => document.body.textContent.length);
    assert.ok(size < 200_000, `${size} characters are shown`);
    await result(page).getByRole("button", { name: more }).first().click();
    await page.getByRole("button", { name: /^Wire/ }).click();
    await page.getByRole("button", { name: /tools\/call/ }).click();
    await page.finish();
  }
});

test("schemas without an end, and lists of everything", async () => {
  const odd = [null, 7, "x", [], {}, { name: "a", inputSchema: null }, { name: "b", inputSchema: { type: "object", properties: { x: { $ref: "#/properties/x" }, y: null, z: true } } },
    { name: "c", inputSchema: { $ref: "#" }, annotations: "no", icons: "none", title: { a: 1 }, description: 7, _meta: { ui: { resourceUri: 7 } } },
    { name: "d", inputSchema: { type: "object", properties: { many: { enum: Array.from({ length: 5000 }, (_, number) => `value ${number}`) }, any: { oneOf: [] }, both: { type: ["string", "array"] } }, required: "x" } }];
  const page = await visit("math");
  await page.route("**/mcp", (route) => {
    const { id, method } = JSON.parse(route.request().postData());
    return method === "tools/list" ? route.fulfill({ contentType: "application/json", body: JSON.stringify({ jsonrpc: "2.0", id, result: { tools: odd, nextCursor: undefined } }) }) : route.continue();
  });
  await page.reload();
  for (const name of ["a", "b", "c", "d"]) {
    await page.evaluate((hash) => (location.hash = hash), `#tool/${name}`);
    await page.getByRole("button", { name: "Call", exact: true }).waitFor();
    await press(page, "JSON");
  }
  await page.finish();
});

test("a page of another origin cannot use it", async () => {
  const { origin, url } = await server("math");
  // It frames the page, opens it, and sends to the endpoint itself.
  const foreign = createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<iframe id="framed" src="${origin}/docs"></iframe>`);
  });
  await new Promise((done) => foreign.listen(0, "127.0.0.1", done));
  const at = { origin: `http://evil.localhost:${foreign.address().port}` };
  const page = await visit(at, "", { path: "/", expected: /frame|Refused|CORS|403|ERR_FAILED|ERR_BLOCKED/ });
  const framed = page.frames().find((frame) => frame !== page.mainFrame());
  assert.ok(!framed || !(await framed.content()).includes("Handlers"), "the page is framed");
  const read = await page.evaluate((address) => fetch(address, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }).then(() => "read", () => "refused"), url);
  const sent = await page.evaluate((address) => fetch(address, { method: "POST", mode: "no-cors", body: "{}" }).then((response) => response.type, () => "refused"), url);
  const document = await page.evaluate((address) => fetch(address).then(() => "read", () => "refused"), `${origin}/docs`);
  assert.deepEqual([read, sent, document], ["refused", "opaque", "refused"]);
  const [opened] = await Promise.all([page.context().waitForEvent("page"), page.evaluate((address) => void (window.other = open(address)), `${origin}/docs#tool/add`)]);
  await opened.getByRole("heading", { level: 1 }).waitFor();
  assert.equal(await page.evaluate(() => { try { return Boolean(window.other?.document?.body); } catch { return false; } }), false);
  // The endpoint itself looks at the origin, whatever a page sends.
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json", origin: at.origin }, body: "{}" });
  assert.equal(answer.status, 403);
  await page.context().close();
  foreign.close();
});

test("the document is strict, whole and small", async () => {
  const { origin } = await server("math");
  const response = await fetch(`${origin}/docs`);
  const policy = response.headers.get("content-security-policy");
  for (const part of ["default-src 'none'", "frame-ancestors 'none'", "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'"]) assert.ok(policy.includes(part), policy);
  assert.ok(!/unsafe|http|\*/.test(policy), policy);
  assert.equal(response.headers.get("access-control-allow-origin"), null);
  const text = await response.text();
  const { gzipSync } = await import("node:zlib");
  const { length } = gzipSync(text, { level: 9 });
  assert.ok(length <= 60_000, `${length} bytes`);
  console.log(`the page is ${length} bytes long, compressed; ${text.length} as it is`);
  assert.equal((await fetch(`${origin}/docs`, { method: "POST" })).status, 405);
});
