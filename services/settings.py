"""The service's settings: one TOML file and the environment; every wrong value is named in one sentence."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_data_path

PREFIX = "RIGHTFUL_SERVER_"
"""The environment wins over the file: `RIGHTFUL_SERVER_PORT` is the file's `port`."""
CONFIG = f"{PREFIX}CONFIG"
"""Names the settings file."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Addresses that only this machine reaches: plain HTTP is allowed there and nowhere else (A-47)."""

T = TypeVar("T")


class SettingsError(Exception):
    """The settings cannot be used. `faults` are sentences, each naming the setting."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an operator decides."""

    data_dir: Path
    """Where the embedded database and the worker's own database live."""
    key_file: Path
    """The key-encryption key: keep it on another disk, and in another backup, than the database."""
    database: str = ""
    """SQLAlchemy URL; empty for SQLite in `data_dir`."""
    host: str = "127.0.0.1"
    port: int = 8443
    public_url: str = ""
    """Where customers reach their pages; empty: where the service listens, on a loopback address."""
    company: str = "Example Company"
    support_phone: str = "+44 20 7946 0000"
    support_hours: str = ""
    regions: tuple[str, ...] = ("GB",)
    """Where a phone number without a country code may be, likeliest first."""
    customer_number: str = r"RC\d{6,9}"
    """A customer number in capitals, without spaces and dashes (a regular expression)."""
    customer_prefix: str = "RC"
    language: str = "en"
    zone: str = "UTC"
    log_origin: str = "rightful.example/audit"
    """Names the audit log in its checkpoints (C2SP: a URL without its scheme)."""
    policy_dir: Path | None = None
    """Instead of the policy that is shipped."""
    messenger: str = "none"
    """`demo` keeps messages for the demo's phone; `none` refuses to send."""
    demo_token: str = ""
    """What the demo's phone shows to read messages; empty: no such route."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    threads: int = 20
    """Requests decided at a time."""

    @property
    def database_url(self) -> str:
        """The database, spelt out."""
        return self.database or f"sqlite:///{self.data_dir / 'rightful.db'}"

    @property
    def worker_database(self) -> Path:
        """The durable effects' own database."""
        return self.data_dir / "effects.db"

    @property
    def base_url(self) -> str:
        """Where customers' links lead."""
        scheme = "https" if self.tls_certificate else "http"
        return self.public_url or f"{scheme}://{self.host}:{self.port}"


def load(environment: Mapping[str, str] = os.environ, config: Path | None = None) -> Settings:
    """The settings of this machine.

    Raises:
        SettingsError: With every wrong value.
    """
    faults: list[str] = []
    given = _file(config or _named(environment), faults)
    known = {field.name for field in fields(Settings)}
    faults += [f"{name} is not a setting." for name in sorted(set(given) - known)]
    given |= {name: environment[PREFIX + name.upper()] for name in known if PREFIX + name.upper() in environment}
    values = _values({name: value for name, value in given.items() if name in known}, faults)
    home = values.get("data_dir") or user_data_path("rightful-server", appauthor=False)
    values = {"data_dir": home, "key_file": home / "key" / "rightful.key", **values}
    faults += _contradictions(values)
    if faults:
        raise SettingsError(faults)
    return Settings(**values)


def _named(environment: Mapping[str, str]) -> Path | None:
    return Path(environment[CONFIG]) if environment.get(CONFIG) else None


def _file(path: Path | None, faults: list[str]) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        faults.append(f"The settings file {path} cannot be read: {error.strerror}.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"The settings file {path} is not TOML: {error}.")
    return {}


def _values(given: Mapping[str, Any], faults: list[str]) -> dict[str, Any]:
    values = {}
    for name, value in given.items():
        try:
            read: Callable[[Any], Any] = _READ.get(name, _text)
            values[name] = read(value)
        except (ValueError, TypeError, re.error, ZoneInfoNotFoundError) as error:
            faults.append(f"{name} says {value!r}: {error}.")
    return values


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("it must be text")
    return value.strip()


def _path(value: Any) -> Path:
    if not _text(value):
        raise ValueError("it must be a path")
    return Path(_text(value)).expanduser()


def _number(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not str(value).strip().isdigit() or not least <= int(value) <= most:
            raise ValueError(f"it must be a whole number from {least} to {most}")
        return int(value)

    return read


def _regions(value: Any) -> tuple[str, ...]:
    listed = value.split(",") if isinstance(value, str) else value
    regions = tuple(str(one).strip().upper() for one in listed)
    if not regions or any(not re.fullmatch("[A-Z]{2}", one) for one in regions):
        raise ValueError("it must be two-letter regions, such as GB")
    return regions


def _pattern(value: Any) -> str:
    re.compile(_text(value))
    return _text(value)


def _zone(value: Any) -> str:
    return ZoneInfo(_text(value)).key


def _url(value: Any) -> str:
    url = _text(value).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("it must start with https://, but for a loopback address")
    return url


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if _text(value) not in choices:
            raise ValueError(f"it must be one of {', '.join(choices)}")
        return _text(value)

    return read


_READ: dict[str, Callable[[Any], Any]] = {
    "data_dir": _path,
    "key_file": _path,
    "policy_dir": _path,
    "tls_certificate": _path,
    "tls_key": _path,
    "port": _number(0, 65_535),
    "threads": _number(1, 200),
    "regions": _regions,
    "customer_number": _pattern,
    "zone": _zone,
    "public_url": _url,
    "messenger": _one_of("demo", "none"),
}


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    faults = []
    if bool(values.get("tls_certificate")) != bool(values.get("tls_key")):
        faults.append("tls_certificate and tls_key go together.")
    if values.get("host", "127.0.0.1") not in LOOPBACK and not values.get("tls_certificate"):
        faults.append("host is not a loopback address: set tls_certificate and tls_key, or put a TLS proxy before it.")
    if values.get("host", "127.0.0.1") not in LOOPBACK and not values.get("public_url"):
        faults.append("public_url is missing: customers' links need it.")
    return faults
