"""L-01, L-02, L-03, L-09: signed notes, against C2SP's and Go's examples and everything that must be refused."""

from typing import Any

import pytest

from services.domain.audit.signing import Ed25519Signer, sign_note, verify_ed25519
from services.proofs import BadKey, BadNote, Note, Signature, VerifierKey, open_note, parse_note, parse_vkey
from services.proofs.note import COSIGNATURE, MAX_NOTE_BYTES, MAX_SIGNATURES, cosigned_message, decode_base64
from tests.proofs.vectors import load

VECTORS = load("tlog/signed_note_vectors.json")
GENERATED = load("tlog/tlog_generated_vectors.json")
KEY = parse_vkey(VECTORS["valid"][0]["vkey"])
NOTE: str = VECTORS["valid"][0]["note"]
TEXT = "This is an example message.\n"
SIGNER = Ed25519Signer("log.example/a", bytes(range(32)))
OTHER = Ed25519Signer("log.example/b", bytes(range(1, 33)))


def opened(note: str | bytes, *keys: VerifierKey) -> Note:
    return open_note(note, keys, verify_ed25519)


def signed_by(*signers: Ed25519Signer, text: str = TEXT) -> str:
    return str(
        Note(text=text, signatures=tuple(parse_note(sign_note(text, signer)).signatures[0] for signer in signers))
    )


@pytest.mark.parametrize("case", VECTORS["valid"], ids=lambda case: case["source"])
def test_published_notes_open(case: dict[str, Any]) -> None:
    note = opened(case["note"], parse_vkey(case["vkey"]))
    assert str(note) == case["note"]
    assert case["note"].startswith(note.text)


@pytest.mark.parametrize("case", VECTORS["must_reject_against_first_vkey"], ids=lambda case: case["desc"])
def test_published_notes_to_reject(case: dict[str, Any]) -> None:
    with pytest.raises(BadNote):
        opened(case["note"], KEY)


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(NOTE.encode() + b"\xff\n", id="not UTF-8"),
        pytest.param(NOTE.encode().replace(b"example message", b"\xc3\x28"), id="not UTF-8 in the text"),
        pytest.param(NOTE.replace("message", "\ud800"), id="half a character"),
        pytest.param(NOTE.replace("message", "\r"), id="carriage return"),
        pytest.param(NOTE.replace("message", "\0"), id="null"),
        pytest.param(TEXT + "\n", id="no signature"),
        pytest.param(TEXT, id="only text"),
        pytest.param("", id="nothing"),
        pytest.param(NOTE + "\n", id="empty line at the end"),
        pytest.param(NOTE.replace("\u2014 ", "\u2014"), id="no space after the dash"),
        pytest.param(NOTE.replace("com/foo ", "com/foo  "), id="two spaces"),
        pytest.param(NOTE.replace("com/foo ", "com+foo "), id="plus in the name"),
        pytest.param(NOTE.replace("com/foo ", "com/\u00a0foo "), id="space in the name"),
        pytest.param(NOTE.replace("example.com/foo ", " "), id="no name"),
        pytest.param(NOTE.replace("aQM=\n", "aQM\n"), id="base64 without padding"),
        pytest.param(NOTE.replace("aQM=\n", "aQN=\n"), id="base64 with spare bits"),
        pytest.param(NOTE.replace("aQM=\n", "aQM= \n"), id="base64 with a space"),
        pytest.param(TEXT + "\n\u2014 example.com/foo Uw2QOg==\n", id="no bytes after the key id"),
        pytest.param("a" * MAX_NOTE_BYTES + "\n\n" + NOTE.split("\n\n")[1], id="too long"),
        pytest.param(NOTE + NOTE.split("\n\n")[1] * MAX_SIGNATURES, id="too many signatures"),
    ],
)
def test_malformed_notes_are_refused(note: str | bytes) -> None:
    with pytest.raises(BadNote):
        opened(note, KEY)


def test_a_text_may_hold_empty_lines() -> None:
    text = "a poem\n\n\nand its end\n\n"
    assert opened(signed_by(SIGNER, text=text), SIGNER.key).text == text


def test_at_least_sixteen_signatures_are_read() -> None:
    strangers = [Ed25519Signer(f"witness.example/{n}", bytes([n] * 32)) for n in range(15)]
    note = opened(signed_by(*strangers, SIGNER), SIGNER.key)
    assert [signature.name for signature in note.signatures] == [SIGNER.key.name]


def test_unknown_keys_are_ignored_even_with_a_known_name_or_id() -> None:
    same_name = Signature(name=SIGNER.key.name, key_id=b"\0\0\0\1", value=b"x" * 64)
    same_id = Signature(name="log.example/c", key_id=SIGNER.key.id, value=b"x" * 64)
    signed = parse_note(signed_by(SIGNER))
    note = Note(text=TEXT, signatures=(same_name, same_id, *signed.signatures))
    assert opened(str(note), SIGNER.key).signatures == signed.signatures


