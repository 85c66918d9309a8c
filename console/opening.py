"""Puts the real desk together. Call it on the net thread, after the first paint: it imports what is slow to import."""

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from console.aside import Aside, SideThread
from console.desk import Desk
from console.parts import Parts
from console.sealing import Seal, key_in_file, key_in_vault
from console.session import Session, service_name
from console.settings import Settings, SettingsError
from console.store import Store, StoreUnusable
from console.vault import KeyringVault, Vault
from console.wording import Wording

if TYPE_CHECKING:
    from console.gateway import Transport

DATABASE = "desk.db"
KEY_FILE = "notes.key"
DRAFTS = "Rightful unsent notes"
"""What the password store lists the key of unsent notes under."""
KEY_SECONDS = 5.0
HTTPX_PROGRAM = "httpx._main"
"""Where rich, click and pygments are installed, httpx loads its command-line program with them: 60 ms and 8 MB here."""
STORE_REST = 0.5
"""Seconds: opening the store imports SQLAlchemy, beside which the caller page would be drawn half as fast."""


async def open_desk(
    settings: Settings,
    wording: Wording,
    *,
    transport: "Transport | None" = None,
    vault: Vault | None = None,
    key_vault: Vault | None = None,
) -> Desk:
    """A desk for the service that the settings name; call its `start` next.

    A *transport* takes the place of the network; *vault* and *key_vault* that of the password store's entries for the
    session's token and for the key of unsent notes.

    Raises:
        SettingsError: When the settings' `ca_file` holds no certificate.
    """
    sys.modules.setdefault(HTTPX_PROGRAM, None)  # type: ignore[arg-type]  # None says that there is no such module
    from console.gateway import Gateway  # start-up time: httpx

    aside = SideThread("password-store")
    session = Session(vault or KeyringVault(service_name(settings.server), "session"), aside)
    try:
        gateway = Gateway(settings.server, session.token, ca_file=settings.ca_file, transport=transport)
    except OSError:
        raise SettingsError(f"ca_file holds no certificate that can be read: {settings.ca_file}.") from None
    disk = SideThread("disk")
    return Desk(
        Parts(
            server=settings.server,
            service=gateway,
            session=session,
            open_store=store_opener(settings, key_vault or KeyringVault(DRAFTS, "key"), aside, disk),
            store_rest=STORE_REST,
            disk=disk,
            vault=aside,
            wording=wording,
        )
    )


def store_opener(settings: Settings, vault: Vault, aside: Aside, disk: Aside) -> Callable[[], Awaitable[Store]]:
    """How to open the local store, with the key of unsent notes from *vault* or from a file."""

    async def open_store() -> Store:
        kept = (await aside.attempt(lambda: key_in_vault(vault), KEY_SECONDS)).result
        opened = await disk.attempt(lambda: _open(settings, kept))
        if opened.result is None:
            raise StoreUnusable(str(opened.error))
        return opened.result

    return open_store


def _open(settings: Settings, kept: bytes | None) -> Store:
    """Open the store. Notes sealed while the password store was out of reach open with the file's key."""
    from console.local_store import LocalStore  # start-up time: SQLAlchemy

    in_file = key_in_file(settings.data_dir / KEY_FILE, make=kept is None)
    keys = [key for key in (kept, in_file) if key is not None]
    if not keys:
        raise StoreUnusable(f"{KEY_FILE} holds no key")
    return LocalStore(settings.data_dir / DATABASE, Seal(*keys))
