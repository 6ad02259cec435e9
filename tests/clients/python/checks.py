"""Checks by name, and how what they found differs from what they expected."""

import difflib
import json
import traceback

# Long enough for any machine: a server that hangs has to fail a check, not the whole run.
PATIENCE = 60

CHECKS = []


class Different(Exception):
    """A check found something else than it expected."""


def check(name):
    def keep(function):
        CHECKS.append((name, function))
        return function

    return keep


def same(found, expected, what=""):
    if found != expected:
        lines = [json.dumps(value, indent=2, ensure_ascii=False, default=str).splitlines() for value in (expected, found)]
        diff = difflib.unified_diff(*lines, "expected", "found", lineterm="", n=10)
        raise Different("\n".join(filter(None, [what, *diff])))


def contains(text, part):
    if part not in text:
        raise Different(f"{part!r} is expected in {text!r}")


def explained(error):
    # What fails in a task group comes wrapped, once for each group.
    while getattr(error, "exceptions", None):
        error = error.exceptions[0]
    text = str(error) if isinstance(error, Different) else "".join(traceback.format_exception(error))
    return "\n".join(f"    {line}" for line in text.splitlines())
