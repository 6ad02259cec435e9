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
    ...require(`${one}/client/stdio.js`),
    ...require(`${one}/client/streamableHttp.js`),
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

/** Connects to a URL or to a command and its arguments. */
export async function connect(target, { package: name, mode }) {
  const { Client, StdioClientTransport, StreamableHTTPClientTransport, ProtocolError } = clients[name];
  const transport = Array.isArray(target)
    ? new StdioClientTransport({ command: target[0], args: target.slice(1), stderr: 'inherit' })
    : new StreamableHTTPClientTransport(new URL(target));
  const client = new Client({ name: 'drive', version: '1.0.0' }, { versionNegotiation: { mode } });
  // Whatever the client could not make sense of.
  const noise = [];
  client.onerror = (error) => noise.push(error.message);

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
  return {
    noise,
    revision: client.getNegotiatedProtocolVersion?.() ?? negotiated,
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
      return asked(name === one ? client.callTool(params, undefined, options) : client.callTool(params, options));
    },
    close: () => client.close(),
  };
}
