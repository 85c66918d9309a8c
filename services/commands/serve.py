"""`serve`: run the service; `openapi`: write down its interface."""

import argparse
import json
import logging
from dataclasses import replace
from pathlib import Path

from services.commands.arguments import Subparsers
from services.commands.opening import opened
from services.serving import application, serve
from services.settings import Settings

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
    chosen = {name: getattr(given, name) for name in ("host", "port") if getattr(given, name) is not None}
    with opened(replace(settings, **chosen)) as parts:
        serve(parts, lambda port: _announce(given.ready_file, parts.settings.host, port))
    return 0


def _announce(ready_file: Path | None, host: str, port: int) -> None:
    _log.info("listening on %s port %d", host, port)
    if ready_file is not None:
        part = ready_file.with_suffix(".part")
        part.write_text(f"{port}\n", encoding="ascii")
        part.replace(ready_file)


def _openapi(given: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as parts:
        described = application(parts).openapi()
    given.output.write_text(json.dumps(described, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0
