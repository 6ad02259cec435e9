"""One face for the two major versions of the `mcp` package, so that the checks are written once.

Everything that comes back is plain JSON under the protocol's own names, and every error reply of the server is a
`Refused`; only this file knows which version is installed.
"""

from contextlib import asynccontextmanager
from importlib.metadata import version
from urllib.parse import urlsplit

import anyio
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

PACKAGE = version("mcp")
MAJOR = int(PACKAGE.split(".")[0])

if MAJOR == 1:
    from mcp import ClientSession, McpError as ProtocolError, StdioServerParameters, stdio_client, types

    # This version knows nothing but the handshake.
    MODES = ["legacy"]
else:
    import mcp_types as types
    from mcp import Client, MCPError as ProtocolError, StdioServerParameters, stdio_client

    MODES = ["auto", "legacy"]


class Refused(Exception):
    """The server answered with a protocol error."""

    def __init__(self, error):
        super().__init__(f"{error.code}: {error.message}")
        self.code = error.code
        self.message = error.message
        self.data = error.data


class Session:
    """A connection, whichever client holds it."""

    def __init__(self, client):
        self.client = client
        # The token of every progress report, and whatever the client could not make sense of.
        self.tokens = []
        self.noise = []
        # What the server said without being asked, and of that, what was for the log.
        self.heard = []
        self.logged = []
        # The requests over Streamable HTTP: verb, status, and whether it asks for the rest of a stream.
        self.exchanges = []
        self.session_id = None
        self.level = None

    @property
    def modern(self):
        return self.revision == "2026-07-28"

    async def hear(self, message):
        if isinstance(message, Exception):
            self.noise.append(str(message))
            return
        # Version 1 puts a root model around each notification.
        message = getattr(message, "root", message)
        if getattr(message, "method", None) == "notifications/progress":
            self.tokens.append(plain(message)["params"]["progressToken"])
        elif hasattr(message, "method"):
            self.heard.append(plain(message))

    async def log(self, params):
        self.logged.append((params.level, params.data))

    async def note(self, response):
        headers = response.request.headers
        self.session_id = headers.get("mcp-session-id", self.session_id)
        self.exchanges.append((response.request.method, response.status_code, "last-event-id" in headers))

    async def tools(self):
        return (await asked(self.client.list_tools()))["tools"]

    async def prompts(self):
        return (await asked(self.client.list_prompts()))["prompts"]

    async def resources(self):
        return (await asked(self.client.list_resources()))["resources"]

    async def templates(self):
        return (await asked(self.client.list_resource_templates()))["resourceTemplates"]

    async def prompt(self, name, arguments=None):
        return await asked(self.client.get_prompt(name, arguments))

    async def read(self, uri):
        return (await asked(self.client.read_resource(uri)))["contents"]

    async def complete(self, prompt, argument, value):
        ref = types.PromptReference(type="ref/prompt", name=prompt)
        answer = await asked(self.client.complete(ref, {"name": argument, "value": value}))
        return answer["completion"]["values"]

    async def log_from(self, level):
        # Without sessions each request says for itself what it wants to see of the log.
        self.level = level
        if not self.modern:
            await asked(self.client.set_logging_level(level))

    @asynccontextmanager
    async def following(self, uri):
        """Follows a resource and all lists. Older revisions tell of the lists in any case."""
        if self.modern:
            lists = {"tools_list_changed": True, "prompts_list_changed": True}
            async with self.client.listen(**lists, resource_subscriptions=[uri]):
                yield
            # The client says that it has stopped only when it is idle: after this at the latest.
            await self.tools()
        else:
            await asked(self.client.subscribe_resource(uri))
            yield
            await asked(self.client.unsubscribe_resource(uri))

    async def call(self, name, arguments=None, progress=None):
        # Version 1 leaves it to its user to tell the server that nobody waits any more, and has no public way to
        # learn the id to tell it with. Nothing awaits between here and the place that takes it.
        request_id = self.client._request_id if MAJOR == 1 else None
        meta = {"meta": {"io.modelcontextprotocol/logLevel": self.level}} if self.level and self.modern else {}
        try:
            return await asked(self.client.call_tool(name, arguments, progress_callback=progress, **meta))
        except anyio.get_cancelled_exc_class():
            if MAJOR == 1:
                params = types.CancelledNotificationParams(requestId=request_id, reason="not needed")
                with anyio.CancelScope(shield=True):
                    await self.client.send_notification(
                        types.ClientNotification(types.CancelledNotification(params=params))
                    )
            raise


@asynccontextmanager
async def connect(target, mode, answers=None):
    """Connects to a URL or to a command and its arguments.

    With `answers` the server may ask: for `elicit(message)`, the action and the content; for `sample(message, limit)`, a
    text; for `roots()`, their URIs.
    """
    session = Session(None)
    options = {"message_handler": session.hear, "logging_callback": session.log} | callbacks(answers)
    async with create_mcp_http_client() as http:
        http.event_hooks = {"request": [], "response": [session.note]}
        transport = transport_to(target, http)
        if MAJOR == 1:
            async with transport as (read, write, *_), ClientSession(read, write, **options) as client:
                server = await asked(client.initialize())
                session.client = client
                session.revision = server["protocolVersion"]
                session.server, session.capabilities = server["serverInfo"], server["capabilities"]
                yield session
        else:
            # A cached list would show nothing about the server.
            async with Client(transport, mode=mode, cache=None, **options) as client:
                session.client = client
                session.revision = client.protocol_version
                session.server, session.capabilities = plain(client.server_info), plain(client.server_capabilities)
                yield session


def transport_to(target, http):
    """A transport to a command and its arguments, or to a URL, which is one of HTTP+SSE if its path says so."""
    if isinstance(target, list):
        return stdio_client(StdioServerParameters(command=target[0], args=target[1:]))
    if urlsplit(target).path == "/sse":
        return sse_client(target)
    return streamable_http_client(target, http_client=http)


def callbacks(answers):
    if answers is None:
        return {}

    async def elicit(_, params):
        action, content = answers.elicit(params.message)
        return types.ElicitResult(action=action, content=content)

    async def sample(_, params):
        asked = plain(params)
        message = asked["messages"][0]
        # One block or several: the revisions differ.
        block = message["content"][0] if isinstance(message["content"], list) else message["content"]
        text = types.TextContent(type="text", text=answers.sample((message["role"], block["text"]), asked["maxTokens"]))
        return types.CreateMessageResult(role="assistant", model="a-model", content=text)

    async def roots(_):
        return types.ListRootsResult(roots=[types.Root(uri=uri) for uri in answers.roots()])

    return {"elicitation_callback": elicit, "sampling_callback": sample, "list_roots_callback": roots}


async def asked(request):
    try:
        return plain(await request)
    except ProtocolError as error:
        raise Refused(error.error) from None


def plain(model):
    return model.model_dump(by_alias=True, mode="json", exclude_none=True)
