// Watching: the wire, what is copied of it, revisions, tokens and headers.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { copied, failure, field, press, result, says, server, speak, start, visit } from "./browser.mjs";

const wire = (page) => page.getByRole("region", { name: "Wire" });
const exchange = (page) => page.getByRole("region", { name: "Exchange" });

test("request, response and each event are shown as they happen", async () => {
  const page = await visit("fixture", "#tool/wait");
  await wire(page).getByRole("button", { name: /^Wire/ }).click();
  await press(page, "Call");
  const item = wire(page).getByRole("button", { name: /tools\/call wait/ });
  await item.click();
  // The call goes on.
  await says(exchange(page), '"message": "waiting"');
  await says(exchange(page), "still open");
  await press(page, "Cancel");
  await says(exchange(page), "Cancelled");
  const text = await exchange(page).innerText();
  for (const part of ["POST http://127.0.0.1", "Mcp-Method", "Mcp-Name", '"progressToken"', "Response 200", "content-type", "text/event-stream", '"progress": 1']) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  await press(wire(page), "Clear");
  await item.waitFor({ state: "detached" });
  await page.finish();
});

test("each revision speaks in its own way", async () => {
  for (const [revision, headers] of [["2024-11-05", ["MCP-Protocol-Version"]], ["2025-06-18", ["MCP-Protocol-Version", "Mcp-Session-Id"]], ["2026-07-28", ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"]]]) {
    const page = await visit("conformance", "#tool/test_simple_text", { revision });
    await press(page, "Call");
    await result(page).waitFor();
    await wire(page).getByRole("button", { name: /^Wire/ }).click();
    await wire(page).getByRole("button", { name: /tools\/call/ }).click();
    const text = await exchange(page).innerText();
    for (const header of headers) assert.ok(text.includes(header), `${header} of ${revision} in ${text}`);
    await page.finish();
  }
});

test("a revision that is not served is explained", async () => {
  const page = await visit("math");
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, result: { protocolVersion: "2025-11-25", capabilities: {}, serverInfo: { name: "x", version: "1" } } });
  await page.route("**/mcp", (route) => {
    const { id, method } = JSON.parse(route.request().postData() ?? "{}");
    return method === "initialize" ? route.fulfill({ contentType: "application/json", body: body.replace('"id":1', `"id":${id}`) }) : route.continue();
  });
  await page.getByRole("button", { name: /^Connection/ }).click();
  await page.getByLabel("Revision of the protocol").selectOption("2025-06-18");
  await press(page, "Connect");
  await says(page.getByRole("status"), "Asked for 2025-06-18, it offers 2025-11-25.");
  await page.getByRole("button", { name: /^Connection/ }).click();
  assert.ok(await page.getByRole("option", { name: "2025-06-18 – not served" }).isDisabled());
  await page.finish();
});

test("a token and headers are sent, and never shown or kept", async () => {
  const guarded = await start("calculator", "--token", "very-secret");
  const page = await visit(guarded, "#tool/add_numbers", { expected: /401/ });
  await says(page.getByRole("status"), "The server wants to know who you are (401).");
  await press(page, "Enter a token");
  await page.getByLabel("Bearer token").fill("wrong");
  await press(page, "Connect");
  await says(page.getByRole("status"), "It does not take the token that was sent.");
  await press(page, "Enter a token");
  await page.getByLabel("Bearer token").fill("very-secret");
  await press(page, "Add a header");
  await page.getByLabel("Name of the header").fill("X-Client-Id");
  await page.getByLabel("Value of the header").fill("hidden-one");
  await press(page, "Connect");
  await page.getByRole("button", { name: /^Connection: connected/ }).waitFor();
  await field(page, "a").fill("1");
  await field(page, "b").fill("2");
  const [request] = await Promise.all([page.waitForRequest((one) => one.postData()?.includes("tools/call")), press(page, "Call")]);
  const { authorization, "x-client-id": client } = await request.allHeaders();
  assert.deepEqual([authorization, client], ["Bearer very-secret", "hidden-one"]);
  await says(result(page), "3.0");
  await wire(page).getByRole("button", { name: /^Wire/ }).click();
  await wire(page).getByRole("button", { name: /tools\/call/ }).click();
  const copies = page.getByRole("group", { name: "Copy this call" });
  const texts = [await page.evaluate(() => document.body.innerText), await copied(page, copies, "curl"), await copied(page, copies, "config"), await copied(page, copies, "Rust test")];
  for (const text of texts) assert.ok(!/very-secret|hidden-one/.test(text), text);
  assert.ok(texts[1].includes('-H "Authorization: Bearer $TOKEN"') && texts[1].includes('-H "X-Client-Id: $X_CLIENT_ID"'), texts[1]);
  assert.ok(texts[2].includes("Bearer ${TOKEN}"), texts[2]);
  const kept = await page.evaluate(async () => [localStorage.length, sessionStorage.length, document.cookie, (await indexedDB.databases()).length]);
  assert.deepEqual(kept, [0, 0, "", 0]);
  await page.reload();
  await says(page.getByRole("status"), "It answers with a token only.");
  await page.finish();
});

