"""Data keys are wrapped under a key that is not in the database, and bound to their row (A-42, A-43)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.secret import Secret
from services.storage.data_keys import (
    KEY_BYTES,
    Purpose,
    Unreadable,
    first_data_keys,
    key_tag,
    new_data_key,
    rewrapped,
    unwrapped,
)
from services.storage.sealing import Sealer
from tests.storage.keys import START, KeyInMemory


class ShortKey:
    def load(self) -> Secret[bytes]:
        return Secret(b"short")


def test_a_data_key_is_32_random_bytes() -> None:
    keys = [unwrapped(KeyInMemory(), new_data_key(KeyInMemory(), Purpose.SEAL, START)) for _ in range(50)]
    assert {len(key.reveal()) for key in keys} == {KEY_BYTES}
    assert len({key.reveal() for key in keys}) == 50


def test_the_wrapped_form_does_not_hold_the_key() -> None:
    row = new_data_key(KeyInMemory(), Purpose.SEAL, START)
    assert unwrapped(KeyInMemory(), row).reveal() not in row.wrapped


def test_another_key_ring_opens_nothing() -> None:
    row = new_data_key(KeyInMemory(1), Purpose.SEAL, START)
    with pytest.raises(Unreadable, match=row.id):
        unwrapped(KeyInMemory(2), row)


def test_every_altered_byte_is_found() -> None:
    row = new_data_key(KeyInMemory(), Purpose.SEAL, START)
    for at in range(len(row.wrapped)):
        altered = row.wrapped[:at] + bytes([row.wrapped[at] ^ 1]) + row.wrapped[at + 1 :]
        with pytest.raises(Unreadable):
            unwrapped(KeyInMemory(), replace(row, wrapped=altered))
        with pytest.raises(Unreadable):
            unwrapped(KeyInMemory(), replace(row, wrapped=row.wrapped[:at]))


def test_a_new_database_starts_with_one_key_for_each_purpose() -> None:
    rows = first_data_keys(KeyInMemory(), START)
    assert sorted(row.purpose for row in rows) == sorted(Purpose)
    assert len({unwrapped(KeyInMemory(), row).reveal() for row in rows}) == len(rows)


def test_rows_cannot_be_swapped_nor_given_another_purpose() -> None:
    seal, index, log = first_data_keys(KeyInMemory(), START)
    other = new_data_key(KeyInMemory(), Purpose.SEAL, START)
    for forged in (
        replace(seal, purpose=Purpose.INDEX),
        replace(index, wrapped=seal.wrapped),
        replace(log, purpose=Purpose.SEAL),
        replace(seal, id=other.id),
    ):
        with pytest.raises(Unreadable):
            unwrapped(KeyInMemory(), forged)


def test_replacing_the_key_encryption_key_changes_no_sealed_value_and_no_digest() -> None:
    old, new = KeyInMemory(1), KeyInMemory(2)
    rows = first_data_keys(old, START)
    before, after = Sealer(old, rows), Sealer(new, [rewrapped(row, old, new) for row in rows])
    assert after.open_text(before.seal("amara@postbox.example", "c:1"), "c:1") == "amara@postbox.example"
    assert after.blind_index("email", "a@b.example") == before.blind_index("email", "a@b.example")
    assert after.code_digest("check:1", "123456") == before.code_digest("check:1", "123456")
    assert after.pepper(b"password") == before.pepper(b"password")
    with pytest.raises(Unreadable):
        Sealer(old, [rewrapped(row, old, new) for row in rows])


def test_a_key_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="5 bytes instead of 32"):
        new_data_key(ShortKey(), Purpose.SEAL, START)


def test_a_foreign_id_is_no_key_tag() -> None:
    row = new_data_key(KeyInMemory(), Purpose.SEAL, START)
    assert len(key_tag(row)) == 4
    with pytest.raises(ValueError, match="not the id of a data key"):
        key_tag(replace(row, id="key_0123"))


def test_a_data_key_does_not_show_its_key() -> None:
    row = new_data_key(KeyInMemory(), Purpose.SEAL, START + timedelta(days=1))
    assert unwrapped(KeyInMemory(), row).reveal().hex() not in repr(row)
