"""Writes the next revision: `python -m services.storage.migrations "say what changed"`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from services.storage.migrating import write_revision


def main() -> None:
    """Compare the tables with a scratch database at the newest revision, and write the difference."""
    if len(sys.argv) != 2:
        sys.exit('usage: python -m services.storage.migrations "say what changed"')
    with TemporaryDirectory() as folder:
        print(write_revision(f"sqlite:///{Path(folder) / 'scratch.db'}", sys.argv[1]))


if __name__ == "__main__":
    main()