test("a copied command does what the page did, in every era", async () => {
  for (const revision of ["2025-06-18", "2026-07-28"]) {
    const page = await visit("fixture", "#tool/rename", { revision });
    await field(page, "name").fill("it's \"quoted\"");
    await field(page, "region").fill("süd");
    await field(page, "times").fill("2");
    await press(page, "Call");
    await says(result(page), `it's "quoted" in süd, 2 times`);
    const command = await copied(page, page.getByRole("group", { name: "Copy this call" }), "curl");
    assert.ok(execFileSync("sh", ["-c", command], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).includes("in süd, 2 times"), command);
    await page.finish();
  }
});

/** Calls, and compares what is copied with a file that tests/copied.rs runs. */
async function check(hash, values, button, file, options) {
  const page = await visit("math", hash, options);
  for (const [label, value] of Object.entries(values)) await field(page, label).fill(value);
  await press(page, button);
  await result(page).or(failure(page)).waitFor();
  const copies = page.getByRole("group", { name: "Copy this call" });
  assert.equal(await copied(page, copies, "Rust test"), readFileSync(new URL(`copied/${file}.rs`, import.meta.url), "utf8"));
  await page.finish();
}

test("a copied test has the call and what came of it", async () => {
  await check("#tool/add", { a: "2", b: "3" }, "Call", "add");
  await check("#tool/divide", { a: "1", b: "0" }, "Call", "divide", { revision: "2025-06-18" });
  await check("#prompt/problem_solving", { problem_description: "two\tand \"two\", \u0007" }, "Get", "problem_solving");
  await check("#resource/math%3A%2F%2Fconstants%2Fphi", {}, "Read", "math_constants_phi");
});

test("a copied configuration leads here", async () => {
  const page = await visit("math", "#tool/add");
  const { url } = await server("math");
  const configuration = await copied(page, page.getByRole("group", { name: "Copy this call" }), "config");
  assert.deepEqual(JSON.parse(configuration), { mcpServers: { math: { type: "http", url } } });
  await page.finish();
});

test("a session begins anew when the server forgot it", async () => {
  const page = await visit("conformance", "#tool/test_simple_text", { revision: "2025-11-25", expected: /404/ });
  let forgot = false;
  await page.route("**/mcp", (route) => {
    if (!forgot && route.request().postData()?.includes("tools/call")) {
      forgot = true;
      return route.fulfill({ status: 404, contentType: "text/plain", body: "There is no such session, or it has ended.\n" });
    }
    return route.continue();
  });
  await press(page, "Call");
  await says(result(page), "This is a simple text response for testing.");
  await page.finish();
});

test("turning to another revision and back", async () => {
  const page = await visit("math", "#tool/add");
  for (const revision of ["2025-03-26", "2026-07-28", "2024-11-05"]) await speak(page, revision);
  await page.finish();
});