def test_a_known_key_with_a_bad_signature_spoils_the_note() -> None:
    """L-03 (+): although another known key's signature verifies."""
    good = parse_note(signed_by(SIGNER, OTHER))
    bad = Signature(name=OTHER.key.name, key_id=OTHER.key.id, value=b"x" * 64)
    note = str(Note(text=TEXT, signatures=(good.signatures[0], bad)))
    assert len(opened(note, SIGNER.key).signatures) == 1
    with pytest.raises(BadNote, match=r"log\.example/b"):
        opened(note, SIGNER.key, OTHER.key)


def test_a_second_bad_signature_of_the_same_key_spoils_the_note() -> None:
    bad = Signature(name=SIGNER.key.name, key_id=SIGNER.key.id, value=b"x" * 64)
    note = parse_note(signed_by(SIGNER))
    with pytest.raises(BadNote):
        opened(str(Note(text=TEXT, signatures=(*note.signatures, bad))), SIGNER.key)


def test_a_signature_of_the_wrong_length_is_never_offered_for_verification() -> None:
    short = Signature(name=SIGNER.key.name, key_id=SIGNER.key.id, value=b"x" * 63)
    with pytest.raises(BadNote):
        open_note(str(Note(text=TEXT, signatures=(short,))), [SIGNER.key], lambda *_: True)


def test_no_key_means_no_note() -> None:
    with pytest.raises(BadNote):
        opened(signed_by(SIGNER))


def test_a_witness_cosignature_verifies() -> None:
    """L-09: type 4 signs a time and the text, and its signature line carries the time."""
    witness = parse_vkey(GENERATED["witness"]["vkey_type4"])
    line = GENERATED["witness"]["cosignature_line_for_size_600"]
    note = opened(GENERATED["checkpoints"]["600"] + line, witness)
    assert [str(signature) for signature in note.signatures] == [line]
    with pytest.raises(BadNote):
        opened(GENERATED["checkpoints"]["257"] + line, witness)


def test_a_cosignature_is_not_a_signature() -> None:
    """The same key pair under type 1 has another id, so neither passes for the other."""
    witness = parse_vkey(GENERATED["witness"]["vkey_type4"])
    plain = VerifierKey(name=witness.name, public_key=witness.public_key)
    assert plain.id != witness.id
    assert witness.type == COSIGNATURE
    assert cosigned_message(TEXT, 1_760_000_000) == f"cosignature/v1\ntime 1760000000\n{TEXT}".encode()


def test_keys_have_one_text_form() -> None:
    for vkey in [case["vkey"] for case in VECTORS["valid"]] + [GENERATED["vkey"], GENERATED["witness"]["vkey_type4"]]:
        assert str(parse_vkey(vkey)) == vkey


@pytest.mark.parametrize(
    "vkey",
    [
        pytest.param("", id="nothing"),
        pytest.param("example.com/foo", id="only a name"),
        pytest.param("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", id="no name"),
        pytest.param("a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", id="space in the name"),
        pytest.param("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", id="another id"),
        pytest.param("example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", id="another name"),
        pytest.param("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", id="upper case"),
        pytest.param("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", id="type 2"),
        pytest.param("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv", id="short key"),
        pytest.param("example.com/foo+530d903a+", id="no key"),
        pytest.param("example.com/foo+530d903a+?", id="not base64"),
    ],
)
def test_malformed_keys_are_refused(vkey: str) -> None:
    with pytest.raises(BadKey):
        parse_vkey(vkey)


def test_the_published_private_key_signs_the_published_note() -> None:
    """L-02; Ed25519 is deterministic, so the note comes out byte for byte."""
    case = VECTORS["valid"][1]
    name, _, rest = case["skey"].removeprefix("PRIVATE+KEY+").partition("+")
    signer = Ed25519Signer(name, decode_base64(rest.partition("+")[2])[1:])
    assert str(signer.key) == case["vkey"]
    assert sign_note(parse_note(case["note"]).text, signer) == case["note"]


@pytest.mark.parametrize(
    ("name", "size"), [("", 32), ("log example", 32), ("log.example/a", 31), ("log.example/a", 33)]
)
def test_a_signer_of_a_malformed_key_is_refused(name: str, size: int) -> None:
    with pytest.raises(BadKey):
        Ed25519Signer(name, bytes(size))


def test_a_signer_does_not_show_its_private_key() -> None:
    assert repr(SIGNER) == f"Ed25519Signer({SIGNER.key})"


def test_a_text_that_could_not_be_read_back_is_not_signed() -> None:
    for text in ("no newline", "control \t character\n", ""):
        with pytest.raises(BadNote):
            sign_note(text, SIGNER)


def test_a_text_that_is_too_long_to_be_read_back_is_not_signed() -> None:
    room = MAX_NOTE_BYTES - len(sign_note("\n", SIGNER).encode())
    assert sign_note("a" * room + "\n", SIGNER)
    with pytest.raises(BadNote, match="at most"):
        sign_note("a" * (room + 1) + "\n", SIGNER)


def test_base64_has_one_spelling() -> None:
    assert decode_base64("AAE=") == b"\0\1"
    for text in ("AAE", "AAF=", "AA E=", "AAE=\n", "\u0041AE=\u00a0", "_-8="):
        with pytest.raises(ValueError, match="base64"):
            decode_base64(text)
