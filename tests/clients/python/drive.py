"""Drives the `math` example with the installed `mcp` package: drive.py <stdio|http|json> <command ...|URL>

`http` is the transport that may stream, `json` the one that never does. The ids are those of the checks that minimcp
for Python is tested with; NN names what came on top.
"""

import json
import logging
import math
import sys
from collections import Counter

import anyio

from checks import CHECKS, PATIENCE, Different, check, contains, explained, same
from connect import MODES, PACKAGE, Refused, connect

MODERN = "2026-07-28"
OPERATIONS = ["add", "add_with_progress", "divide", "multiply", "subtract"]
INVALID_PARAMS, RESOURCE_NOT_FOUND = -32602, -32002


def described(thing):
    if not thing.get("description"):
        raise Different(f"a description is expected in {thing}")


async def refused(request, code, part):
    try:
        answer = await request
    except Refused as error:
        same(error.code, code, error.message)
        contains(f"{error.message} {json.dumps(error.data, ensure_ascii=False)}", part)
        return error
    raise Different(f"a protocol error is expected, not {answer}")


def same_result(answer, number, modern):
    """Compares the result of a tool, which structured results had to wrap before they could be anything."""
    same(
        {key: answer.get(key) for key in ("isError", "content", "structuredContent")},
        {
            "isError": False,
            "content": [{"type": "text", "text": repr(number)}],
            "structuredContent": number if modern else {"result": number},
        },
    )


def failed(answer):
    """The text of a tool that says it failed."""
    same(answer.get("isError"), True, f"isError of {answer}")
    return answer["content"][0]["text"]


class Drive:
    """A session and what is expected of it."""

    def __init__(self, session, transport):
        self.session = session
        self.modern = session.revision == MODERN
        self.transport = transport

    async def gives(self, name, a, b, number, **kwargs):
        same_result(await self.session.call(name, {"a": a, "b": b}, **kwargs), number, self.modern)

    async def gives_reporting(self, a, b, number):
        reports = []

        async def report(progress, total, message):
            reports.append((progress, bool(message)))

        await self.gives("add_with_progress", a, b, number, progress=report)
        same(reports, [] if self.transport == "json" else [(0.1, True), (0.4, True), (0.7, True)], "reports")


@check("I1 name, version and capabilities of the server")
async def _(drive):
    same(drive.session.server["name"], "math")
    same(bool(drive.session.server["version"]), True, "version")
    same(sorted({"tools", "prompts", "resources"} - drive.session.capabilities.keys()), [], "capabilities not there")


@check("I1 tools are listed with their docs")
async def _(drive):
    tools = await drive.session.tools()
    same(sorted(tool["name"] for tool in tools), OPERATIONS)
    for tool in tools:
        described(tool)


@check("I1 the prompt is listed with its docs")
async def _(drive):
    [prompt] = await drive.session.prompts()
    same(prompt["name"], "problem_solving")
    [argument] = prompt["arguments"]
    same((argument["name"], argument["required"]), ("problem_description", True))
    described(prompt)
    described(argument)


@check("I1 resources and templates are listed with their docs")
async def _(drive):
    [resource], [template] = await drive.session.resources(), await drive.session.templates()
    same(resource["uri"], "math://constants/pi")
    same(template["uriTemplate"], "math://constants/{name}")
    for listed in (resource, template):
        same(bool(listed["name"]), True, "name")
        described(listed)


@check("I12 schemas of arguments")
async def _(drive):
    for tool in await drive.session.tools():
        schema = tool["inputSchema"]
        same((schema["type"], sorted(schema["required"])), ("object", ["a", "b"]), tool["name"])
        same({name: kind["type"] for name, kind in schema["properties"].items()}, {"a": "number", "b": "number"})
        for argument in schema["properties"].values():
            described(argument)


@check("I12 schemas of results")
async def _(drive):
    for tool in await drive.session.tools():
        schema = tool["outputSchema"]
        if not drive.modern:
            same((schema["type"], schema["required"]), ("object", ["result"]), tool["name"])
            schema = schema["properties"]["result"]
        same(schema["type"], "number", tool["name"])


@check("I2 the four operations")
async def _(drive):
    await drive.gives("add", 5, 3, 8.0)
    await drive.gives("subtract", 10, 4, 6.0)
    await drive.gives("multiply", 6, 7, 42.0)
    await drive.gives("divide", 15, 3, 5.0)
    await drive.gives("divide", 1, 8, 0.125)


@check("I11 strings and integers are taken for numbers")
async def _(drive):
    await drive.gives("add", "10.5", "20.3", 30.8)
    await drive.gives("add", 7, 0.5, 7.5)
    await drive.gives("multiply", "6", 7, 42.0)
    await drive.gives("subtract", -1.5, "2", -3.5)


@check("I3 dividing by zero fails with the handler's text")
async def _(drive):
    contains(failed(await drive.session.call("divide", {"a": 1, "b": 0})), "divide by zero")


@check("I4 the prompt contains its argument")
async def _(drive):
    answer = await drive.session.prompt("problem_solving", {"problem_description": "How far is the horizon?"})
    [message] = answer["messages"]
    same((message["role"], message["content"]["type"]), ("user", "text"))
    contains(message["content"]["text"], "How far is the horizon?")


@check("I5 resources are read, static and by template")
async def _(drive):
    for name, digits in {"pi": "3.14159", "e": "2.71828", "tau": "6.28318"}.items():
        uri = f"math://constants/{name}"
        [content] = await drive.session.read(uri)
        same(content["uri"], uri)
        contains(content["text"], digits)


