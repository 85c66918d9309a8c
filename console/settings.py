"""What the desktop is told before it starts: which service, how it looks. Every wrong value gets one sentence.

Later sources win: our own defaults, the user's file, the managed file (IT's word is final over the user's), the
environment. The user's file holds the look only; which service to trust is not a matter of taste.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from platformdirs import PlatformDirs

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""The only hosts that may be reached without TLS: the demo, on one machine (N-SES-04, A-47)."""
TEXT_SIZES = range(80, 201)
"""Percent. 200 is asked for by WCAG 2.2, 1.4.4."""

_LOOK = ("theme", "text_size")
_PREFIX = "RIGHTFUL_"
_PLACES = ("RIGHTFUL_SETTINGS", "RIGHTFUL_DATA_DIR")
_OF_THE_SERVICE = "RIGHTFUL_SERVER_"
"""Starts the names of the service's own settings, which a desktop beside it leaves alone."""


class Theme(StrEnum):
    """How the desktop is coloured."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class SettingsError(Exception):
    """Something in the settings is wrong. `sentences` says what, one for each wrong value; never empty."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class Settings(NamedTuple):
    """Everything that can be set. Always valid when it came from `load`."""

    data_dir: Path
    """Where the local store lives; made when it is first needed."""
    server: str = "http://127.0.0.1:8443"
    """The service, without a slash at the end."""
    theme: Theme = Theme.SYSTEM
    text_size: int = 100
    """Percent."""
    ca_file: Path | None = None
    """Certificates to trust in place of the system's, for a company with its own authority."""


class Places(NamedTuple):
    """Where settings and data live on this machine."""

    managed: Path
    """Written by IT."""
    user: Path
    """Written by `save_look`."""
    data: Path


def usual_places(environment: Mapping[str, str] = os.environ) -> Places:
    """The platform's own places; `RIGHTFUL_SETTINGS` names another managed file, `RIGHTFUL_DATA_DIR` another folder."""
    dirs = PlatformDirs("rightful", appauthor=False)
    managed = environment.get("RIGHTFUL_SETTINGS") or dirs.site_config_path / "settings.toml"
    data = environment.get("RIGHTFUL_DATA_DIR") or dirs.user_data_path
    return Places(managed=Path(managed), user=dirs.user_config_path / "settings.toml", data=Path(data))


def load(environment: Mapping[str, str] = os.environ, places: Places | None = None) -> Settings:
    """The settings of this run. A file that does not exist says nothing.

    Raises:
        SettingsError: With a sentence for each wrong value, of all sources at once.
    """
    places = places or usual_places(environment)
    wrong: list[str] = []
    settings = Settings(data_dir=places.data)
    for source, values in _sources(environment, places, wrong):
        for name, value in values.items():
            try:
                settings = settings._replace(**{name: _READERS[name](value)})
            except ValueError as error:
                wrong.append(f"{source}: {name} {error}.")
    if wrong:
        raise SettingsError(*wrong)
    return settings


def save_look(settings: Settings, file: Path) -> None:
    """Remember the user's theme and text size in their own *file*, whole or not at all.

    Raises:
        OSError: When it cannot be written; an older file is then as it was.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(file.name + ".new")
    new.write_text(f'theme = "{settings.theme}"\ntext_size = {settings.text_size}\n', encoding="utf-8")
    new.replace(file)


def _sources(
    environment: Mapping[str, str], places: Places, wrong: list[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each source's name and known values, least important first. Unknown names are added to *wrong*."""
    for file, known in ((places.user, _LOOK), (places.managed, tuple(_READERS))):
        values = _file(file, wrong)
        wrong.extend(f"{file}: there is no setting called {name}." for name in values if name not in known)
        yield str(file), {name: value for name, value in values.items() if name in known}
    spelt = {_PREFIX + name.upper(): name for name in _READERS}
    given = [name for name in environment if name.startswith(_PREFIX) and not name.startswith(_OF_THE_SERVICE)]
    unknown = sorted({*given} - {*spelt, *_PLACES})
    wrong.extend(f"the environment: there is no setting called {name}." for name in unknown)
    yield "the environment", {spelt[name]: environment[name] for name in given if name in spelt}


def _file(file: Path, wrong: list[str]) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        import tomllib  # start-up time: most desktops have no file

        return tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except OSError as error:
        wrong.append(f"{file} cannot be read: {error.strerror}.")
    except ValueError as error:
        wrong.append(f"{file} is not TOML: {error}.")
    return {}


def _server(value: Any) -> str:
    text = str(value).rstrip("/")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f"must be a web address, and {value!r} is not") from None
    if not host or parts.query or parts.fragment or parts.username or parts.scheme not in ("https", "http"):
        raise ValueError(f"must be a web address such as https://desk.example.com, and {value!r} is not")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise ValueError(f"must start with https://, and {value!r} does not")
    return text


def _theme(value: Any) -> Theme:
    try:
        return Theme(value)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(Theme)}, and {value!r} is not") from None


def _text_size(value: Any) -> int:
    size = int(value) if isinstance(value, int) or (isinstance(value, str) and value.strip().isdecimal()) else 0
    if size not in TEXT_SIZES:
        raise ValueError(f"must be a percentage from {TEXT_SIZES[0]} to {TEXT_SIZES[-1]}, and {value!r} is not")
    return size


def _ca_file(value: Any) -> Path:
    file = Path(str(value))
    if not file.is_file():
        raise ValueError(f"must be a file of certificates, and {value!r} is not there")
    return file


_READERS: dict[str, Callable[[Any], Any]] = {
    "server": _server,
    "theme": _theme,
    "text_size": _text_size,
    "ca_file": _ca_file,
}
