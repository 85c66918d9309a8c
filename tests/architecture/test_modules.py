"""The size, the names and the habits of modules."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import PACKAGES, Module, files, modules, name, report

LONGEST_MODULE = 300
"""Lines; 40 to 150 is comfortable."""

LONGEST_TESTS = 400
"""Lines of a module of tests: a table of cases may be long."""

LONGEST_FUNCTION = 40
"""Lines without the docstring; around ten is comfortable."""

TABLES = ("services/vocabulary.py", "services/wording.py", "services/storage/tables.py", "services/storage/migrations/")
"""Modules that are lists of words or columns, which may be as long as the list is."""

VAGUE = {"common", "data", "handler", "helper", "info", "manager", "misc", "processor", "stuff", "util", "utils"}
"""Words that say nothing about what a module or a class is; plurals are as vague."""

TERMS = ("data_key", "metadata")
"""Terms of the trade that contain such a word (NIST SP 800-57: a key that encrypts data)."""

LAST_RESORTS = ("services/api/last_resort.py", "services/guarded.py")
"""Where any exception at all may be caught: it is logged there, and told."""

IMPURE = {
    *("now", "utcnow", "today"),
    *("time_ns", "monotonic", "monotonic_ns", "perf_counter", "getenv", "urandom", "uuid1", "uuid4", "token_bytes"),
    *("read_text", "read_bytes", "write_text", "write_bytes", "open", "input", "print", "sleep"),
}
"""Names that, when called, read a clock, chance or the world."""


def words(identifier: str) -> set[str]:
    """The words of a snake_case or CamelCase name, in lower case and singular."""
    snake_case = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier).lower()
    for term in TERMS:
        snake_case = snake_case.replace(term, "")
    split = snake_case.split("_")
    return {word.removesuffix("s") for word in split} | set(split)


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function, without its docstring."""
    documented = ast.get_docstring(function) is not None
    docstring = function.body[0]
    lines = (docstring.end_lineno or 0) - docstring.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - lines


def test_every_folder_of_code_is_a_package() -> None:
    folders = {path.parent for path in files(*PACKAGES, "tests") if path.suffix == ".py"}
    bare = [name(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()]
    report(bare, "A folder of code has an __init__.py that says in one sentence what it holds.")


def test_every_module_says_what_it_is() -> None:
    silent = [m.path for m in modules(*PACKAGES, "tests") if m.text.strip() and ast.get_docstring(m.tree) is None]
    report(silent, "A module starts with a sentence that says what it is.")


@pytest.mark.parametrize(("folders", "longest"), [(PACKAGES, LONGEST_MODULE), (("tests",), LONGEST_TESTS)])
def test_modules_are_short(folders: tuple[str, ...], longest: int) -> None:
    long = [
        f"{module.path}: {len(module.lines)} lines"
        for module in modules(*folders)
        if len(module.lines) > longest and not module.path.startswith(TABLES)
    ]
    report(long, f"A module of more than {longest} lines is more than one idea.")


def test_functions_are_short() -> None:
    long = [
        f"{module.at(function)} {function.name}: {length(function)} lines"
        for module in modules(*PACKAGES)
        if not module.path.startswith(TABLES)
        for function in module.functions
        if length(function) > LONGEST_FUNCTION
    ]
    report(long, f"A function of more than {LONGEST_FUNCTION} lines does more than one thing.")


def test_names_say_something() -> None:
    vague = [
        module.path for module in modules(*PACKAGES, "tests") if words(module.path.split("/")[-1][:-3]) & VAGUE
    ] + [
        f"{module.at(node)} class {node.name}"
        for module in modules(*PACKAGES, "tests")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and words(node.name) & VAGUE
    ]
    report(vague, "Modules and classes are named for what they are or do.")


def catches_anything(node: ast.ExceptHandler) -> bool:
    return node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})


def raises_it_again(node: ast.ExceptHandler) -> bool:
    last = node.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_anything_at_all_is_caught_in_two_places() -> None:
    broad = [
        module.at(node.body[0])
        for module in modules(*PACKAGES)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and catches_anything(node) and not raises_it_again(node)
    ]
    elsewhere = [found for found in broad if found.partition(":")[0] not in LAST_RESORTS]
    report(elsewhere, "`except Exception` is for last resorts, where it is logged and told.")
    assert {found.partition(":")[0] for found in broad} == set(LAST_RESORTS), "a last resort that catches nothing"


def impure_calls(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in IMPURE:
                yield f"{module.at(node)} {called}()"


def test_the_domain_reads_no_clock_and_no_chance() -> None:
    violations = [
        violation
        for module in modules("services")
        if module.path.startswith(("services/domain/", "services/contract/", "services/vocabulary.py"))
        for violation in impure_calls(module)
    ]
    report(violations, "Rules are functions of facts, policy and a time that they are given.")
