"""The dependency rule of pyproject.toml's import contracts, and where an import may stand."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import PACKAGES, ROOT, Module, modules, report

STANDARD_LIBRARY_ONLY = ("services/vocabulary.py", "services/contract/", "services/proofs/")
"""What both sides import, so that the desktop starts without a framework."""


def test_contracts_are_kept() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([tool, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def imports(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or "."]


def says_why(module: Module, node: ast.stmt) -> bool:
    """Whether a comment of at least two words stands on a line of the statement."""
    lines = module.lines[node.lineno - 1 : node.end_lineno]
    return any(len(line.partition("#")[2].split()) > 1 for line in lines)


def test_imports_stand_at_the_top_unless_they_say_why() -> None:
    violations = {
        module.at(node)
        for module in modules(*PACKAGES, "tests")
        for function in module.functions
        for node in imports(function)
        if not says_why(module, node)
    }
    report(sorted(violations), "An import inside a function needs its reason behind it, such as `# start-up time`.")


def test_what_both_sides_share_needs_only_the_standard_library() -> None:
    allowed = {*sys.stdlib_module_names, "services"}
    violations = [
        f"{module.at(node)} imports {target}"
        for module in modules("services")
        if module.path.startswith(STANDARD_LIBRARY_ONLY)
        for node in imports(module.tree)
        for target in imported(node)
        if target.partition(".")[0] not in allowed
    ]
    report(violations, "The contract, the proofs and the vocabulary import nothing from outside.")


def test_nothing_that_ships_imports_the_tests() -> None:
    violations = [
        f"{module.at(node)} imports {target}"
        for module in modules(*PACKAGES)
        for node in imports(module.tree)
        for target in imported(node)
        if target.partition(".")[0] == "tests"
    ]
    report(violations, "Tests know the code; the code does not know the tests.")
