// Drives the `math` example with the JavaScript clients: drive.mjs <stdio|http|json> <command ...|URL>
//
// `http` is the transport that may stream, `json` the one that never does. The ids are those of the checks that minimcp
// for Python is tested with; NN names what came on top.

import assert from 'node:assert/strict';
import { connect, connections, Refused } from './connect.mjs';

const MODERN = '2026-07-28';
const HANDSHAKE = '2025-11-25';
const INVALID_PARAMS = -32602;
const RESOURCE_NOT_FOUND = -32002;

function contains(text, part) {
  assert.ok(text.includes(part), `${JSON.stringify(part)} is expected in ${JSON.stringify(text)}`);
}

function described(thing) {
  assert.ok(thing.description, `a description is expected in ${JSON.stringify(thing)}`);
}

async function refused(request, code, part) {
  const error = await request.then(
    (answer) => assert.fail(`a protocol error is expected, not ${JSON.stringify(answer)}`),
    (error) => error,
  );
  if (!(error instanceof Refused)) throw error;
  assert.equal(error.code, code, error.message);
  contains(`${error.message} ${JSON.stringify(error.data)}`, part);
}

/** The text of a tool that says it failed. */
function failed(answer) {
  assert.equal(answer.isError, true, JSON.stringify(answer));
  return answer.content[0].text;
}

/** A session and what is expected of it. */
class Drive {
  constructor(session, transport) {
    this.session = session;
    this.transport = transport;
    this.modern = session.revision === MODERN;
    this.notFound = this.modern || session.translatesNotFound ? INVALID_PARAMS : RESOURCE_NOT_FOUND;
  }

  async gives(name, a, b, number, options) {
    const { isError = false, content, structuredContent } = await this.session.call(name, { a, b }, options);
    const text = Number.isInteger(number) ? number.toFixed(1) : String(number);
    assert.deepEqual(
      { isError, content, structuredContent },
      {
        isError: false,
        content: [{ type: 'text', text }],
        // Structured results had to be objects before they could be anything.
        structuredContent: this.modern ? number : { result: number },
      },
    );
  }

  async givesReporting(a, b, number) {
    const reports = [];
    const onprogress = ({ progress, message }) => reports.push([progress, typeof message]);
    await this.gives('add_with_progress', a, b, number, { onprogress });
    assert.deepEqual(reports, this.transport === 'json' ? [] : [0.1, 0.4, 0.7].map((done) => [done, 'string']));
  }
}

