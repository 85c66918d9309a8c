"""The common passwords that nobody may choose, from `resources/policy/blocklist`."""

import gzip
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

COMMON = files("resources") / "policy" / "blocklist" / "common.txt.gz"
"""One entry a line, NFC and case-folded, sorted, each once; where it comes from stands beside it."""


@cache
def blocklist(source: Traversable = COMMON) -> frozenset[str]:
    """Every listed password. About 5 MB in memory, 30 ms: read once and shared.

    Raises:
        OSError: If the list is missing or cut: a service without it must not set passwords.
    """
    return frozenset(gzip.decompress(source.read_bytes()).decode().splitlines())
