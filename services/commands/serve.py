"""`serve`: run the service; `openapi`: write down its interface."""

import argparse
import json
import logging
import os
from dataclasses import replace
from pathlib import Path

from services.app import unconnected
from services.commands.arguments import Subparsers
from services.commands.errors import Unusable
from services.commands.opening import opened, serving, told
from services.commands.ready_file import demand_writable, write_ready_file
from services.serving import application, bound_port, serve
from services.settings import PREFIX, Settings, load

_log = logging.getLogger(__name__)


def add_arguments(commands: Subparsers) -> None:
    """Add both commands."""
    run = commands.add_parser("serve", help="run the service until told to stop")
    run.add_argument("--host", help="address to listen on")
    run.add_argument("--port", type=int, help="port to listen on; 0 for any free one")
    run.add_argument("--ready-file", type=Path, metavar="FILE", help="written with the port once requests are accepted")
    run.set_defaults(run=_serve)
    describe = commands.add_parser("openapi", help="write the description of the HTTP interface")
    describe.add_argument("--output", type=Path, metavar="FILE", required=True)
    describe.set_defaults(run=_openapi)


def _serve(given: argparse.Namespace, settings: Settings) -> int:
    chosen = _checked(given, settings)
    if given.ready_file is not None:
        demand_writable(given.ready_file)
    with opened(chosen, new=True) as parts, serving(parts) as presence:
        serve(parts, presence, lambda port: _announce(given.ready_file, parts.settings.host, port))
    return 0


def _checked(given: argparse.Namespace, settings: Settings) -> Settings:
    """The settings with what the command line says, held to the same rules, and a port that is free.

    Raises:
        SettingsError: If a value is wrong.
        Unusable: If nobody can listen there.
    """
    said = {"HOST": given.host, "PORT": given.port}
    over = {f"{PREFIX}{name}": str(value) for name, value in said.items() if value is not None}
    if over:
        settings = load({**os.environ, **over}, given.config)
    try:
        port = bound_port(settings.host, settings.port)
    except OSError as error:
        raise Unusable(f"{settings.host} port {settings.port} cannot be listened on: {error.strerror}.") from None
    return replace(settings, port=port)


def _announce(ready_file: Path | None, host: str, port: int) -> None:
    _log.info("listening on %s port %d", host, port)
    if ready_file is not None:
        write_ready_file(ready_file, f"{port}\n", 0o666)


def _openapi(given: argparse.Namespace, settings: Settings) -> int:
    """What is written down depends on no database and no key: neither is needed, and neither is made."""
    with told():
        parts = unconnected(settings)
    described = application(parts, described=True).openapi()
    try:
        given.output.write_text(json.dumps(described, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    except OSError as error:
        raise Unusable(f"{given.output} cannot be written: {error.strerror}.") from None
    return 0