@check("I6 unknown tools, prompts and resources are protocol errors")
async def _(drive):
    await refused(drive.session.call("power", {"a": 1, "b": 2}), INVALID_PARAMS, "power")
    await refused(drive.session.prompt("poem", {"about": "numbers"}), INVALID_PARAMS, "poem")
    not_found = INVALID_PARAMS if drive.modern else RESOURCE_NOT_FOUND
    await refused(drive.session.read("math://nowhere/at-all"), not_found, "math://nowhere/at-all")


@check("I7 wrong and missing arguments are said by name")
async def _(drive):
    # Both revisions that these clients negotiate let the model see such mistakes.
    for arguments, name in [
        ({"a": 1}, "b"),
        ({}, "a"),
        (None, "a"),
        ({"a": 1, "b": "three"}, "b"),
        ({"a": [1], "b": 2}, "a"),
        ({"a": 1, "b": None}, "b"),
        ({"a": True, "b": 1}, "a"),
    ]:
        contains(failed(await drive.session.call("add", arguments)), name)


@check("I8 the text of a template's error arrives")
async def _(drive):
    not_found = INVALID_PARAMS if drive.modern else RESOURCE_NOT_FOUND
    await refused(drive.session.read("math://constants/phi"), not_found, "Unknown constant")


@check("I9 calls at the same time do not mix")
async def _(drive):
    for count in (3, 20):
        async with anyio.create_task_group() as calls:
            for i in range(count):
                calls.start_soon(drive.gives, ["add", "multiply"][i % 2], i, 2, [i + 2.0, i * 2.0][i % 2])


@check("I13 a prompt without its argument is an error that names it")
async def _(drive):
    await refused(drive.session.prompt("problem_solving"), INVALID_PARAMS, "problem_description")
    await refused(drive.session.prompt("problem_solving", {}), INVALID_PARAMS, "problem_description")


@check("I14 progress is reported in order")
async def _(drive):
    await drive.gives_reporting(2, 3, 5.0)


@check("I14 progress that nobody asked for")
async def _(drive):
    heard = len(drive.session.tokens)
    await drive.gives("add_with_progress", 2, 3, 5.0)
    same(len(drive.session.tokens) - heard, 0, "reports")


@check("I14 a callback that fails")
async def _(drive):
    async def fail(*_):
        raise RuntimeError("the callback failed")

    logging.disable()
    try:
        await drive.gives("add_with_progress", 2, 3, 5.0, progress=fail)
    finally:
        logging.disable(logging.NOTSET)


@check("I14 progress of several calls does not mix")
async def _(drive):
    async with anyio.create_task_group() as calls:
        for i in range(4):
            calls.start_soon(drive.gives_reporting, i, 0.5, i + 0.5)


@check("NN a call that is cancelled, and one after it")
async def _(drive):
    session, underway = drive.session, anyio.Event()
    session.tokens.clear()

    async def report(*_):
        underway.set()

    async with anyio.create_task_group() as calls:
        calls.start_soon(lambda: session.call("add_with_progress", {"a": 1, "b": 2}, report))
        if drive.transport == "json":
            # There is nothing to see of the call; that another one was answered is as near as it gets.
            await drive.gives("add", 1, 2, 3.0)
        else:
            await underway.wait()
        calls.cancel_scope.cancel()
    # This one ends after the first would have: what it left behind arrives before.
    await drive.gives_reporting(3, 4, 7.0)
    # Over HTTP, the handshake's revisions have no way to say which call a notification means.
    if drive.transport == "stdio" or (drive.transport == "http" and drive.modern):
        same(sorted(Counter(session.tokens).values()), [1, 3], "reports of either call")
        same(session.noise, [], "what the client could not place")


@check("I15 an error leaves nothing behind")
async def _(drive):
    before = await drive.session.tools()
    failed(await drive.session.call("divide", {"a": 1, "b": 0}))
    await drive.gives("divide", 1, 2, 0.5)
    await refused(drive.session.call("power"), INVALID_PARAMS, "power")
    await drive.gives("add", 1, 2, 3.0)
    same(await drive.session.tools(), before)


@check("I16 Unicode passes unharmed")
async def _(drive):
    text = "Is 𝜋² ≈ 9.87?\n\t“Ja”, дa, 对 🧮 \u2028 \u0000"
    answer = await drive.session.prompt("problem_solving", {"problem_description": text})
    contains(answer["messages"][0]["content"]["text"], text)
    await refused(drive.session.call("𝜋"), INVALID_PARAMS, "𝜋")


async def main():
    transport, target = sys.argv[1], sys.argv[2:]
    if transport not in ("stdio", "http", "json") or not target:
        sys.exit(__doc__.splitlines()[0])
    if transport != "stdio":
        [target] = target
    failures = []
    for mode in MODES:
        with anyio.fail_after(PATIENCE) as connecting:
            async with connect(target, mode) as session:
                connecting.deadline = math.inf
                failures += await drive(session, transport, mode)
    total = len(MODES) * len(CHECKS)
    print(f"mcp {PACKAGE} over {transport}: {total - len(failures)} passed, {len(failures)} failed")
    sys.exit(len(failures) > 0)


async def drive(session, transport, mode):
    """Runs all checks and gives the names of those that failed."""
    failures = []
    for name, function in CHECKS:
        name = f"{mode}/{session.revision} {name}"
        try:
            with anyio.fail_after(PATIENCE):
                same(session.revision, MODERN if mode == "auto" else "2025-11-25", "revision")
                await function(Drive(session, transport))
        except Exception as error:
            failures.append(name)
            print(f"FAILED {name}\n{explained(error)}", flush=True)
        else:
            print(f"ok {name}", flush=True)
    return failures


anyio.run(main)
