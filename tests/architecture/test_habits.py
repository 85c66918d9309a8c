"""How tests may be written: nothing patched, slept through or passed over; and what the interface is made of."""

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, modules, report

WAITING = {"sleep", "qWait", "qSleep", "msleep", "usleep"}
"""Calls that let time pass, when their argument is a number; pytest-qt's `qtbot.wait` is another."""

PATCHING = {"patch", "setattr", "delattr", "MagicMock", "AsyncMock", "Mock"}
"""Calls that put something in another thing's place; a fake goes in by the front door."""

MEASUREMENTS = "tests/bench/"


def calls(module: Module) -> Iterator[tuple[ast.Call, str, str]]:
    """Each call, with the called name and the name it is called on ("" if none)."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=called)):
                yield node, called, owner
            case ast.Call(func=ast.Attribute(attr=called)) | ast.Call(func=ast.Name(id=called)):
                yield node, called, ""
            case _:
                continue


def lets_time_pass(call: ast.Call) -> bool:
    return any(isinstance(argument, ast.Constant) and argument.value for argument in call.args)


def test_tests_do_not_sleep() -> None:
    sleeping = [
        f"{module.at(call)} {called}()"
        for module in modules("tests")
        if not module.path.startswith(MEASUREMENTS)
        for call, called, owner in calls(module)
        if (called in WAITING or (owner, called) == ("qtbot", "wait")) and lets_time_pass(call)
    ]
    report(sleeping, "A test waits for what happens (waitUntil, waitSignal, an Event), not for time to pass.")


def test_tests_do_not_patch() -> None:
    patching = [
        f"{module.at(call)} {called}()"
        for module in modules("tests")
        for call, called, owner in calls(module)
        if called in PATCHING and owner != "client"
    ]
    report(patching, "A test plugs a fake in where the real thing goes; it replaces nothing behind the code's back.")


def test_no_test_is_passed_over() -> None:
    skipping = [
        f"{module.at(call)} {called}()"
        for module in modules("tests")
        for call, called, owner in calls(module)
        if called in {"skip", "skipif", "xfail", "importorskip"} and not call.keywords and len(call.args) < 1
    ]
    report(skipping, "A test that does not run here says why.")


def test_every_line_that_is_typed_into_leaves_a_held_enter_out() -> None:
    bare = [
        f"{module.at(call)} {called}()"
        for module in modules("ui")
        for call, called, _owner in calls(module)
        if called == "QLineEdit"
    ]
    report(bare, "A line to type in is a LineEdit: what its Enter asks for is asked once, however long it is held.")
