// Has the JavaScript clients and the `conformance` example talk with each other:
// converse.mjs <stdio|http|sse> <command ...|URL>
//
// Here the server asks, tells and is interrupted; drive.mjs is about what clients ask. Over `http`, what is between them has
// to break a stream that can be resumed after the first step of `test_tool_with_progress`. Each check has a connection of its
// own, so that nothing it hears belongs to another.

import assert from 'node:assert/strict';
import { connect, connections } from './connect.mjs';

const MODERN = '2026-07-28';
const HANDSHAKE = '2025-11-25';
const WATCHED = 'test://watched-resource';
// Long enough for any machine: a server that hangs has to fail a check, not the whole run.
const PATIENCE = 60_000;

const contents = {
  'Who are you?': { username: 'ann', email: 'ann@example.com' },
  'Please check your profile.': { name: 'Ann', age: 31, score: 9.5, status: 'inactive', verified: false },
  'Please choose.': {
    untitledSingle: 'option1',
    titledSingle: 'value2',
    legacyEnum: 'opt3',
    untitledMulti: ['option1', 'option3'],
    titledMulti: ['value2'],
  },
  'What is your name?': { name: 'Ann' },
  'Step 1: What is your name?': { name: 'Ann' },
  'Step 2: What is your favorite color, Ann?': { color: 'blue' },
  'Please confirm.': { ok: true },
  'What context should the prompt use?': { context: 'the weather' },
};

/** Answers every question, and keeps what was asked. */
class Answers {
  asked = [];

  elicit = ({ message }) => {
    this.asked.push(message);
    if (message === 'Decline this.') return { action: 'decline' };
    if (message === 'Cancel this.') return { action: 'cancel' };
    return { action: 'accept', content: contents[message] };
  };

  sample = ({ messages, maxTokens }) => {
    const [{ role, content }] = messages;
    // One block or several: the revisions differ.
    const { text } = [content].flat()[0];
    this.asked.push([role, text, maxTokens]);
    return { model: 'a-model', role: 'assistant', content: { type: 'text', text: `Well, ${text}` } };
  };

  roots = () => {
    this.asked.push('roots');
    return { roots: [{ uri: 'file:///home/ann', name: 'Home' }] };
  };
}

/** A connection and what is expected of it. */
class Talk {
  constructor(session, answers, transport, again) {
    this.session = session;
    this.answers = answers;
    this.transport = transport;
    this.modern = session.revision === MODERN;
    this.again = again;
  }

  /** Calls a tool whose result is one text. */
  async text(tool, args, options) {
    const { isError = false, content } = await this.session.call(tool, args, options);
    assert.equal(isError, false, JSON.stringify(content));
    assert.equal(content.length, 1);
    return content[0].text;
  }

  /** Where there is a session, the client has asked for the rest of one stream. */
  assertResumed() {
    const resumed = this.session.exchanges.filter(({ resumed }) => resumed);
    const expected = this.transport === 'http' && !this.modern ? [{ verb: 'GET', status: 200, resumed: true }] : [];
    assert.deepEqual(resumed, expected);
  }

  count(method) {
    return this.session.heard.filter((notification) => notification.method === method).length;
  }

  /** Calls a tool until the client hears of what it does: it is told of nothing before its stream is open. */
  async until(method, tool) {
    const before = this.count(method);
    while (this.count(method) === before) assert.equal(await this.text(tool), 'told');
  }
}

