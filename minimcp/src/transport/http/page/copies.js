// A call as text for elsewhere: a command, a test, a configuration. Secrets stay here: a name of a variable stands for each.

const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
const variable = (header) => header.toUpperCase().replace(/[^A-Z0-9]+/g, "_");

/** A call as a command of curl. Sessions end, so it goes without one. */
function curlOf({ client, method, params, tool }) {
  const { message, headers } = client.composed(method, params, { tool });
  return curl(client.endpoint, { ...client.commonHeaders(), ...headers }, Object.keys(client.ownHeaders()), JSON.stringify(message));
}

function curl(url, headers, secret, body) {
  const lines = [`curl -N ${quoted(url)}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  for (const name of secret) {
    lines.push(name === "Authorization" ? `-H "Authorization: Bearer $TOKEN"` : `-H "${name.replace(/[^\w-]/g, "")}: $${variable(name)}"`);
  }
  if (body !== undefined) lines.push(`-d ${quoted(body)}`);
  return lines.join(" \\\n  ");
}

/** A call as a test with `testing::Client`; what came back is what it expects. */
function rustOf({ client, method, params, outcome }) {
  const revision = client.revision === REVISIONS.at(-1) ? "" : `\n        .revision(ProtocolVersion::V${client.revision.replaceAll("-", "_")})`;
  const { call, expect } = rustCall(method, params, outcome);
  const uses = `use minimcp::${revision ? "{ProtocolVersion, testing::Client}" : "testing::Client"};\nuse serde_json::json;\n`;
  const name = String(params.name ?? params.uri ?? method).toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "").slice(0, 60) || "it";
  return `${uses}
#[tokio::test]
async fn ${/^\d/.test(name) ? "_" : ""}${name}_answers() {
    // \`server()\` gives your \`MiniMcp\`; \`()\` is its scope.
    let client = Client::new(&server(), ())${revision}${rustAnswers(client, outcome)};
    let answer = client.${call}.await;
${expect}
}
`;
}

function rustCall(method, params, outcome) {
  const values = rustJson(params.arguments ?? {});
  const calls = {
    "tools/call": `call_tool(${rustText(params.name)}, ${values})`,
    "prompts/get": `get_prompt(${rustText(params.name)}, ${values})`,
    "resources/read": `read_resource(${rustText(params.uri)})`,
  };
  const call = calls[method] ?? `request(${rustText(method)}, ${rustJson(params)})`;
  if (outcome?.error instanceof RpcError) return { call, expect: `    assert_eq!(answer.unwrap_err().code, ${Number(outcome.error.code)});` };
  const result = outcome?.answer?.result;
  if (method !== "tools/call" || !result) return { call, expect: "    assert!(answer.is_ok());" };
  const lines = [`    let result = answer.unwrap();`, `    assert!(${result.isError ? "" : "!"}result.is_error());`];
  if (result.content?.length === 1 && result.content[0].type === "text") lines.push(`    assert_eq!(result.to_text(), ${rustText(result.content[0].text)});`);
  return { call, expect: lines.join("\n") };
}

/** What answers the questions that were asked. */
function rustAnswers(client, outcome) {
  const answered = outcome?.call.answered ?? [];
  if (answered.length === 0) return "";
  const arms = answered.map(({ method, params, result }) => {
    const message = typeof params?.message === "string" ? `Some(${rustText(params.message)})` : "_";
    return `            (${rustText(method)}, ${message}) => ${rustJson(result)},`;
  });
  return `
        .capabilities(${rustJson(client.capabilities)})
        .answers(|method, params| match (method, params["message"].as_str()) {
${[...new Set(arms)].join("\n")}
            other => panic!("{other:?}"),
        })`;
}

/** JSON as Rust takes it, whose strings have other escapes. */
const rustEscapes = (json) => json.replace(/\\(u[0-9a-f]{4}|[^u])/g, (all, escape) =>
  escape === "b" ? "\\u{8}" : escape === "f" ? "\\u{c}" : escape.length > 1 ? `\\u{${escape.slice(1)}}` : all);
const rustText = (text) => rustEscapes(JSON.stringify(String(text)));
const rustJson = (value) => `json!(${rustEscapes(JSON.stringify(value))})`;

/** How clients are told of this server, as most of them write it. */
function configOf({ client }) {
  const name = String(client.server.info?.name ?? "server");
  const headers = Object.fromEntries(Object.keys(client.ownHeaders()).map((header) => [header, header === "Authorization" ? "Bearer ${TOKEN}" : `\${${variable(header)}}`]));
  const server = { type: "http", url: client.endpoint, ...(Object.keys(headers).length ? { headers } : {}) };
  return pretty({ mcpServers: { [name]: server } });
}

/** The same for other clients. */
function connections(app) {
  const { client } = app;
  const name = String(client.server.info?.name ?? "server");
  const secret = Object.keys(client.ownHeaders()).map((header) => ` --header "${header}: ${header === "Authorization" ? "Bearer $TOKEN" : `$${variable(header)}`}"`).join("");
  const shown = (text) => el("div", {}, el("pre", { class: "code", tabindex: "0", "aria-label": "Configuration" }, text), copyButton("Copy", () => text));
  return tabs("Clients", [
    { name: "Configuration", show: () => shown(configOf(app)) },
    { name: "Claude Code", show: () => shown(`claude mcp add --transport http${secret} ${quoted(name)} ${quoted(client.endpoint)}`) },
    { name: "VS Code", show: () => shown(pretty({ servers: JSON.parse(configOf(app)).mcpServers })) },
  ]);
}
