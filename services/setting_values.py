"""What the value of each setting may be. A reader takes what TOML or the environment says, and gives the value.

A reader that refuses raises ValueError with the end of a sentence: *it must be ...*.
"""

import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.domain.identifiers import REGIONS
from services.proofs.note import is_key_name
from services.wording import languages, one_line

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""Addresses that only this machine reaches: plain HTTP is allowed there and nowhere else (A-47)."""

Reader = Callable[[Any], Any]

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
"""RFC 1123 section 2.1."""
_WHOLE = re.compile("[0-9]{1,9}")
_EXAMPLE = "it must be a web address such as https://help.example.com"


def text(value: Any) -> str:
    """Any text, without spaces around it.

    Raises:
        ValueError: If it is anything else.
    """
    if not isinstance(value, str):
        raise ValueError("it must be text, in quotation marks")
    return value.strip()


def _path(value: Any) -> Path:
    said = text(value)
    if not said or "\0" in said:
        raise ValueError("it must be a path")
    try:
        return Path(said).expanduser()
    except RuntimeError:
        raise ValueError("it starts with the home folder of nobody") from None


def _number(least: int, most: int) -> Reader:
    def read(value: Any) -> int:
        said = str(value).strip()
        if not isinstance(value, int | str) or not _WHOLE.fullmatch(said) or not least <= int(said) <= most:
            raise ValueError(f"it must be a whole number from {least} to {most}")
        return int(said)

    return read


def _regions(value: Any) -> tuple[str, ...]:
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed or not all(isinstance(one, str) for one in listed):
        raise ValueError("it must be two-letter regions, such as GB")
    regions = tuple(one.strip().upper() for one in listed)
    unknown = [one for one in regions if one not in REGIONS]
    if unknown:
        raise ValueError(f"it must be two-letter regions, such as GB, and there is no region {unknown[0]!r}")
    return regions


def _pattern(value: Any) -> str:
    said = text(value)
    try:
        re.compile(said)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"it must be a regular expression ({error})") from None
    return said


def _zone(value: Any) -> str:
    try:
        return ZoneInfo(text(value)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("it must be a time zone such as Europe/London") from None


def _host(value: Any) -> str:
    said = text(value)
    if not _HOST_NAME.fullmatch(said) and not _is_address(said):
        raise ValueError("it must be an address or a host's name, such as 127.0.0.1")
    return said


def _is_address(said: str) -> bool:
    try:
        ip_address(said)
    except ValueError:
        return False
    return True


def _url(value: Any) -> str:
    """Without a slash at the end, so that paths can be added; empty stays empty."""
    url = text(value).rstrip("/")
    if not text(value):
        return ""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(_EXAMPLE) from None
    if parts.scheme not in ("https", "http") or not host or not url.isprintable() or " " in url:
        raise ValueError(_EXAMPLE)
    if parts.scheme == "http" and host not in LOOPBACK:
        raise ValueError("it must start with https://, but for a loopback address")
    if parts.username is not None or "?" in url or "#" in url:
        raise ValueError("it must be a host and perhaps a path, and nothing more: no user, no question mark, no #")
    return url


def _company(value: Any) -> str:
    if not one_line(text(value)):
        raise ValueError("it must be the name that customers know you by")
    return text(value)


def _telephone(value: Any) -> str:
    said = text(value)
    if not any(sign.isascii() and sign.isdigit() for sign in said):
        raise ValueError("it must be a telephone number that customers can call")
    return said


def _log_origin(value: Any) -> str:
    said = text(value)
    if not is_key_name(said):
        raise ValueError("it must be a URL without its scheme, such as help.example.com/audit, with no space and no +")
    return said


def one_of(*choices: str) -> Reader:
    """A reader of one of some words."""

    def read(value: Any) -> str:
        if text(value) not in choices:
            raise ValueError(f"it must be one of {', '.join(choices)}")
        return text(value)

    return read


READERS: Mapping[str, Reader] = {
    "data_dir": _path,
    "key_file": _path,
    "policy_dir": _path,
    "tls_certificate": _path,
    "tls_key": _path,
    "host": _host,
    "port": _number(0, 65_535),
    "public_url": _url,
    "company": _company,
    "support_phone": _telephone,
    "regions": _regions,
    "customer_number": _pattern,
    "language": one_of(*languages()),
    "zone": _zone,
    "log_origin": _log_origin,
    "messenger": one_of("demo", "none"),
    "threads": _number(1, 200),
}
"""By setting; those that are not here are any `text`."""
