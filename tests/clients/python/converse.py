"""Has the installed `mcp` package and the `conformance` example talk with each other:
converse.py <stdio|http|sse> <command ...|URL>

Here the server asks, tells and is interrupted; drive.py is about what clients ask. Over `http`, what is between them has
to break a stream that can be resumed after the first step of `test_tool_with_progress`. Each check has a connection of its own,
so that nothing it hears belongs to another.
"""

import sys
import warnings

import anyio
from mcp.shared._httpx_utils import create_mcp_http_client

from checks import CHECKS, PATIENCE, Different, check, contains, explained, same
from connect import MODES, PACKAGE, Refused, connect

WATCHED = "test://watched-resource"
INVALID_REQUEST = 32600
CONTENTS = {
    "Who are you?": {"username": "ann", "email": "ann@example.com"},
    "Please check your profile.": {"name": "Ann", "age": 31, "score": 9.5, "status": "inactive", "verified": False},
    "Please choose.": {
        "untitledSingle": "option1",
        "titledSingle": "value2",
        "legacyEnum": "opt3",
        "untitledMulti": ["option1", "option3"],
        "titledMulti": ["value2"],
    },
    "What is your name?": {"name": "Ann"},
    "Step 1: What is your name?": {"name": "Ann"},
    "Step 2: What is your favorite color, Ann?": {"color": "blue"},
    "Please confirm.": {"ok": True},
    "What context should the prompt use?": {"context": "the weather"},
}


class Answers:
    """Answers every question, and keeps what was asked."""

    def __init__(self):
        self.asked = []

    def elicit(self, message):
        self.asked.append(message)
        if message in ("decline", "cancel"):
            return message, None
        return "accept", CONTENTS[message]

    def sample(self, message, limit):
        self.asked.append((*message, limit))
        return f"Well, {message[1]}"

    def roots(self):
        self.asked.append("roots")
        return ["file:///home/ann"]


class Talk:
    """A connection and what is expected of it."""

    def __init__(self, session, answers, transport, target, mode):
        self.session = session
        self.answers = answers
        self.transport = transport
        self.target = target
        self.mode = mode
        # Whether the client and the server have a session that can end.
        self.has_session = transport == "http" and not session.modern

    async def text(self, tool, arguments=None, progress=None):
        """Calls a tool whose result is one text."""
        answer = await self.session.call(tool, arguments or {}, progress)
        same(answer.get("isError", False), False, str(answer))
        [content] = answer["content"]
        return content["text"]

    def resumed(self):
        """The requests for the rest of a stream."""
        return [(verb, status) for verb, status, resumed in self.session.exchanges if resumed]

    def count(self, method):
        return sum(message["method"] == method for message in self.session.heard)

    async def until(self, method, tool):
        """Calls a tool until the client hears of what it does: it is told of nothing before its stream is open."""
        before = self.count(method)
        while self.count(method) == before:
            same(await self.text(tool), "told")


@check("a form is accepted, declined and cancelled")
async def _(talk):
    messages = ["Who are you?", "decline", "cancel"]
    same(
        [await talk.text("test_elicitation", {"message": message}) for message in messages],
        [
            'User response: action=accept, content=Account { username: "ann", email: "ann@example.com" }',
            "User response: action=decline, content=none",
            "User response: action=cancel, content=none",
        ],
    )
    same(talk.answers.asked, messages)


@check("forms with defaults and with choices")
async def _(talk):
    same(
        await talk.text("test_elicitation_sep1034_defaults"),
        'Elicitation completed: Accepted(Profile { name: "Ann", age: 31, score: 9.5, status: Inactive, verified: false })',
    )
    text = await talk.text("test_elicitation_sep1330_enums")
    for choice in ("option1", "value2", "opt3", "option3"):
        contains(text, f'"{choice}"')


@check("the model is asked")
async def _(talk):
    same(await talk.text("test_sampling", {"prompt": "how are you?"}), "LLM response: Well, how are you?")
    same(talk.answers.asked, [("user", "how are you?", 100)])


@check("the roots are asked for")
async def _(talk):
    same(await talk.text("test_input_required_result_list_roots"), '["file:///home/ann"]')
    same(talk.answers.asked, ["roots"])


@check("one question after the other")
async def _(talk):
    same(await talk.text("test_input_required_result_multi_round"), "Ann likes blue.")
    same(talk.answers.asked, ["Step 1: What is your name?", "Step 2: What is your favorite color, Ann?"])


@check("three questions at once")
async def _(talk):
    text = await talk.text("test_input_required_result_multiple_inputs")
    same(text, "Ann: Well, Generate a greeting. (1 roots)")
    same(len(talk.answers.asked), 3)


@check("what was done before the question is done once")
async def _(talk):
    same(await talk.text("test_input_required_result_request_state"), "state-ok: true")
    same(talk.answers.asked, ["Please confirm."])


@check("a prompt asks")
async def _(talk):
    [message] = (await talk.session.prompt("test_input_required_result_prompt"))["messages"]
    same(message["content"]["text"], "Use this context: the weather")


