// For people: keyboard, screen readers, colours, phones, Back, and failures in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible, field, holds, launch, press, result, says, start, visit } from "./browser.mjs";

/** Pages on which everything there is can be seen. */
const VIEWS = [["math", ""], ["math", "#tool/add"], ["fixture", "#tool/plan"], ["fixture", "#prompt/greeting"], ["fixture", "#resource/scores%3A%2F%2Ftoday"],
  [`fixture`, `#template/${encodeURIComponent("people://{town}/{name}{?year}")}`], ["fixture", "#tool/hostile"], ["math", "#request"], ["math", "#tool/none"]];

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing wrong in ${colorScheme} colours`, async () => {
    for (const [name, hash] of VIEWS) {
      const page = await visit(name, hash, { colorScheme });
      await page.getByRole("button", { name: /^Connection: connected/ }).waitFor();
      await accessible(page);
      await page.finish();
    }
  });

  test(`nor with results, questions and dialogs in ${colorScheme} colours`, async () => {
    const page = await visit("fixture", "#tool/plan", { colorScheme });
    for (const name of ["Add item to stops", "Add extras", "Add entry to extras", "Call"]) await press(page, name);
    await result(page).waitFor();
    await page.getByRole("button", { name: /^Wire/ }).click();
    await accessible(page);
    await page.getByRole("button", { name: /^Wire/ }).click();
    await page.getByRole("button", { name: /^Connection/ }).click();
    await press(page, "Add a header");
    await accessible(page);
    await page.finish();
    const purge = await visit("fixture", "#tool/purge", { colorScheme });
    await press(purge, "Call");
    await purge.getByRole("dialog").waitFor();
    await accessible(purge);
    await purge.finish();
    const asking = await visit("conformance", "#tool/test_input_required_result_multiple_inputs", { colorScheme });
    await press(asking, "Call");
    await asking.getByRole("region", { name: "Question of the server" }).nth(2).waitFor();
    await accessible(asking);
    await asking.finish();
    const content = await visit("conformance", "#tool/test_multiple_content_types", { colorScheme });
    await press(content, "Call");
    await result(content).waitFor();
    await accessible(content);
    await content.finish();
  });
}

test("by keyboard alone, from the start to a result", async () => {
  const page = await visit("math");
  await page.getByRole("button", { name: /^Connection: connected/ }).waitFor();
  const keys = (...list) => list.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  await keys("/");
  await page.keyboard.type("divide");
  await keys("ArrowDown", "Enter");
  await says(page.getByRole("heading", { level: 1 }), "divide");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1");
  // The link is copied by a button; a table that may be scrolled can be reached as well.
  for (let place = 0; place < 12; place += 1) {
    await keys("Tab");
    if (await page.evaluate(() => document.activeElement.matches("form input"))) break;
  }
  await page.keyboard.type("9");
  await keys("Tab");
  await page.keyboard.type("2");
  await keys("Enter");
  await says(result(page), "4.5");
  await page.finish();
});

test("the first stop of the keyboard leads to the handler", async () => {
  const page = await visit("math", "#tool/add");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.finish();
});

test("screen readers are told of progress, questions and results", async () => {
  const page = await visit("conformance", "#tool/test_input_required_result_elicitation");
  await press(page, "Call");
  await page.getByRole("alert").filter({ hasText: "The server asks you" }).waitFor();
  assert.ok(await page.evaluate(() => document.activeElement.matches(".question input")));
  await field(page, "name|Name").fill("Ann");
  await page.keyboard.press("Enter");
  await result(page).waitFor();
  assert.equal(await result(page).evaluate((it) => it.closest("[aria-live]").getAttribute("aria-live")), "polite");
  await page.finish();
});

test("on a phone's width nothing is cut off", async () => {
  for (const [name, hash] of VIEWS) {
    const page = await visit(name, hash, { viewport: { width: 360, height: 740 }, hasTouch: true });
    await page.getByRole("button", { name: /^Connection: connected/ }).waitFor();
    const [wide, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(wide <= width, `${name}${hash}: ${wide} > ${width}`);
    await accessible(page);
    await page.finish();
  }
  const page = await visit("math", "", { viewport: { width: 360, height: 740 }, hasTouch: true });
  await page.getByRole("navigation").getByRole("link", { name: /^subtract/ }).tap();
  await page.getByRole("navigation").waitFor({ state: "hidden" });
  await field(page, "a").fill("5");
  await field(page, "b").fill("3");
  await page.getByRole("button", { name: "Call", exact: true }).tap();
  await says(result(page), "2.0");
  await page.getByRole("link", { name: "Math" }).tap();
  await page.getByRole("navigation").waitFor();
  await page.finish();
});

test("nothing is lost by pressing Back", async () => {
  const page = await visit("math", "#tool/add_with_progress");
  let goOn;
  const gate = new Promise((done) => (goOn = done));
  await page.route("**/mcp", (route) => (route.request().postData()?.includes("tools/call") ? gate : Promise.resolve()).then(() => route.continue()));
  await field(page, "a").fill("1");
  await field(page, "b").fill("2");
  await press(page, "Call");
  await page.getByRole("link", { name: /^subtract/ }).click();
  await field(page, "a").fill("77");
  await says(page.getByRole("navigation").getByRole("link", { name: /^add_with_progress/ }), "runs");
  goOn();
  await page.goBack();
  await holds(field(page, "a"), "1");
  await says(result(page), "3.0");
  await page.goForward();
  await holds(field(page, "a"), "77");
  await page.finish();
});

test("whoever leaves while a call runs is asked", async () => {
  const page = await visit("fixture", "#tool/wait");
  await press(page, "Call");
  await page.getByText("25 % · waiting").waitFor();
  const asked = new Promise((done) => page.once("dialog", (dialog) => done(dialog.type()) ?? dialog.dismiss()));
  await page.evaluate(() => void setTimeout(() => location.assign("/elsewhere")));
  assert.equal(await asked, "beforeunload");
  await page.finish();
});

test("a server that goes away is explained, and found again", async () => {
  const first = await start("math");
  const page = await visit(first, "#tool/add", { expected: /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_CONNECTION_RESET|Failed to load/ });
  await page.getByRole("button", { name: /^Connection: connected/ }).waitFor();
  await field(page, "a").fill("2");
  first.stop();
  await says(page.getByRole("status"), "The server does not answer. It may have stopped.");
  await launch("math", ["--http", first.host, "--page"]);
  await page.getByRole("button", { name: /^Connection: connected/ }).waitFor();
  await holds(field(page, "a"), "2");
  await field(page, "b").fill("3");
  await press(page, "Call");
  await says(result(page), "5.0");
  await page.finish();
});

test("statuses are explained in words", async () => {
  for (const [status, headers, body, expected] of [
    [403, {}, "The origin `x` is not allowed. Allow it on the server with `allowed_origins`.\n", "The server refuses this (403). The origin `x` is not allowed."],
    [404, {}, "", "There is nothing at this address (404)"],
    [429, { "retry-after": "7" }, "Too many requests; try again later.\n", "Try again in 7 s."],
    [502, { "content-type": "text/html" }, "<h1>Bad gateway</h1>", "<h1>Bad gateway</h1>"],
    [200, { "content-type": "text/html" }, "<p>Log in</p>", "The answer broke off"],
    [200, { "content-type": "application/json" }, "{\"jsonrpc\":\"2.0\",\"id\":", "The answer broke off"],
  ]) {
    const page = await visit("math", "", { expected: /status of \d+/ });
    await page.getByRole("button", { name: /^Connection: connected/ }).waitFor();
    await page.route("**/mcp", (route) => route.fulfill({ status, headers, body }));
    await page.getByRole("button", { name: /^Connection/ }).click();
    await press(page, "Connect");
    await says(page.getByRole("status"), expected);
    await page.finish();
  }
});

test("a program on a pipe is looked at in the same way", async () => {
  const { url } = await launch("math", ["--page"]);
  const page = await visit({ origin: url.origin }, "#tool/add");
  assert.equal(url.pathname, "/docs");
  await field(page, "a").fill("2");
  await field(page, "b").fill("3");
  await press(page, "Call");
  await says(result(page), "5.0");
  await page.finish();
});