const checks = {
  async 'I1 name, version and capabilities of the server'({ session }) {
    assert.equal(session.server.name, 'math');
    assert.ok(session.server.version, 'a version is expected');
    for (const capability of ['tools', 'prompts', 'resources']) {
      assert.ok(session.capabilities[capability], `${capability} is expected in the capabilities`);
    }
  },

  async 'I1 tools are listed with their docs'({ session }) {
    const tools = await session.tools();
    assert.deepEqual(
      tools.map((tool) => tool.name).sort(),
      ['add', 'add_with_progress', 'divide', 'multiply', 'subtract'],
    );
    tools.forEach(described);
  },

  async 'I1 the prompt is listed with its docs'({ session }) {
    const prompts = await session.prompts();
    assert.deepEqual(prompts.map((prompt) => prompt.name), ['problem_solving']);
    const [{ arguments: args }] = prompts;
    assert.deepEqual(args.map(({ name, required }) => ({ name, required })), [
      { name: 'problem_description', required: true },
    ]);
    [...prompts, ...args].forEach(described);
  },

  async 'I1 resources and templates are listed with their docs'({ session }) {
    const [resources, templates] = [await session.resources(), await session.templates()];
    assert.deepEqual(resources.map((resource) => resource.uri), ['math://constants/pi']);
    assert.deepEqual(templates.map((template) => template.uriTemplate), ['math://constants/{name}']);
    for (const listed of [...resources, ...templates]) {
      assert.ok(listed.name, 'a name is expected');
      described(listed);
    }
  },

  async 'I12 schemas of arguments'({ session }) {
    for (const { name, inputSchema } of await session.tools()) {
      assert.equal(inputSchema.type, 'object', name);
      assert.deepEqual([...inputSchema.required].sort(), ['a', 'b'], name);
      assert.deepEqual(Object.keys(inputSchema.properties).sort(), ['a', 'b'], name);
      for (const argument of Object.values(inputSchema.properties)) {
        assert.equal(argument.type, 'number', name);
        described(argument);
      }
    }
  },

  async 'I12 schemas of results'({ session, modern }) {
    for (const { name, outputSchema } of await session.tools()) {
      if (!modern) {
        assert.equal(outputSchema.type, 'object', name);
        assert.deepEqual(outputSchema.required, ['result'], name);
      }
      const schema = modern ? outputSchema : outputSchema.properties.result;
      assert.equal(schema.type, 'number', name);
    }
  },

  async 'I2 the four operations'(drive) {
    await drive.gives('add', 5, 3, 8);
    await drive.gives('subtract', 10, 4, 6);
    await drive.gives('multiply', 6, 7, 42);
    await drive.gives('divide', 15, 3, 5);
    await drive.gives('divide', 1, 8, 0.125);
  },

  async 'I11 strings and integers are taken for numbers'(drive) {
    await drive.gives('add', '10.5', '20.3', 30.8);
    await drive.gives('add', 7, 0.5, 7.5);
    await drive.gives('multiply', '6', 7, 42);
    await drive.gives('subtract', -1.5, '2', -3.5);
  },

  async "I3 dividing by zero fails with the handler's text"({ session }) {
    contains(failed(await session.call('divide', { a: 1, b: 0 })), 'divide by zero');
  },

  async 'I4 the prompt contains its argument'({ session }) {
    const { messages } = await session.prompt('problem_solving', { problem_description: 'How far is the horizon?' });
    assert.deepEqual(messages.map(({ role, content: { type } }) => [role, type]), [['user', 'text']]);
    contains(messages[0].content.text, 'How far is the horizon?');
  },

  async 'I5 resources are read, static and by template'({ session }) {
    for (const [name, digits] of Object.entries({ pi: '3.14159', e: '2.71828', tau: '6.28318' })) {
      const uri = `math://constants/${name}`;
      const contents = await session.read(uri);
      assert.deepEqual(contents.map((content) => content.uri), [uri]);
      contains(contents[0].text, digits);
    }
  },

  async 'I6 unknown tools, prompts and resources are protocol errors'({ session, notFound }) {
    await refused(session.call('power', { a: 1, b: 2 }), INVALID_PARAMS, 'power');
    await refused(session.prompt('poem', { about: 'numbers' }), INVALID_PARAMS, 'poem');
    await refused(session.read('math://nowhere/at-all'), notFound, 'math://nowhere/at-all');
  },

  async 'I7 wrong and missing arguments are said by name'({ session }) {
    // Both revisions that these clients negotiate let the model see such mistakes.
    for (const [args, name] of [
      [{ a: 1 }, 'b'],
      [{}, 'a'],
      [undefined, 'a'],
      [{ a: 1, b: 'three' }, 'b'],
      [{ a: [1], b: 2 }, 'a'],
      [{ a: 1, b: null }, 'b'],
      [{ a: true, b: 1 }, 'a'],
    ]) {
      contains(failed(await session.call('add', args)), name);
    }
  },

  async "I8 the text of a template's error arrives"({ session, notFound }) {
    await refused(session.read('math://constants/phi'), notFound, 'Unknown constant');
  },

  async 'I9 calls at the same time do not mix'(drive) {
    for (const count of [3, 20]) {
      await Promise.all(
        Array.from({ length: count }, (_, i) =>
          i % 2 ? drive.gives('multiply', i, 2, i * 2) : drive.gives('add', i, 2, i + 2),
        ),
      );
    }
  },

  async 'I13 a prompt without its argument is an error that names it'({ session }) {
    await refused(session.prompt('problem_solving'), INVALID_PARAMS, 'problem_description');
    await refused(session.prompt('problem_solving', {}), INVALID_PARAMS, 'problem_description');
  },

  async 'I14 progress is reported in order'(drive) {
    await drive.givesReporting(2, 3, 5);
  },

  async 'I14 progress that nobody asked for'(drive) {
    const before = drive.session.noise.length;
    await drive.gives('add_with_progress', 2, 3, 5);
    assert.deepEqual(drive.session.noise.slice(before), []);
  },

  async 'I14 a callback that fails'(drive) {
    const onprogress = () => {
      throw new Error('the callback failed');
    };
    await drive.gives('add_with_progress', 2, 3, 5, { onprogress });
  },

  async 'I14 progress of several calls does not mix'(drive) {
    await Promise.all([0, 1, 2, 3].map((i) => drive.givesReporting(i, 0.5, i + 0.5)));
  },

  async 'NN a call that is cancelled, and one after it'(drive) {
    const { session, transport, modern } = drive;
    const before = session.noise.length;
    const controller = new AbortController();
    let call;
    const report = new Promise((onprogress) => {
      call = session.call('add_with_progress', { a: 1, b: 2 }, { signal: controller.signal, onprogress });
    });
    // With the JSON transport there is nothing to see of the call; that another one was answered is as near as it gets.
    await (transport === 'json' ? drive.gives('add', 1, 2, 3) : report);
    controller.abort('not needed');
    await assert.rejects(call);
    // This one ends after the first would have: what it left behind arrives before.
    await drive.givesReporting(3, 4, 7);
    // Over HTTP, the handshake's revisions have no way to say which call a notification means.
    if (transport === 'stdio' || modern) assert.deepEqual(session.noise.slice(before), []);
  },

  async 'I15 an error leaves nothing behind'(drive) {
    const before = await drive.session.tools();
    failed(await drive.session.call('divide', { a: 1, b: 0 }));
    await drive.gives('divide', 1, 2, 0.5);
    await refused(drive.session.call('power'), INVALID_PARAMS, 'power');
    await drive.gives('add', 1, 2, 3);
    assert.deepEqual(await drive.session.tools(), before);
  },

  async 'I16 Unicode passes unharmed'({ session }) {
    const text = 'Is 𝜋² ≈ 9.87?\n\t“Ja”, дa, 对 🧮 \u2028 \u0000';
    const { messages } = await session.prompt('problem_solving', { problem_description: text });
    contains(messages[0].content.text, text);
    await refused(session.call('𝜋'), INVALID_PARAMS, '𝜋');
  },
};

const [transport, ...target] = process.argv.slice(2);
if (!['stdio', 'http', 'json'].includes(transport) || target.length === 0) {
  console.error('usage: drive.mjs <stdio|http|json> <command ...|URL>');
  process.exit(2);
}
let failures = 0;
for (const connection of connections) {
  const session = await connect(transport === 'stdio' ? target : target[0], connection);
  const label = `${connection.package} ${connection.version} ${connection.mode}/${session.revision}`;
  for (const [name, check] of Object.entries(checks)) {
    try {
      assert.equal(session.revision, connection.mode === 'auto' ? MODERN : HANDSHAKE);
      await check(new Drive(session, transport));
      console.log(`ok ${label} ${name}`);
    } catch (error) {
      failures += 1;
      console.log(`FAILED ${label} ${name}\n${error.stack.replace(/^/gm, '    ')}`);
    }
  }
  await session.close();
}
const total = connections.length * Object.keys(checks).length;
console.log(`JavaScript over ${transport}: ${total - failures} passed, ${failures} failed`);
process.exitCode = failures > 0 ? 1 : 0;
