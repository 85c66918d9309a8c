"""The files that the customer's pages load: one style sheet, one small script, one icon."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

PREFIX = "/c"
"""Where the customer's pages and their files live, below the base URL."""

_FOLDER = Path(__file__).parent / "assets"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    media_type: str
    version: str
    """Changes with the contents; goes into the address, so that a browser may keep the file for ever."""


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body=body, media_type=_TYPES[path.suffix], version=hashlib.sha256(body).hexdigest()[:12])


ASSETS: Mapping[str, Asset] = MappingProxyType(
    {name: _read(_FOLDER / name) for name in ("style.css", "page.js", "icon.svg")}
)
"""By file name: served as `PREFIX/name`."""
