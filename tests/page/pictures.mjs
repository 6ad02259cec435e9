// Takes the pictures of the main views that the documents show: pictures.mjs FOLDER
import { join } from "node:path";
import { test } from "node:test";
import { field, press, result, visit } from "./browser.mjs";

const folder = process.argv[2];

/** Does something on a page and takes its picture. */
function picture(file, name, hash, options, act = async () => {}) {
  test(file, async () => {
    const page = await visit(name, hash, { viewport: { width: 1280, height: 720 }, ...options });
    await page.getByRole("button", { name: /^Connection: connected/ }).waitFor();
    await act(page);
    await page.mouse.move(640, 5);
    await page.evaluate(() => document.activeElement?.blur());
    await page.screenshot({ path: join(folder, file), animations: "disabled" });
    await page.finish();
  });
}

picture("page-tool.png", "math", "#tool/add", {}, async (page) => {
  await field(page, "a").fill("2");
  await field(page, "b").fill("3");
  await press(page, "Call");
  await result(page).waitFor();
});

picture("page-wire.png", "math", "#tool/add_with_progress", { colorScheme: "dark" }, async (page) => {
  await field(page, "a").fill("2");
  await field(page, "b").fill("3");
  await page.getByRole("button", { name: /^Wire/ }).click();
  await press(page, "Call");
  await page.getByRole("button", { name: /tools\/call/ }).click();
  await page.getByText("40 % · still adding").first().waitFor();
});

picture("page-question.png", "conformance", "#tool/test_elicitation_sep1330_enums", {}, async (page) => {
  await press(page, "Call");
  await page.getByRole("region", { name: "Question of the server" }).waitFor();
});

picture("page-phone.png", "fixture", "#tool/rename", { viewport: { width: 390, height: 760 } }, async (page) => {
  await field(page, "name").fill("x");
  await field(page, "region").fill("eu");
  await field(page, "times").fill("9");
  await press(page, "Call");
  await page.getByText("9 is not at least 1").first().waitFor();
});
