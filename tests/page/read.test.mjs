// Reading: what the server offers, its search, addresses of handlers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { says, visit } from "./browser.mjs";

test("the server, and all that it lists", async () => {
  const page = await visit("math");
  await says(page.getByRole("heading", { level: 1 }), "Math");
  await says(page.getByRole("main"), "Use the tools for arithmetic");
  const list = page.getByRole("navigation", { name: "Handlers" });
  for (const name of ["add", "add_with_progress", "subtract", "multiply", "divide", "problem_solving", "math://constants/pi", "math://constants/{name}"]) {
    await list.getByText(name, { exact: true }).waitFor();
  }
  await page.finish();
});

test("a tool: title, hints, parameters, output", async () => {
  const page = await visit("fixture", "#tool/plan");
  const main = page.getByRole("main");
  await says(main.getByRole("listitem"), "read-only");
  await says(main.getByRole("listitem"), "idempotent");
  const rows = main.getByRole("table").first().getByRole("row");
  const shown = (await rows.allTextContents()).map((row) => row.replace(/\s+/g, " "));
  const expected = [
    /^traveller required.*Who travels/, /^traveller\.age ?integer.*How old, in years.*0 to 255/, /^traveller\.class required ?choice.*first, second/,
    /^stops\[\]\.nights required ?integer.*1 to 30/, /^payment required ?card or invoice/, /^notes ?string""What else.*at most|^notes ?string.*0 to 2000/, /^insured ?boolean ?true/, /^number ?integer ?7/,
  ];
  for (const row of expected) assert.ok(shown.some((text) => row.test(text)), `${row} in ${shown.join("\n")}`);
  await main.getByRole("heading", { name: "Output" }).waitFor();
  await page.finish();
});

test("the search finds names and descriptions", async () => {
  const page = await visit("math");
  const search = page.getByRole("searchbox", { name: "Search handlers" });
  const links = page.getByRole("navigation").getByRole("link", { name: /^(add|subtract|multiply|divide|problem|math:)/ });
  await links.nth(7).waitFor();
  for (const [typed, found] of [["add", 2], ["BY THE SECOND", 1], ["constants", 2], ["", 8]]) {
    await search.fill(typed);
    assert.equal(await links.count(), found, typed);
  }
  await search.fill("nothing like it");
  await page.getByText("Nothing is called that.").waitFor();
  await search.fill("divide");
  await page.keyboard.press("Enter");
  await says(page.getByRole("heading", { level: 1 }), "divide");
  await page.finish();
});

test("every handler has an address", async () => {
  for (const [name, hash, heading] of [
    ["math", "#tool/divide", "divide"], ["math", "#prompt/problem_solving", "problem_solving"],
    ["math", "#resource/math%3A%2F%2Fconstants%2Fpi", "pi"], ["math", "#template/math%3A%2F%2Fconstants%2F%7Bname%7D", "constant"],
    ["math", "#tool/none", "none"], ["calculator", "#tool/add_numbers", "add_numbers"],
  ]) {
    const page = await visit(name, hash);
    await says(page.getByRole("heading", { level: 1 }), heading);
    await page.finish();
  }
});

test("a list that changes is shown anew", async () => {
  const page = await visit("fixture", "#tool/add_tool");
  await page.getByRole("textbox", { name: /^name/ }).fill("brand_new");
  await page.keyboard.press("Enter");
  await page.getByRole("navigation").getByRole("link", { name: /^brand_new/ }).click();
  await says(page.getByRole("heading", { level: 1 }), "brand_new");
  await page.finish();
});
