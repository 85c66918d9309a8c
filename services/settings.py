"""The service's settings: one TOML file and the environment; every wrong value is named in one sentence."""

import os
import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from services import tls_files
from services.setting_values import LOOPBACK, READERS, Reader, text

PREFIX = "RIGHTFUL_SERVER_"
"""The environment wins over the file: `RIGHTFUL_SERVER_PORT` is the file's `port`."""
CONFIG = f"{PREFIX}CONFIG"
"""Names the settings file."""


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
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"{scheme}://{host}:{self.port}"


def load(environment: Mapping[str, str] = os.environ, config: Path | None = None) -> Settings:
    """The settings of this machine.

    Raises:
        SettingsError: With every wrong value.
    """
    faults: list[str] = []
    given = _file(config or _named(environment), faults)
    known = {field.name for field in fields(Settings)}
    faults += [f"{name} is not a setting." for name in sorted({*given} - known)]
    spelt = {CONFIG, *(PREFIX + name.upper() for name in known)}
    faults += [
        f"{name} is not a setting." for name in sorted(environment) if name.startswith(PREFIX) and name not in spelt
    ]
    given |= {name: environment[PREFIX + name.upper()] for name in known if PREFIX + name.upper() in environment}
    values = _values({name: value for name, value in given.items() if name in known}, faults)
    home = values.get("data_dir") or user_data_path("rightful-server", appauthor=False)
    faults += _contradictions(values, wrong=set(given) - set(values))
    values = {"data_dir": home, "key_file": home / "key" / "rightful.key", **values}
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
            read: Reader = READERS.get(name, text)
            values[name] = read(value)
        except ValueError as error:
            faults.append(f"{name} says {value!r}: {error}.")
    return values


def _contradictions(values: Mapping[str, Any], wrong: Set[str]) -> list[str]:
    """What is wrong with values that are right one by one. Those in *wrong* were named already."""
    certificate, key, host = values.get("tls_certificate"), values.get("tls_key"), values.get("host", "127.0.0.1")
    faults = []
    if certificate and key:
        faults += tls_files.faults(certificate, key)
    elif (certificate or key) and not wrong & {"tls_certificate", "tls_key"}:
        given, missing = ("tls_certificate", "tls_key") if certificate else ("tls_key", "tls_certificate")
        faults.append(f"{given} says {str(certificate or key)!r}, and {missing} is missing: they go together.")
    if host in LOOPBACK:
        return faults
    if not certificate and "tls_certificate" not in wrong:
        faults.append(
            f"host says {host!r}, which others can reach: set tls_certificate and tls_key, or leave host at 127.0.0.1 "
            "and let a TLS proxy on this machine pass requests on to it."
        )
    if not values.get("public_url") and "public_url" not in wrong:
        faults.append(f"host says {host!r}, and public_url is missing: customers' links need it.")
    return faults
