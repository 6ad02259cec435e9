// A browser, the servers, and what every test of the page asks for.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after } from "node:test";

const target = process.env.CARGO_TARGET_DIR ?? new URL("../../target", import.meta.url).pathname;
const require = createRequire(join(target, "page", "here.js"));
const { chromium } = require("playwright-core");
export const axe = require("axe-core").source;

const PROGRAMS = {
  math: ["math", "--http", "127.0.0.1:0", "--page"], conformance: ["conformance", "127.0.0.1:0"],
  fixture: ["page-fixture", "127.0.0.1:0"], calculator: ["calculator", "--http", "127.0.0.1:0"],
};

const ended = [];
after(async () => {
  for (const end of ended.reverse()) await end();
});

/** Starts a program until the tests are over; gives where it listens, and a way to stop it. */
export async function start(name, ...more) {
  const [program, ...options] = PROGRAMS[name];
  const { url, process } = await launch(program, [...options, ...more]);
  return { origin: url.origin, host: url.host, url: url.href, stop: () => process.kill("SIGKILL") };
}

/** Starts a program and waits for the address that it says on standard error. */
export async function launch(program, options) {
  const child = spawn(join(target, "debug", program), options, { stdio: ["pipe", "ignore", "pipe"] });
  ended.push(() => child.kill("SIGKILL"));
  let said = "";
  child.stderr.setEncoding("utf8");
  for await (const text of child.stderr.iterator({ destroyOnReturn: false })) {
    said += text;
    const address = /http:\/\/[\w.:[\]]+\/\w+/.exec(said)?.[0];
    if (address) {
      child.stderr.resume();
      return { url: new URL(address), process: child };
    }
  }
  throw new Error(`${program} did not start: ${said}`);
}

const running = new Map();
/** A server that all tests of a file share. */
export const server = (name) => running.get(name) ?? running.set(name, start(name)).get(name);

let browser;
async function opened() {
  browser ??= chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
  const there = await browser;
  if (ended.browser === undefined) ended.push((ended.browser = () => there.close()));
  return there;
}

/**
 * Opens the page of a server at an address. Whatever the browser complains of ends the test, unless it is `expected`;
 * `revision` turns to another one first.
 */
export async function visit(name, hash = "", { revision, expected, path = "/docs", ...options } = {}) {
  const at = typeof name === "string" ? await server(name) : name;
  const context = await (await opened()).newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints = [];
  const note = (text) => expected?.test(text) || complaints.push(text);
  page.on("pageerror", (error) => note(String(error)));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && note(message.text()));
  // Nothing but the server is ever asked for anything.
  page.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    if (origin !== at.origin && protocol !== "data:" && protocol !== "blob:") complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(`${at.origin}${path}${hash}`);
  if (revision) await speak(page, revision);
  page.finish = async () => {
    assert.equal(await page.evaluate(() => window.owned), undefined, "a text of the server ran");
    assert.deepEqual(complaints, []);
    await context.close();
  };
  return page;
}

/** Turns to a revision under “Connection”. */
export async function speak(page, revision) {
  await page.getByRole("button", { name: /^Connection/ }).click();
  await page.getByLabel("Revision of the protocol").selectOption(revision);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByRole("button", { name: `Connection: connected, revision ${revision}` }).waitFor();
}

/** A field by its name: what follows in its label is its type. */
export const field = (place, name, role = "textbox") => place.getByRole(role, { name: new RegExp(`^${name}\\b`) });

export const press = (place, name) => place.getByRole("button", { name, exact: true }).click();

export const result = (page) => page.getByRole("region", { name: "Result" });
export const failure = (page) => page.getByRole("region", { name: "Error" });

/** Waits until a place says something, and compares the whole of what it says if that is a text. */
export async function says(place, expected) {
  if (expected instanceof RegExp) return place.filter({ hasText: expected }).first().waitFor();
  await place.filter({ hasText: expected }).first().waitFor();
}

/** Waits until a field holds a value: a page turns to another view some time after its address did. */
export async function holds(place, expected) {
  const end = Date.now() + 10_000;
  let value;
  do value = await place.inputValue();
  while (value !== expected && Date.now() < end);
  assert.equal(value, expected);
}

/** What was copied last. */
export async function copied(page, place, label) {
  const button = await place.getByRole("button", { name: label, exact: true }).elementHandle();
  await button.click();
  await page.waitForFunction((it) => it.textContent === "Copied", button);
  return page.evaluate(() => navigator.clipboard.readText());
}

/** What axe-core finds wrong. */
export async function accessible(page) {
  await page.evaluate(`${axe}; 0`);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("\n   ")}`);
  assert.deepEqual(found, []);
}
