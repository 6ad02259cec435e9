// Questions of the server in both eras, and tasks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { copied, failure, field, holds, press, result, says, visit } from "./browser.mjs";

/** Where questions travel in two ways. */
const ERAS = ["2025-11-25", "2026-07-28"];

/** Calls a tool, does what `answer` does with its questions, and waits for the result. */
async function check(kind, name, { fill = {}, answer, expected, eras = ERAS }) {
  for (const revision of eras) {
    const page = await visit("conformance", `#${kind}/${name}`, { revision });
    for (const [label, value] of Object.entries(fill)) await field(page, label).fill(value);
    await press(page, kind === "prompt" ? "Get" : "Call");
    await answer(page, (number = 0) => page.getByRole("region", { name: "Question of the server" }).nth(number));
    await says(expected.error ? failure(page) : result(page), expected.error ?? expected.result);
    await page.finish();
  }
}

test("a form is answered, declined, dismissed", async () => {
  const fill = { message: "Who?" };
  await check("tool", "test_elicitation", { fill, expected: { result: 'username: "ann"' }, answer: async (page, asked) => {
    await says(asked(), "Who?");
    await field(asked(), "username").fill("ann");
    await field(asked(), "email").fill("ann@example.com");
    await press(asked(), "Answer");
  } });
  await check("tool", "test_elicitation", { fill, expected: { result: "action=decline" }, answer: (page, asked) => press(asked(), "Decline") });
  await check("tool", "test_elicitation", { fill, expected: { result: "action=cancel" }, answer: (page, asked) => press(asked(), "Dismiss") });
});

test("a form starts with its defaults, and has every kind of choice", async () => {
  await check("tool", "test_elicitation_sep1034_defaults", { expected: { result: 'name: "John Doe", age: 31, score: 95.5' }, answer: async (page, asked) => {
    await holds(field(asked(), "age|Age"), "30");
    await field(asked(), "age|Age").fill("31");
    await press(asked(), "Answer");
  } });
  await check("tool", "test_elicitation_sep1330_enums", { expected: { result: '"value2"' }, answer: async (page, asked) => {
    await field(asked(), "titledSingle", "combobox").selectOption("Second Option");
    await field(asked(), "legacyEnum", "combobox").selectOption("Option Three");
    await asked().getByRole("checkbox", { name: "First Choice" }).check();
    await asked().getByRole("checkbox", { name: "option2" }).check();
    await press(asked(), "Answer");
  } });
});

test("the user is the model, and may refuse", async () => {
  await check("tool", "test_sampling", { fill: { prompt: "Why?" }, expected: { result: "LLM response: Because." }, answer: async (page, asked) => {
    await says(asked().getByRole("listitem"), "Why?");
    await field(asked(), "What the model says").fill("Because.");
    await press(asked(), "Answer");
  } });
  await check("tool", "test_sampling", { fill: { prompt: "Why?" }, eras: ["2025-11-25"], expected: { result: "refused" }, answer: (page, asked) => press(asked(), "Refuse") });
  await check("tool", "test_sampling", { fill: { prompt: "Why?" }, eras: ["2026-07-28"], expected: { error: "You refused" }, answer: (page, asked) => press(asked(), "Refuse") });
});

test("folders are told", async () => {
  await check("tool", "test_input_required_result_list_roots", { expected: { result: "file:///tmp" }, answer: async (page, asked) => {
    await field(asked(), "uri").fill("file:///tmp");
    await press(asked(), "Answer");
  } });
});

test("rounds of questions, and several at once", async () => {
  await check("tool", "test_input_required_result_multi_round", { expected: { result: "Ann likes blue." }, answer: async (page, asked) => {
    await field(asked(), "name|Name").fill("Ann");
    await press(asked(), "Answer");
    await says(asked(), "What is your favorite color, Ann?");
    await field(asked(), "color|Color").fill("blue");
    await press(asked(), "Answer");
  } });
  await check("tool", "test_input_required_result_multiple_inputs", { expected: { result: "Ann: Hi. (1 roots)" }, answer: async (page, asked) => {
    await asked(2).waitFor();
    const about = (text) => page.getByRole("region", { name: "Question of the server" }).filter({ hasText: text });
    await field(about("What is your name?"), "name|Name").fill("Ann");
    await press(about("What is your name?"), "Answer");
    await field(about("Generate a greeting."), "What the model says").fill("Hi.");
    await press(about("Generate a greeting."), "Answer");
    await press(about("folders"), "Answer");
  } });
});

