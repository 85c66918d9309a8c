"""The project's own files, as the rules about them need to see them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The folder that holds pyproject.toml."""

PACKAGES = ("console", "ui", "services", "resources")
"""The folders that are shipped."""

FOLDERS = (*PACKAGES, "tests", "docs", ".ci")
"""Every folder of the project; what lies beside them is made by tools."""

MADE_BY_TOOLS = {"__pycache__", "uv.lock"}


@dataclass(frozen=True)
class Module:
    """One Python file; *path* is relative to the root, with forward slashes."""

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The text, by line."""
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, self.path)

    @property
    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function, wherever it is defined."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def at(self, node: ast.stmt | ast.expr) -> str:
        """Where *node* stands, the way editors understand it."""
        return f"{self.path}:{node.lineno}"


def files(*folders: str, beside: bool = False) -> Iterator[Path]:
    """Every file below *folders*, in order; with *beside*, those next to pyproject.toml as well."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not MADE_BY_TOOLS.intersection(path.parts):
                yield path
    if beside:
        yield from (path for path in sorted(ROOT.iterdir()) if path.is_file() and path.name != ".git")


def name(path: Path) -> str:
    """*path* relative to the root, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


def modules(*folders: str) -> list[Module]:
    """Every Python file below *folders*."""
    return [_module(path) for path in files(*folders) if path.suffix == ".py"]


@cache
def _module(path: Path) -> Module:
    """Read and parsed once, however many rules look at it."""
    return Module(name(path), path.read_text("utf-8"))


def texts() -> Iterator[tuple[str, list[str]]]:
    """The name and the lines of every file of the project that is text."""
    for path in files(*FOLDERS, beside=True):
        try:
            yield name(path), path.read_text("utf-8").splitlines()
        except UnicodeDecodeError:
            continue


def report(violations: list[str], rule: str) -> None:
    """Fail with every violation on a line of its own, under the *rule* that was broken."""
    assert not violations, "\n".join([rule, *violations])
