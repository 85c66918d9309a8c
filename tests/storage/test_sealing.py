"""What is sealed opens in its own place only, and is found again by index (A-43, A-44, invariant 14)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.secret import Secret
from services.storage.data_keys import Purpose, Unreadable, first_data_keys, new_data_key
from services.storage.sealing import INDEX_BYTES, Sealer, token_digest
from tests.storage.keys import START, KeyInMemory, new_sealer

SEALER = new_sealer()
PLACE = "contact_points.value:cp_123"
CANARY = "amara.okafor@postbox.example"
HEADER, NONCE = 5, 12
texts = st.text(st.characters(exclude_categories=[]), max_size=200)
kinds = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(texts)
def test_text_comes_back(text: str) -> None:
    assert SEALER.open_text(SEALER.seal(text, PLACE), PLACE) == text


@given(st.binary(max_size=500))
def test_bytes_come_back_33_bytes_longer_in_between(octets: bytes) -> None:
    sealed = SEALER.seal(octets, PLACE)
    assert SEALER.open(sealed, PLACE) == octets
    assert len(sealed) == len(octets) + 33


def test_the_sealed_form_does_not_hold_the_text() -> None:
    assert CANARY.encode() not in SEALER.seal(CANARY, PLACE)


def test_no_nonce_comes_twice() -> None:
    sealed = [SEALER.seal(CANARY, PLACE) for _ in range(20_000)]
    assert len({one[HEADER : HEADER + NONCE] for one in sealed}) == 20_000
    assert len(set(sealed)) == 20_000


def test_every_altered_or_cut_byte_is_found() -> None:
    sealed = SEALER.seal(CANARY, PLACE)
    for at in range(len(sealed)):
        for forged in (sealed[:at] + bytes([sealed[at] ^ 0x80]) + sealed[at + 1 :], sealed[:at]):
            with pytest.raises(Unreadable) as caught:
                SEALER.open(forged, PLACE)
            assert CANARY not in str(caught.value)
    with pytest.raises(Unreadable):
        SEALER.open(sealed + b"\0", PLACE)


@given(st.text(min_size=1, max_size=30))
def test_a_value_opens_in_its_own_place_only(place: str) -> None:
    own = f"x{place.encode('utf-8', 'replace').hex()}"
    sealed = SEALER.seal(CANARY, own)
    for other in (own + "x", own[:-1], PLACE):
        with pytest.raises(Unreadable):
            SEALER.open(sealed, other or "x")


def test_two_rows_cannot_be_swapped() -> None:
    first, second = (
        SEALER.seal(address, f"contact_points.value:{row}") for address, row in (("a@x", "cp_1"), ("b@x", "cp_2"))
    )
    for sealed, row in ((first, "cp_2"), (second, "cp_1")):
        with pytest.raises(Unreadable, match=row):
            SEALER.open(sealed, f"contact_points.value:{row}")


def test_a_place_must_be_named() -> None:
    with pytest.raises(ValueError, match="context"):
        SEALER.seal(CANARY, "")


def test_another_database_opens_nothing() -> None:
    with pytest.raises(Unreadable, match="not sealed with any key"):
        new_sealer().open(SEALER.seal(CANARY, PLACE), PLACE)


def test_of_several_keys_the_newest_seals_and_every_one_opens() -> None:
    keyring = KeyInMemory()
    rows = first_data_keys(keyring, START)
    old = Sealer(keyring, rows).seal(CANARY, PLACE)
    newest = new_data_key(keyring, Purpose.SEAL, START + timedelta(days=365))
    sealer = Sealer(keyring, [newest, *rows])
    new = sealer.seal(CANARY, PLACE)
    assert sealer.open_text(old, PLACE) == sealer.open_text(new, PLACE) == CANARY
    with pytest.raises(Unreadable, match="not sealed with any key"):
        Sealer(keyring, rows).open(new, PLACE)


def test_rows_without_a_sealing_key_or_with_two_index_keys_are_refused() -> None:
    keyring = KeyInMemory()
    seal, index, _log = first_data_keys(keyring, START)
    for rows in ([], [seal], [index], [seal, index, new_data_key(keyring, Purpose.INDEX, START)]):
        with pytest.raises(ValueError, match="one index key and a sealing key"):
            Sealer(keyring, rows)


def test_eight_threads_seal_and_open() -> None:
    sealer = new_sealer()

    def work(thread: int) -> int:
        places = [f"t{thread}:{number}" for number in range(500)]
        return sum(sealer.open_text(sealer.seal(place, place), place) == place for place in places)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [500] * 8


@given(kinds, texts, kinds, texts)
def test_an_index_is_equal_for_the_same_kind_and_value_only(kind: str, value: str, other_kind: str, other: str) -> None:
    index = SEALER.blind_index(kind, value)
    assert len(index) == INDEX_BYTES
    assert index == SEALER.blind_index(kind, value)
    assert (index == SEALER.blind_index(other_kind, other)) is ((kind, value) == (other_kind, other))


def test_kind_and_value_do_not_run_into_each_other() -> None:
    assert SEALER.blind_index("a", "bc") != SEALER.blind_index("ab", "c")
    for kind in ("a\0b", ""):
        with pytest.raises(ValueError, match="NUL"):
            SEALER.blind_index(kind, "c")


def test_an_index_depends_on_the_key_of_the_database() -> None:
    assert SEALER.blind_index("email", CANARY) != new_sealer().blind_index("email", CANARY)


def test_a_code_counts_in_its_own_context_only() -> None:
    """A-25: a code of case A is refused in case B; C-MFA-01: not stored in the clear."""
    digest = SEALER.code_digest("check:chk_1", "123456")
    assert len(digest) == 32
    assert digest == SEALER.code_digest("check:chk_1", Secret("123456"))
    assert digest != SEALER.code_digest("check:chk_2", "123456")
    assert digest != SEALER.code_digest("check:chk_1", "123457")


def test_a_stolen_database_does_not_give_codes_away() -> None:
    digest = SEALER.code_digest("check:chk_1", "000042")
    stranger = new_sealer()
    assert digest not in {stranger.code_digest("check:chk_1", f"{guess:06d}") for guess in range(2000)}


def test_each_digest_has_a_key_of_its_own() -> None:
    joined = b"email\0value"
    index, code, pepper = (
        SEALER.blind_index("email", "value"),
        SEALER.code_digest("email", "value"),
        SEALER.pepper(joined),
    )
    assert len({index, code[:INDEX_BYTES], pepper[:INDEX_BYTES]}) == 3


def test_a_token_is_stored_as_its_sha_256() -> None:
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert token_digest("abc").hex() == token_digest(Secret("abc")).hex() == expected


def test_a_sealer_shows_no_key() -> None:
    assert "key" not in repr(SEALER)
    assert "ciphers" not in repr(SEALER._keys)
    assert "index" not in repr(SEALER._keys)
