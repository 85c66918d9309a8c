"""C2SP signed notes: text that is worthless until a known key's signature on it verifies (L-01 to L-03, L-09)."""

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from services.proofs.errors import BadKey, BadNote

VerifySignature = Callable[[bytes, bytes, bytes], bool]
"""(Ed25519 public key of 32 bytes, signature of 64 bytes, message) -> whether the signature verifies. Never raises."""

ED25519: Final = 0x01
"""Signature type: plain Ed25519 over the note's text."""

COSIGNATURE: Final = 0x04
"""Signature type: a witness's Ed25519 over a time and the note's text (C2SP tlog-cosignature, `cosignature/v1`)."""

MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
"""A reader must take at least 16; beyond these two limits the note is a nuisance, not a note."""

_KEY_BYTES = 32
_KEY_ID_BYTES = 4
_TIME_BYTES = 8
_SIGNATURE_BYTES = 64
_DASH = "\u2014 "


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Whose signature to believe: a key's name (for a log, its origin), type and public key."""

    name: str
    public_key: bytes
    type: int = ED25519

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise BadKey("a key name must be non-empty and hold no space, plus sign or control character")
        if self.type not in (ED25519, COSIGNATURE) or len(self.public_key) != _KEY_BYTES:
            raise BadKey("only 32-byte Ed25519 keys, of type 1 or 4, are supported")

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys of one name apart; an identifier, not a fingerprint."""
        return sha256(self.name.encode() + b"\n" + self._encoded).digest()[:_KEY_ID_BYTES]

    @property
    def _encoded(self) -> bytes:
        return bytes([self.type]) + self.public_key

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encode_base64(self._encoded)}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, not verified by being read."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {encode_base64(self.key_id + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text ending in a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))


def parse_vkey(text: str) -> VerifierKey:
    """Read the text form of a verifier key, `name+hex8+base64(type, public key)`.

    Raises:
        BadKey: If it is malformed, of a type we do not verify, or its id is not that of its name and key.
    """
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        material = decode_base64(encoded)
    except ValueError:
        raise BadKey("a verifier key is name+id+key, and its key is base64") from None
    key = VerifierKey(name=name, type=material[0] if material else 0, public_key=material[1:])
    if key.id.hex() != key_id:
        raise BadKey(f"the verifier key's id is {key.id.hex()}, not {key_id!r}")
    return key


def parse_note(note: str | bytes) -> Note:
    """Take a note apart, believing nothing.

    1. it is UTF-8, of bearable size, without control characters other than newline
    2. the text ends at the last empty line
    3. every line after that is a signature line, and there is at least one

    Raises:
        BadNote: If any step fails.
    """
    content = _decoded(note)  # 1.
    split = content.rfind("\n\n")  # 2.
    if split < 0 or not content.endswith("\n"):
        raise BadNote("a signed note is text, an empty line, and signature lines, each ended by a newline")
    lines = content[split + 2 :].split("\n")[:-1]  # 3.
    if not 1 <= len(lines) <= MAX_SIGNATURES:
        raise BadNote(f"a signed note carries 1 to {MAX_SIGNATURES} signatures, not {len(lines)}")
    return Note(text=content[: split + 1], signatures=tuple(map(_parse_signature, lines)))


def open_note(note: str | bytes, keys: Iterable[VerifierKey], verify: VerifySignature) -> Note:
    """Read a note, and return it with only the signatures that known *keys* made.

    1. the note is well-formed
    2. signatures of unknown keys are ignored, even where the name or the id alone is known
    3. a known key's signature that does not verify spoils the whole note
    4. at least one known key's signature verifies

    Raises:
        BadNote: If any step fails.
    """
    parsed = parse_note(note)  # 1.
    known = {(key.name, key.id): key for key in keys}
    verified: list[Signature] = []
    for signature in parsed.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:  # 2.
            continue
        if not _is_verified(parsed.text, signature, key, verify):  # 3.
            raise BadNote(f"the signature by {key.name} does not verify")
        verified.append(signature)
    if not verified:  # 4.
        raise BadNote("the note is not signed by a known key")
    return Note(text=parsed.text, signatures=tuple(verified))


def cosigned_message(text: str, timestamp: int) -> bytes:
    """What a witness signs: *timestamp* in POSIX seconds, and the note's text."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


def is_key_name(name: str) -> bool:
    """Whether a key, or a log's origin, may be called that."""
    return bool(name) and not any(mark == "+" or mark.isspace() or mark < " " for mark in name) and _is_utf8(name)


def encode_base64(value: bytes) -> str:
    """Standard base64 (RFC 4648 section 4), padded."""
    return base64.b64encode(value).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Standard base64, padded, in its one canonical spelling.

    Raises:
        ValueError: For anything else, spare bits and stray characters included.
    """
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64") from None
    if encode_base64(value) != text:
        raise ValueError("base64, but not as it is written canonically")
    return value


def _decoded(note: str | bytes) -> str:
    try:
        data = note.encode() if isinstance(note, str) else note
        content = data.decode()
    except UnicodeError:
        raise BadNote("a signed note is UTF-8") from None
    if len(data) > MAX_NOTE_BYTES:
        raise BadNote(f"a signed note is at most {MAX_NOTE_BYTES} bytes long")
    if any(mark < " " and mark != "\n" for mark in content):
        raise BadNote("a signed note holds no control character but newline")
    return content


def _parse_signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not is_key_name(name):
        raise BadNote("a signature line is a dash (U+2014), a key name and base64, separated by spaces")
    try:
        value = decode_base64(encoded)
    except ValueError as error:
        raise BadNote(f"the signature by {name} is {error}") from None
    if len(value) <= _KEY_ID_BYTES:
        raise BadNote(f"the signature by {name} is empty")
    return Signature(name=name, key_id=value[:_KEY_ID_BYTES], value=value[_KEY_ID_BYTES:])


def _is_verified(text: str, signature: Signature, key: VerifierKey, verify: VerifySignature) -> bool:
    message, value = text.encode(), signature.value
    if key.type == COSIGNATURE:
        message = cosigned_message(text, int.from_bytes(value[:_TIME_BYTES], "big"))
        value = value[_TIME_BYTES:]
    return len(value) == _SIGNATURE_BYTES and verify(key.public_key, value, message)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeError:
        return False
    return True
