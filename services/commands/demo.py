"""`demo`: a service with the cast in a folder of its own, for the desktop's demo. Stops when its input is closed."""

import json
import secrets
import signal
import sys
import threading
from argparse import Namespace
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from services.commands.arguments import Subparsers
from services.commands.errors import Unusable
from services.commands.opening import opened, serving
from services.commands.ready_file import demand_writable, write_ready_file
from services.demo_cast import load_cast
from services.serving import bound_port, serve
from services.settings import Settings


def add_arguments(commands: Subparsers) -> None:
    """Add the command."""
    command = commands.add_parser("demo", help="run a demo service with a cast of customers, in a folder of its own")
    command.add_argument("--folder", type=Path, required=True, help="an empty folder, for everything the demo keeps")
    command.add_argument("--ready-file", type=Path, required=True, help="written with what the demo needs to know")
    command.set_defaults(run=run)


def run(given: Namespace, settings: Settings) -> int:
    """Run until the input is closed.

    Raises:
        Unusable: If the folder holds a database already: a demo never touches one. Also if the ready file cannot be
            written.
    """
    if (given.folder / "rightful.db").exists():
        raise Unusable(f"{given.folder} holds a database already; a demo needs a folder of its own.")
    demand_writable(given.ready_file)
    chosen = replace(
        settings,
        data_dir=given.folder,
        key_file=given.folder / "key" / "rightful.key",
        database="",
        host="127.0.0.1",
        port=bound_port("127.0.0.1"),
        public_url="",
        messenger="demo",
        demo_token=secrets.token_urlsafe(),
    )
    with opened(chosen, new=True) as parts, serving(parts) as presence:
        staff, customers = load_cast(parts)
        said = {
            "server": chosen.base_url,
            "token": chosen.demo_token,
            "staff": [asdict(one) for one in staff],
            "customers": [asdict(one) for one in customers],
        }
        threading.Thread(target=_stop_with_input, daemon=True).start()
        # for this user alone: it holds what the demo's people sign in with
        serve(parts, presence, lambda _port: write_ready_file(given.ready_file, json.dumps(said), 0o600))
    return 0


def _stop_with_input() -> None:
    with suppress(OSError):
        sys.stdin.buffer.read()
    signal.raise_signal(signal.SIGINT)
