"""The demo's cast: made up throughout, each with a story, and with secrets of one demo only."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.demo_cast import CastCustomer, CastStaff, load_cast, read_cast
from services.domain.identifiers import candidates
from services.domain.one_time import TotpKey, read_recovery_code
from services.secret import Secret
from services.usecases.sign_in import sign_in
from tests.support.totp import totp_now
from tests.support.world import World

FICTION = re.compile(r"\+447700900\d{3}|\+1\d{3}55501\d{2}")
"""Numbers that nobody has. Source: Ofcom's numbers for TV and radio drama; NANPA's 555-0100 to 555-0199."""
NOBODYS = re.compile(r"[^@]+@[a-z.-]+\.example")
"""Source: RFC 2606."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("demo") / "data")
    yield made
    made.close()


@pytest.fixture(scope="module")
def cast(world: World) -> tuple[tuple[CastStaff, ...], tuple[CastCustomer, ...]]:
    return load_cast(world.parts)


def test_everybody_has_a_story_and_nobody_is_real() -> None:
    customers = read_cast()["customer"]
    assert len(customers) >= 14
    assert len({one["id"] for one in customers}) == len(customers)
    assert all(one["story"].endswith((".", "!")) for one in customers)
    for contact in (contact for one in customers for contact in one["contacts"]):
        assert (FICTION if contact["kind"] == "phone" else NOBODYS).fullmatch(contact["value"]), contact


def test_there_is_everybody_a_desk_needs() -> None:
    assert sorted(one["role"] for one in read_cast()["staff"]) == [
        "administrator",
        "agent",
        "outsourced_agent",
        "supervisor",
    ]


def test_staff_sign_in_with_what_the_demo_tells(
    world: World, cast: tuple[tuple[CastStaff, ...], tuple[CastCustomer, ...]]
) -> None:
    for one in cast[0]:
        key = TotpKey(Secret(base64.b32decode(one.totp_secret)))
        code = totp_now(key, world.clock())
        assert sign_in(world.service, one.login, Secret(one.password), code).staff.role == one.role


def test_customers_are_found_by_all_they_have_and_hold_what_the_demo_tells(
    world: World, cast: tuple[tuple[CastStaff, ...], tuple[CastCustomer, ...]]
) -> None:
    for one in cast[1]:
        with world.storage.reading() as work:
            found = {
                work.accounts.match(candidates(typed, world.service.spellings))
                for typed in (one.customer_number, one.email, one.phone)
                if typed
            }
            (account_id,) = found
            assert account_id is not None
            dossier = work.accounts.dossier(account_id)
        secrets = [base64.b32encode(bound.secret).decode() for bound in dossier.authenticators if bound.secret]
        assert secrets == [one.totp_secret] * bool(one.totp_secret)
        assert world.service.passwords.fits(Secret(one.password), dossier.account.password_hash)
        saved = dossier.recovery_codes
        assert bool(saved) == bool(one.recovery_codes)
        for code in one.recovery_codes:
            canonical = read_recovery_code(code)
            assert saved is not None
            assert canonical is not None
            assert world.service.passwords.code_digest(saved.salt, Secret(canonical)) in saved.digests


def test_another_demo_has_other_secrets(
    tmp_path: Path, cast: tuple[tuple[CastStaff, ...], tuple[CastCustomer, ...]]
) -> None:
    other = World(tmp_path / "data")
    staff, customers = load_cast(other.parts)
    other.close()

    def secrets(staff: tuple[CastStaff, ...], customers: tuple[CastCustomer, ...]) -> set[str]:
        of_staff = {one.totp_secret for one in staff} | {one.password for one in staff}
        of_customers = {one.totp_secret for one in customers} | {
            code for one in customers for code in one.recovery_codes
        }
        return (of_staff | of_customers) - {""}

    assert secrets(staff, customers).isdisjoint(secrets(*cast))
