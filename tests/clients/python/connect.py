"""One face for the two major versions of the `mcp` package, so that the checks are written once.

Everything that comes back is plain JSON under the protocol's own names, and every error reply of the server is a
`Refused`; only this file knows which version is installed.
"""

from contextlib import asynccontextmanager
from importlib.metadata import version

import anyio

PACKAGE = version("mcp")
MAJOR = int(PACKAGE.split(".")[0])

if MAJOR == 1:
    from mcp import ClientSession, McpError as ProtocolError, StdioServerParameters, stdio_client, types
    from mcp.client.streamable_http import streamable_http_client

    # This version knows nothing but the handshake.
    MODES = ["legacy"]
else:
    from mcp import Client, MCPError as ProtocolError, StdioServerParameters

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

    async def hear(self, message):
        if isinstance(message, Exception):
            self.noise.append(str(message))
            return
        # Version 1 puts a root model around each notification.
        message = getattr(message, "root", message)
        if getattr(message, "method", None) == "notifications/progress":
            self.tokens.append(plain(message)["params"]["progressToken"])

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

    async def call(self, name, arguments=None, progress=None):
        # Version 1 leaves it to its user to tell the server that nobody waits any more, and has no public way to
        # learn the id to tell it with. Nothing awaits between here and the place that takes it.
        request_id = self.client._request_id if MAJOR == 1 else None
        try:
            return await asked(self.client.call_tool(name, arguments, progress_callback=progress))
        except anyio.get_cancelled_exc_class():
            if MAJOR == 1:
                params = types.CancelledNotificationParams(requestId=request_id, reason="not needed")
                with anyio.CancelScope(shield=True):
                    await self.client.send_notification(
                        types.ClientNotification(types.CancelledNotification(params=params))
                    )
            raise


@asynccontextmanager
async def connect(target, mode):
    """Connects to a URL or to a command and its arguments."""
    session = Session(None)
    if isinstance(target, list):
        target = StdioServerParameters(command=target[0], args=target[1:])
    if MAJOR == 1:
        streams = streamable_http_client(target) if isinstance(target, str) else stdio_client(target)
        async with streams as (read, write, *_), ClientSession(read, write, message_handler=session.hear) as client:
            server = await asked(client.initialize())
            session.client = client
            session.revision = server["protocolVersion"]
            session.server, session.capabilities = server["serverInfo"], server["capabilities"]
            yield session
    else:
        # A cached list would show nothing about the server.
        async with Client(target, mode=mode, cache=None, message_handler=session.hear) as client:
            session.client = client
            session.revision = client.protocol_version
            session.server, session.capabilities = plain(client.server_info), plain(client.server_capabilities)
            yield session


async def asked(request):
    try:
        return plain(await request)
    except ProtocolError as error:
        raise Refused(error.error) from None


def plain(model):
    return model.model_dump(by_alias=True, mode="json", exclude_none=True)