@check("calls at the same time get their own answers")
async def _(talk):
    async def ask(prompt):
        same(await talk.text("test_sampling", {"prompt": prompt}), f"LLM response: Well, {prompt}")

    async with anyio.create_task_group() as calls:
        for i in range(10):
            calls.start_soon(ask, f"question {i}")


@check("an argument is completed")
async def _(talk):
    values = await talk.session.complete("test_prompt_with_arguments", "arg1", "par")
    same(values, ["paris", "park", "party"])


@check("progress arrives before the answer, over a stream that breaks if it can be resumed")
async def _(talk):
    reports = []

    async def report(progress, total, _):
        reports.append((progress, total))

    same(await talk.text("test_tool_with_progress", progress=report), "done")
    same(reports, [(0, 100), (50, 100), (100, 100)])
    same(talk.resumed(), [("GET", 200)] if talk.has_session else [])
    # What the client said of the break.
    talk.session.noise.clear()


@check("the log is heard from a level on")
async def _(talk):
    session = talk.session
    await session.log_from("info")
    same(await talk.text("test_tool_with_logging"), "done")
    expected = ["Tool execution started", "Tool processing data", "Tool execution completed"]
    same(session.logged, [("info", data) for data in expected])
    await session.log_from("error")
    same(await talk.text("test_tool_with_logging"), "done")
    same(len(session.logged), 3)


@check("lists and a resource are followed until they are not")
async def _(talk):
    session = talk.session
    updated, tools, prompts = (
        f"notifications/{what}" for what in ("resources/updated", "tools/list_changed", "prompts/list_changed")
    )
    async with session.following(WATCHED):
        await talk.until(updated, "change_watched_resource")
        same([one["params"]["uri"] for one in session.heard if one["method"] == updated][0], WATCHED)
        await talk.until(tools, "test_trigger_tool_change")
        # All comes in order: once this is heard, nothing of the above is under way.
        await talk.until(prompts, "test_trigger_prompt_change")
    before = talk.count(updated)
    same(await talk.text("change_watched_resource"), "told")
    async with session.following("test://static-text"):
        await talk.until(tools, "test_trigger_tool_change")
    same(talk.count(updated), before)


@check("a call whose answer is fetched later")
async def _(talk):
    same(await talk.text("test_reconnection"), "The client came back.")
    same(talk.resumed(), [("GET", 200)] if talk.has_session else [])


@check("a call that is cancelled ends")
async def _(talk):
    for _ in range(2):
        running = anyio.Event()

        async def report(*_):
            running.set()

        async with anyio.create_task_group() as calls:
            calls.start_soon(talk.text, "wait_alone", {"seconds": 3600}, report)
            await running.wait()
            calls.cancel_scope.cancel()
    # It would wait for those before it.
    same(await talk.text("wait_alone", {"seconds": 0}), "waited")


@check("a session ends, and another begins")
async def _(talk):
    session = talk.session
    await session.tools()
    same(session.session_id is not None, talk.has_session, f"session {session.session_id}")
    if not talk.has_session:
        return
    # The client ends its session only when it goes; what it does when somebody else has is seen like this.
    headers = {"mcp-session-id": session.session_id, "mcp-protocol-version": session.revision}
    async with create_mcp_http_client(headers=headers) as http:
        same((await http.delete(talk.target)).is_success, True, "DELETE")
    try:
        raise Different(f"the session has ended, but there is {await session.tools()}")
    except Refused as error:
        # Version 1 has lost the sign, and either version may tell it in words of its own.
        same(abs(error.code), INVALID_REQUEST, error.message)
    same(("POST", 404, False) in session.exchanges, True, f"404 in {session.exchanges}")
    async with connect(talk.target, talk.mode, talk.answers) as following:
        same(len(await following.tools()) > 0, True, "tools")
        same(following.session_id != session.session_id, True, "another session")


async def main():
    transport, target = sys.argv[1], sys.argv[2:]
    if transport not in ("stdio", "http", "sse") or not target:
        sys.exit(__doc__)
    if transport != "stdio":
        [target] = target
    # What the newest revision has given up is used on purpose, with the older ones.
    warnings.simplefilter("ignore")
    passed, failed = 0, 0
    for mode in MODES:
        # The old transport is for clients of the handshake alone.
        if transport == "sse" and mode == "auto":
            continue
        for name, function in CHECKS:
            label = f"{mode} {name}"
            try:
                with anyio.fail_after(PATIENCE):
                    await converse(function, transport, target, mode)
            except Exception as error:
                failed += 1
                print(f"FAILED {label}\n{explained(error)}", flush=True)
            else:
                passed += 1
                print(f"ok {label}", flush=True)
    print(f"mcp {PACKAGE} over {transport}: {passed} passed, {failed} failed")
    sys.exit(failed > 0)


async def converse(function, transport, target, mode):
    answers = Answers()
    async with connect(target, mode, answers) as session:
        same(session.revision, "2026-07-28" if mode == "auto" else "2025-11-25", "revision")
        talk = Talk(session, answers, transport, target, mode)
        await function(talk)
        same(session.noise, [], "what the client could not place")
    # A client that goes ends its session.
    ended = [status for verb, status, _ in session.exchanges if verb == "DELETE"]
    same(len(ended), int(talk.has_session), f"DELETE in {session.exchanges}")


anyio.run(main)
