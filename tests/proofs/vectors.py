"""Reads the published vectors."""

import base64
import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parents[1] / "vectors"


def load(name: str) -> Any:
    """The content of a file below tests/vectors."""
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def unhex(values: list[str]) -> list[bytes]:
    """Hashes written in hexadecimal."""
    return [bytes.fromhex(value) for value in values]


def unbase64(values: list[str] | None) -> list[bytes]:
    """Hashes written in base64; no list is an empty one."""
    return [base64.b64decode(value) for value in values or []]