test("a prompt asks as well", async () => {
  await check("prompt", "test_input_required_result_prompt", { expected: { result: "Use this context: here" }, answer: async (page, asked) => {
    await field(asked(), "context|Context").fill("here");
    await press(asked(), "Answer");
  } });
});

test("a page is opened by the user alone, and only one of the web", async () => {
  for (const revision of ERAS) {
    const page = await visit("fixture", "#tool/connect", { revision });
    await field(page, "address").fill("https://example.com/log-in");
    await press(page, "Call");
    const asked = page.getByRole("region", { name: "Question of the server" });
    assert.equal(await asked.getByRole("link").getAttribute("href"), "https://example.com/log-in");
    await says(asked, "It is on example.com.");
    await press(asked, "I opened it");
    await says(result(page), "opened");
    await page.finish();
  }
});

test("a call that asks can be cancelled", async () => {
  for (const revision of ERAS) {
    const page = await visit("conformance", "#tool/test_input_required_result_elicitation", { revision });
    await press(page, "Call");
    const asked = page.getByRole("region", { name: "Question of the server" });
    await asked.waitFor();
    await press(page, "Cancel");
    await asked.waitFor({ state: "detached" });
    await says(failure(page), "Cancelled");
    await page.finish();
  }
});

test("what was answered is part of the test that is copied", async () => {
  const page = await visit("conformance", "#tool/test_input_required_result_elicitation");
  await press(page, "Call");
  const asked = page.getByRole("region", { name: "Question of the server" });
  await field(asked, "name|Name").fill("Ann");
  await press(asked, "Answer");
  await result(page).waitFor();
  const text = await copied(page, page.getByRole("group", { name: "Copy this call" }), "Rust test");
  assert.ok(text.includes('("elicitation/create", Some("What is your name?")) => json!({"action":"accept","content":{"name":"Ann"}}),'), text);
  assert.ok(text.includes('assert_eq!(result.to_text(), "Hello, Ann!");'), text);
  await page.finish();
});

test("tasks are followed to their end", async () => {
  const tasks = ["2026-07-28"];
  const nothing = async () => {};
  await check("tool", "slow_compute", { eras: tasks, fill: { seconds: "0.5", label: "it" }, answer: (page) => page.getByText("Task working", { exact: true }).waitFor(), expected: { result: "Computed it for 0.5 s." } });
  await check("tool", "failing_job", { eras: tasks, answer: nothing, expected: { result: "This job fails on purpose." } });
  await check("tool", "protocol_error_job", { eras: tasks, answer: nothing, expected: { error: "internal error" } });
  await check("tool", "slow_compute", { eras: ["2025-11-25"], fill: { seconds: "0.1" }, answer: nothing, expected: { result: "for 0.1 s." } });
});

test("tasks ask, and are cancelled", async () => {
  const eras = ["2026-07-28"];
  await check("tool", "confirm_delete", { eras, fill: { filename: "a.txt" }, expected: { result: "Deleted a.txt." }, answer: async (page, asked) => {
    await says(asked(), "Really delete a.txt?");
    await asked().getByRole("checkbox").check();
    await press(asked(), "Answer");
  } });
  await check("tool", "multi_input", { eras, expected: { result: "Ann and Bob" }, answer: async (page) => {
    for (const [question, name] of [["Who is the first?", "Ann"], ["Who is the second?", "Bob"]]) {
      const asked = page.getByRole("region", { name: "Question of the server" }).filter({ hasText: question });
      await field(asked, "name|Name").fill(name);
      await press(asked, "Answer");
    }
  } });
  await check("tool", "test_tool_with_task", { eras, expected: { result: "Hello, Ann, from a task!" }, answer: async (page, asked) => {
    await field(asked(), "name|Name").fill("Ann");
    await press(asked(), "Answer");
  } });
  const page = await visit("conformance", "#tool/slow_compute");
  await field(page, "seconds").fill("3000");
  await press(page, "Call");
  await page.getByText("Task working", { exact: true }).waitFor();
  const [request] = await Promise.all([page.waitForRequest((one) => one.postData()?.includes("tasks/cancel")), press(page, "Cancel")]);
  assert.equal((await request.response()).status(), 200);
  await page.finish();
});
