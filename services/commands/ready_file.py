"""The file that a service writes once it accepts requests. Whether it can is found out before anything is started."""

import os
from pathlib import Path

from services.commands.errors import Unusable


def demand_writable(file: Path) -> None:
    """See that *file* can be written later; nothing is left behind by asking.

    Raises:
        Unusable: If it cannot.
    """
    try:
        if file.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        part = _part(file)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600))
        part.unlink()
    except OSError as error:
        raise Unusable(f"The ready file {file} cannot be written: {error.strerror}.") from None


def write_ready_file(file: Path, said: str, mode: int) -> None:
    """Write it, with the permissions *mode* less the umask; whoever waits for it never sees half of it."""
    part = _part(file)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as opened:
        opened.write(said)
    part.replace(file)


def _part(file: Path) -> Path:
    return file.with_suffix(".part")