const checks = {
  async 'a form is accepted, declined and cancelled'(talk) {
    const messages = ['Who are you?', 'Decline this.', 'Cancel this.'];
    const texts = [];
    for (const message of messages) texts.push(await talk.text('test_elicitation', { message }));
    assert.deepEqual(texts, [
      'User response: action=accept, content=Account { username: "ann", email: "ann@example.com" }',
      'User response: action=decline, content=none',
      'User response: action=cancel, content=none',
    ]);
    assert.deepEqual(talk.answers.asked, messages);
  },

  async 'forms with defaults and with choices'(talk) {
    assert.equal(
      await talk.text('test_elicitation_sep1034_defaults'),
      'Elicitation completed: Accepted(Profile { name: "Ann", age: 31, score: 9.5, status: Inactive, verified: false })',
    );
    const text = await talk.text('test_elicitation_sep1330_enums');
    for (const choice of ['option1', 'value2', 'opt3', 'option3']) {
      assert.ok(text.includes(`"${choice}"`), `${choice} is expected in ${text}`);
    }
  },

  async 'the model is asked'(talk) {
    assert.equal(await talk.text('test_sampling', { prompt: 'how are you?' }), 'LLM response: Well, how are you?');
    assert.deepEqual(talk.answers.asked, [['user', 'how are you?', 100]]);
  },

  async 'the roots are asked for'(talk) {
    assert.equal(await talk.text('test_input_required_result_list_roots'), '["file:///home/ann"]');
    assert.deepEqual(talk.answers.asked, ['roots']);
  },

  async 'one question after the other'(talk) {
    assert.equal(await talk.text('test_input_required_result_multi_round'), 'Ann likes blue.');
    assert.deepEqual(talk.answers.asked, ['Step 1: What is your name?', 'Step 2: What is your favorite color, Ann?']);
  },

  async 'three questions at once'(talk) {
    const text = await talk.text('test_input_required_result_multiple_inputs');
    assert.equal(text, 'Ann: Well, Generate a greeting. (1 roots)');
    assert.equal(talk.answers.asked.length, 3);
  },

  async 'what was done before the question is done once'(talk) {
    assert.equal(await talk.text('test_input_required_result_request_state'), 'state-ok: true');
    assert.deepEqual(talk.answers.asked, ['Please confirm.']);
  },

  async 'a prompt asks'(talk) {
    const { messages } = await talk.session.prompt('test_input_required_result_prompt');
    assert.deepEqual(messages.map(({ content }) => content.text), ['Use this context: the weather']);
  },

  async 'calls at the same time get their own answers'(talk) {
    const prompts = Array.from({ length: 10 }, (_, i) => `question ${i}`);
    const texts = await Promise.all(prompts.map((prompt) => talk.text('test_sampling', { prompt })));
    assert.deepEqual(texts, prompts.map((prompt) => `LLM response: Well, ${prompt}`));
  },

  async 'an argument is completed'({ session }) {
    assert.deepEqual(await session.complete('test_prompt_with_arguments', 'arg1', 'par'), ['paris', 'park', 'party']);
  },

  async 'the log is heard from a level on'(talk) {
    const { session } = talk;
    await session.logFrom('info');
    assert.equal(await talk.text('test_tool_with_logging'), 'done');
    const heard = session.heard.map(({ method, params: { level, data } }) => [method, level, data]);
    assert.deepEqual(
      heard,
      ['Tool execution started', 'Tool processing data', 'Tool execution completed'].map((data) => [
        'notifications/message',
        'info',
        data,
      ]),
    );
    await session.logFrom('error');
    assert.equal(await talk.text('test_tool_with_logging'), 'done');
    assert.equal(session.heard.length, 3);
  },

  async 'lists and a resource are followed until they are not'(talk) {
    const { session } = talk;
    const [updated, tools, prompts] = ['resources/updated', 'tools/list_changed', 'prompts/list_changed'].map(
      (what) => `notifications/${what}`,
    );
    const stop = await session.follow(WATCHED);
    await talk.until(updated, 'change_watched_resource');
    assert.equal(session.heard.find(({ method }) => method === updated).params.uri, WATCHED);
    await talk.until(tools, 'test_trigger_tool_change');
    await stop();
    // All comes in order: once this is heard, nothing of the above is under way.
    if (!talk.modern) await talk.until(prompts, 'test_trigger_prompt_change');
    const before = talk.count(updated);
    assert.equal(await talk.text('change_watched_resource'), 'told');
    if (talk.modern) await session.follow('test://static-text');
    await talk.until(prompts, 'test_trigger_prompt_change');
    assert.equal(talk.count(updated), before);
  },

  async 'progress arrives before the answer, over a stream that breaks if it can be resumed'(talk) {
    const reports = [];
    const onprogress = ({ progress, total }) => reports.push([progress, total]);
    assert.equal(await talk.text('test_tool_with_progress', {}, { onprogress }), 'done');
    const expected = [[0, 100], [50, 100], [100, 100]];
    // Over the others, either client loses the reports that it reads together with the answer.
    assert.deepEqual(reports, talk.transport === 'http' ? expected : expected.slice(0, reports.length));
    talk.assertResumed();
    // What the client said of the break.
    talk.session.noise.length = 0;
  },

  async 'a call whose answer is fetched later'(talk) {
    assert.equal(await talk.text('test_reconnection'), 'The client came back.');
    talk.assertResumed();
  },

  async 'a call that is cancelled ends'(talk) {
    for (const reason of ['not needed', 'nor this']) {
      const controller = new AbortController();
      let call;
      const running = new Promise((onprogress) => {
        call = talk.text('wait_alone', { seconds: 3600 }, { signal: controller.signal, onprogress });
      });
      await running;
      controller.abort(reason);
      await assert.rejects(call);
    }
    // It would wait for those before it.
    assert.equal(await talk.text('wait_alone', { seconds: 0 }), 'waited');
  },

  async 'a session ends, and another begins'(talk) {
    const { session, transport, modern } = talk;
    if (transport !== 'http') return;
    if (modern) {
      assert.equal(session.sessionId(), undefined);
      return;
    }
    const ended = session.sessionId();
    assert.ok(ended);
    await session.endSession();
    assert.ok(session.exchanges.some(({ verb, status }) => verb === 'DELETE' && status < 300));
    // The client forgets its session when it ends one, so another is begun; what it was is asked for by name.
    const response = await fetch(talk.again.target, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': ended,
        'mcp-protocol-version': session.revision,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
    assert.equal(response.status, 404);
    const next = await talk.again();
    assert.notEqual(next.sessionId(), ended);
    assert.ok((await next.tools()).length > 0);
    await next.close();
    // Either client asks for the rest of the stream that ended with the session, and complains that there is none.
    session.noise.length = 0;
  },
};

async function within(patience, name, running) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} takes too long`)), patience);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

const [transport, ...words] = process.argv.slice(2);
if (!['stdio', 'http', 'sse'].includes(transport) || words.length === 0) {
  console.error('usage: converse.mjs <stdio|http|sse> <command ...|URL>');
  process.exit(2);
}
const target = transport === 'stdio' ? words : words[0];
let [passed, failures] = [0, 0];
for (const connection of connections) {
  // The old transport is for clients of the handshake alone.
  if (transport === 'sse' && connection.mode === 'auto') continue;
  for (const [name, check] of Object.entries(checks)) {
    const answers = new Answers();
    const again = Object.assign(() => connect(target, connection, answers), { target });
    let label = `${connection.package} ${connection.version} ${connection.mode} ${name}`;
    try {
      const session = await within(PATIENCE, 'connecting', again());
      label = `${connection.package} ${connection.version} ${connection.mode}/${session.revision} ${name}`;
      assert.equal(session.revision, connection.mode === 'auto' ? MODERN : HANDSHAKE);
      await within(PATIENCE, 'the check', check(new Talk(session, answers, transport, again)));
      assert.deepEqual(session.noise, []);
      await within(PATIENCE, 'closing', session.close());
      passed += 1;
      console.log(`ok ${label}`);
    } catch (error) {
      failures += 1;
      console.log(`FAILED ${label}\n${error.stack.replace(/^/gm, '    ')}`);
    }
  }
}
console.log(`JavaScript over ${transport}: ${passed} passed, ${failures} failed`);
// A connection of a check that failed may still be open.
process.exit(failures > 0 ? 1 : 0);
