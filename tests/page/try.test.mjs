// Trying: forms of every kind, errors at their fields, progress, results, completion, prompts, resources.
import assert from "node:assert/strict";
import { test } from "node:test";
import { copied, failure, field, holds, press, result, says, visit } from "./browser.mjs";

/** Fills fields in by their names, presses the button, and waits for what is said. */
async function check(name, hash, values, button, expected, options) {
  const page = await visit(name, hash, options);
  for (const [label, value] of Object.entries(values)) await field(page, label).fill(value);
  await press(page, button);
  await says(expected.error ? failure(page) : result(page), expected.error ?? expected.result);
  await page.finish();
}

const REVISIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];

test("a call in every revision", async () => {
  for (const revision of REVISIONS) {
    await check("math", "#tool/add", { a: "2", b: "3" }, "Call", { result: "5.0" }, { revision });
  }
});

test("results that are errors, and errors", async () => {
  await check("math", "#tool/divide", { a: "1", b: "0" }, "Call", { result: "cannot divide by zero" });
  await check("math", "#template/math%3A%2F%2Fconstants%2F%7Bname%7D", { name: "phi" }, "Read", { error: "Unknown constant: phi" });
  await check("conformance", "#tool/test_error_handling", {}, "Call", { result: "The tool failed" });
});

test("plain HTTP and other servers", async () => {
  await check("calculator", "#tool/multiply_numbers", { a: "6", b: "7" }, "Call", { result: "42.0" });
  await check("calculator", "#tool/square_root", { number: "-1" }, "Call", { result: "no real square root" }, { path: "/science/docs" });
});

test("nested arguments without a line of JSON", async () => {
  const page = await visit("fixture", "#tool/plan");
  const traveller = page.getByRole("group", { name: /^traveller/ });
  await field(traveller, "name").fill("Ann");
  await field(traveller, "class", "combobox").selectOption("second");
  for (const [place, town, nights] of [[0, "Lisbon", "2"], [1, "Porto", "30"]]) {
    await press(page, "Add item to stops");
    const stop = page.getByRole("group", { name: `item ${place + 1}` });
    await field(stop, "town").fill(town);
    await field(stop, "nights").fill(nights);
  }
  await page.getByRole("combobox", { name: "Kind of payment" }).selectOption("invoice");
  await field(page, "company").fill("Acme");
  await field(page, "days").fill("14");
  await press(page, "Add extras");
  await press(page, "Add entry to extras");
  await page.getByLabel("Name in extras").fill("wine");
  await field(page, "value").fill("12");
  await field(page, "notes").fill("two\nlines");
  await field(page, "insured", "combobox").selectOption("false");
  // Above what JavaScript can count.
  await field(page, "number").fill("9007199254740993");
  await press(page, "Call");
  const shown = await result(page).getByRole("figure").first().innerText();
  for (const part of ["name: \"Ann\"", "class: \"second\"", "town: \"Porto\"", "nights: 30", "kind: \"invoice\"", "days: 14", "wine: 12", "notes: \"two\\nlines\"", "insured: false", "number: 9007199254740993"]) {
    assert.ok(shown.includes(part), `${part} in ${shown}`);
  }
  // The same as JSON, and back.
  await press(page, "JSON");
  const area = page.getByRole("textbox", { name: "Arguments as JSON" });
  const value = await area.inputValue();
  assert.ok(value.includes("9007199254740993") && value.includes('"kind": "invoice"'), value);
  await area.fill(value.replace("Porto", "Faro"));
  await press(page, "JSON");
  await holds(field(page.getByRole("group", { name: "item 2" }), "town"), "Faro");
  await press(page, "Call again");
  await says(result(page), "Faro");
  await page.finish();
});

test("JSON with a mistake is not sent", async () => {
  const page = await visit("fixture", "#tool/draw");
  await press(page, "JSON");
  await page.getByRole("textbox", { name: "Arguments as JSON" }).fill("{ nonsense");
  await press(page, "Call");
  await says(page.getByRole("alert"), "This is no JSON");
  await page.getByRole("textbox", { name: "Arguments as JSON" }).fill('{"shape":{"name":"a","parts":[{"name":"b","parts":[]}]},"raw":[1,{"x":null}]}');
  await press(page, "Call");
  await says(result(page), 'a: 1 parts, [1,{"x":null}]');
  await page.finish();
});

