// One face for the two major versions of the JavaScript client, so that the checks are written once. Only this file
// knows which of them is asked.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const installed =
  process.env.MINIMCP_CLIENTS_DIR ?? fileURLToPath(new URL('../../../target/clients', import.meta.url));
const require = createRequire(join(installed, 'npm', 'package.json'));
const versions = JSON.parse(readFileSync(new URL('package.json', import.meta.url))).dependencies;

const one = '@modelcontextprotocol/sdk';
const two = '@modelcontextprotocol/client';
const clients = {
  [one]: {
    ...require(`${one}/client/index.js`),
    ...require(`${one}/client/sse.js`),
    ...require(`${one}/client/stdio.js`),
    ...require(`${one}/client/streamableHttp.js`),
    ...require(`${one}/types.js`),
    ProtocolError: require(`${one}/types.js`).McpError,
  },
  [two]: { ...require(two), ...require(`${two}/stdio`) },
};

export const connections = [
  { package: one, mode: 'legacy' },
  { package: two, mode: 'auto' },
  { package: two, mode: 'legacy' },
].map((connection) => ({ ...connection, version: versions[connection.package] }));

/** The server answered with a protocol error. */
export class Refused extends Error {
  constructor({ code, message, data }) {
    super(message);
    Object.assign(this, { code, data });
  }
}

/** A transport to a command and its arguments, or to a URL, which is one of HTTP+SSE if its path says so. */
function transportTo(target, { StdioClientTransport, SSEClientTransport, StreamableHTTPClientTransport }, exchanges) {
  if (Array.isArray(target)) {
    return new StdioClientTransport({ command: target[0], args: target.slice(1), stderr: 'inherit' });
  }
  const url = new URL(target);
  if (url.pathname === '/sse') return new SSEClientTransport(url);
  const noted = async (address, init) => {
    const response = await fetch(address, init);
    const resumed = new Headers(init?.headers).get('last-event-id') !== null;
    exchanges.push({ verb: init?.method ?? 'GET', status: response.status, resumed });
    return response;
  };
  return new StreamableHTTPClientTransport(url, { fetch: noted });
}

/**
 * Connects to a URL or to a command and its arguments. What the server may ask is what there are `answers` to:
 * `elicit` and `sample`, which are given the parameters of the question, and `roots`.
 */
export async function connect(target, { package: name, mode }, answers = {}) {
  const { Client, ProtocolError, LOG_LEVEL_META_KEY, ...types } = clients[name];
  // The requests over Streamable HTTP.
  const exchanges = [];
  const transport = transportTo(target, types, exchanges);
  const capabilities = {
    ...(answers.elicit && { elicitation: {} }),
    ...(answers.sample && { sampling: {} }),
    ...(answers.roots && { roots: {} }),
  };
  const client = new Client({ name: 'drive', version: '1.0.0' }, { versionNegotiation: { mode }, capabilities });
  // Whatever the client could not make sense of.
  const noise = [];
  client.onerror = (error) => noise.push(error.message);
  for (const [answer, method, schema] of [
    [answers.elicit, 'elicitation/create', types.ElicitRequestSchema],
    [answers.sample, 'sampling/createMessage', types.CreateMessageRequestSchema],
    [answers.roots, 'roots/list', types.ListRootsRequestSchema],
  ]) {
    if (answer) client.setRequestHandler(name === one ? schema : method, ({ params }) => answer(params));
  }
  // What the server said without being asked, progress aside.
  const heard = [];
  client.fallbackNotificationHandler = async (notification) => void heard.push(notification);

  async function asked(request) {
    try {
      return await request;
    } catch (error) {
      throw error instanceof ProtocolError ? new Refused(error) : error;
    }
  }

  // Version 1 tells what was negotiated to its transports alone.
  let negotiated;
  const told = transport.setProtocolVersion?.bind(transport);
  transport.setProtocolVersion = (version) => {
    negotiated = version;
    told?.(version);
  };
  await client.connect(transport);
  // A cached list would show nothing about the server.
  const fresh = { cacheMode: 'bypass' };
  const revision = client.getNegotiatedProtocolVersion?.() ?? negotiated;
  const modern = revision === '2026-07-28';
  let level;
  return {
    noise,
    heard,
    exchanges,
    revision,
    // Version 2 makes one error of all codes that ever said that a resource is not there.
    translatesNotFound: name === two,
    server: client.getServerVersion(),
    capabilities: client.getServerCapabilities(),
    tools: async () => (await asked(client.listTools({}, fresh))).tools,
    prompts: async () => (await asked(client.listPrompts({}, fresh))).prompts,
    resources: async () => (await asked(client.listResources({}, fresh))).resources,
    templates: async () => (await asked(client.listResourceTemplates({}, fresh))).resourceTemplates,
    prompt: (name, args) => asked(client.getPrompt({ name, arguments: args })),
    read: async (uri) => (await asked(client.readResource({ uri }, fresh))).contents,
    call: (tool, args, options) => {
      const params = { name: tool, arguments: args };
      // Each request says for itself what it wants to see of the log, since there are no sessions.
      if (modern && level) params._meta = { [LOG_LEVEL_META_KEY]: level };
      return asked(name === one ? client.callTool(params, undefined, options) : client.callTool(params, options));
    },
    complete: async (prompt, argument, value) => {
      const params = { ref: { type: 'ref/prompt', name: prompt }, argument: { name: argument, value } };
      return (await asked(client.complete(params))).completion.values;
    },
    logFrom: async (lowest) => {
      level = lowest;
      if (!modern) await asked(client.setLoggingLevel(lowest));
    },
    /** Follows a resource and all lists, and gives what stops it. Older revisions tell of the lists in any case. */
    follow: async (uri) => {
      if (modern) {
        const lists = { toolsListChanged: true, promptsListChanged: true };
        const subscription = await client.listen({ ...lists, resourceSubscriptions: [uri] });
        return () => subscription.close();
      }
      await asked(client.subscribeResource({ uri }));
      return () => asked(client.unsubscribeResource({ uri }));
    },
    endSession: () => transport.terminateSession(),
    sessionId: () => transport.sessionId,
    close: () => client.close(),
  };
}