test("what the server says stands at its field", async () => {
  const page = await visit("fixture", "#tool/rename");
  await field(page, "name").fill("x");
  await field(page, "times").fill("many");
  await press(page, "Call");
  for (const [name, text] of [["name", "1 characters long"], ["region", "This is required."], ["times", "expected an integer"]]) {
    const input = field(page, name);
    await says(page.locator(".field", { has: input }), text);
    assert.equal(await input.getAttribute("aria-invalid"), "true", name);
    const described = await input.evaluate((it) => it.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id)?.textContent).join(" "));
    assert.ok(described.includes(text), described);
  }
  await field(page, "name").fill("long enough");
  await field(page, "region").fill("süd");
  await field(page, "times").fill("5");
  await press(page, "Call again");
  await says(result(page), "long enough in süd, 5 times");
  await page.finish();

  const nested = await visit("fixture", "#tool/plan");
  await press(nested, "Add item to stops");
  const stop = nested.getByRole("group", { name: "item 1" });
  await field(stop, "town").fill("Lisbon");
  await field(stop, "nights").fill("much");
  await press(nested, "Call");
  await says(stop, /invalid type: string "much", expected/);
  await nested.finish();
});

test("a tool that destroys asks first", async () => {
  const page = await visit("fixture", "#tool/purge");
  await field(page, "what").fill("it all");
  await press(page, "Call");
  const dialog = page.getByRole("dialog", { name: "This may destroy something" });
  await says(dialog, '"what": "it all"');
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await result(page).count(), 0);
  await press(page, "Call");
  await press(dialog, "Do not call");
  await press(page, "Call");
  await press(dialog, "Call it");
  await says(result(page), "it all is gone");
  await page.finish();
});

test("progress is a bar with its messages, and time and size are told", async () => {
  const page = await visit("math", "#tool/add_with_progress");
  await field(page, "a").fill("1");
  await field(page, "b").fill("2");
  // Written down by the page itself, since whoever looks may come too late.
  await page.evaluate(() => {
    window.seen = new Set();
    const look = () => seen.add(`${document.querySelector("progress")?.getAttribute("value")} ${document.querySelector(".activity .state")?.textContent}`);
    new MutationObserver(look).observe(document.body, { subtree: true, attributes: true, childList: true });
  });
  await press(page, "Call");
  await page.getByRole("progressbar", { name: "Progress" }).waitFor();
  await says(result(page), "3.0");
  const seen = await page.evaluate(() => [...window.seen]);
  for (const state of ["0.1 10 % · adding", "0.4 40 % · still adding", "0.7 70 % · almost done"]) assert.ok(seen.includes(state), seen.join("\n"));
  await says(result(page), /\d\.\d s · \d+ B/);
  assert.equal(await page.getByRole("log").getByRole("listitem").count(), 3);
  await page.finish();
});

test("log messages are shown", async () => {
  for (const revision of ["2025-11-25", "2026-07-28"]) {
    const page = await visit("conformance", "#tool/test_tool_with_logging", { revision });
    await press(page, "Call");
    await says(result(page), "done");
    await says(page.getByRole("log"), "Tool processing data");
    await page.finish();
  }
});

test("a call is cancelled, and called again", async () => {
  for (const revision of ["2025-03-26", "2025-11-25", "2026-07-28"]) {
    const page = await visit("fixture", "#tool/wait", { revision });
    await press(page, "Call");
    await page.getByRole("status").filter({ hasText: "25 % · waiting" }).waitFor();
    await press(page, "Cancel");
    await says(failure(page), "Cancelled");
    await press(page, "Call again");
    await page.getByRole("status").filter({ hasText: "25 % · waiting" }).waitFor();
    await press(page, "Cancel");
    await page.finish();
  }
});

test("a stream that the server ends early is read to its end", async () => {
  await check("conformance", "#tool/test_reconnection", {}, "Call", { result: "The client came back." }, { revision: "2025-11-25" });
});

test("every kind of content is shown as what it is", async () => {
  const shown = async (name, ...tools) => {
    for (const [tool, selector] of tools) {
      const page = await visit(name, `#tool/${tool}`);
      await press(page, "Call");
      await result(page).locator(selector).first().waitFor();
      await page.finish();
    }
  };
  await shown("conformance", ["test_simple_text", "pre"], ["test_image_content", "img[src^='data:image/png;base64,']"],
    ["test_audio_content", "audio[src^='data:audio/wav;base64,']"], ["test_embedded_resource", "figcaption:has-text('test://embedded-resource')"],
    ["test_multiple_content_types", "figure img"]);
  await shown("fixture", ["links", "a[href='https://example.com/a'][rel~=noopener]"]);
  await check("conformance", "#resource/test%3A%2F%2Fstatic-text", {}, "Read", { result: "This is the content of the static text resource." });
  const page = await visit("conformance", "#resource/test%3A%2F%2Fstatic-binary");
  await press(page, "Read");
  await result(page).locator("img[src^='data:image/png']").waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), press(page, "Save")]);
  assert.equal(file.suggestedFilename(), "static-binary.png");
  await page.finish();
});

test("prompts are conversations", async () => {
  const page = await visit("conformance", "#prompt/test_prompt_with_image");
  await press(page, "Get");
  const said = result(page).getByRole("listitem");
  await said.first().waitFor();
  assert.equal(await said.count(), 2);
  await says(said, "Please analyze the image above.");
  await said.locator("img").waitFor();
  await page.finish();
  await check("math", "#prompt/problem_solving", { problem_description: "2 + 2" }, "Get", { result: "Problem: 2 + 2" });
});

test("arguments are completed while one types", async () => {
  const page = await visit("fixture", "#prompt/greeting");
  const town = page.getByRole("combobox", { name: /^town/ });
  await town.pressSequentially("li");
  const options = page.getByRole("option");
  await options.nth(2).waitFor();
  assert.deepEqual(await options.allTextContents(), ["Lisbon", "Lille", "Linz"]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await holds(town, "Lille");
  await page.keyboard.press("Enter");
  await says(result(page), "Greet Lille in a warm tone.");
  await page.finish();
});

test("templates are filled in", async () => {
  const page = await visit("fixture", `#template/${encodeURIComponent("people://{town}/{name}{?year}")}`);
  const town = page.getByRole("combobox", { name: /^town/ });
  await town.pressSequentially("po");
  await page.getByRole("option", { name: "Porto" }).click();
  await page.getByRole("combobox", { name: /^name|^name/ }).or(field(page, "name")).first().fill("Zoë & co");
  await page.getByText("people://Porto/Zo%C3%AB%20%26%20co", { exact: true }).waitFor();
  await press(page, "Read");
  await says(result(page), "Zoë & co");
  await page.finish();
});

test("a resource tells when it changes", async () => {
  for (const revision of ["2025-11-25", "2026-07-28"]) {
    const page = await visit("fixture", "#resource/scores%3A%2F%2Ftoday", { revision });
    await page.getByRole("checkbox", { name: "Tell me when it changes" }).check();
    await page.evaluate(() => (location.hash = "#tool/add_tool"));
    await field(page, "name").fill(`tool_${revision.replaceAll("-", "_")}`);
    await press(page, "Call");
    await result(page).waitFor();
    await page.goBack();
    await says(page.getByRole("status"), /It changed at/);
    await page.finish();
  }
});

test("any request can be sent", async () => {
  const page = await visit("math", "#request", { expected: /status of 404/ });
  await press(page, "tools/list");
  await press(page, "Send");
  await says(result(page), "add_with_progress");
  await field(page, "method").fill("no/such");
  await press(page, "Send again");
  await says(failure(page), "-32601");
  const test = await copied(page, page.getByRole("group", { name: "Copy this call" }), "Rust test");
  assert.ok(test.includes('client.request("no/such", json!({}))') && test.includes("-32601"), test);
  await page.finish();
});
