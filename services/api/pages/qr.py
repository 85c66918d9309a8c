"""A key for an authenticator app as a picture, and as groups that a person can copy."""

from urllib.parse import parse_qs, urlsplit

import segno
from markupsafe import Markup

GROUP = 4
"""Characters per group: what people hold in mind while they look from one screen to another."""


def picture(uri: str) -> Markup:
    """The address as an inline SVG, black on white in every theme: a dark QR code does not scan everywhere.

    Four modules of quiet zone, as ISO/IEC 18004 asks. It has no text alternative of its own.
    """
    code = segno.make(uri, error="m", micro=False, boost_error=False)
    drawn = code.svg_inline(border=4, light="#fff", dark="#000", svgclass="qr", lineclass=None, omitsize=True)
    return Markup(drawn)  # noqa: S704 - segno draws numbers only; nothing of the address is in it


def key_groups(uri: str) -> tuple[str, ...]:
    """The secret of an `otpauth` address, Base32 in groups of four.

    Raises:
        ValueError: If the address holds no secret.
    """
    secrets = parse_qs(urlsplit(uri).query).get("secret", [])
    if len(secrets) != 1:
        raise ValueError("The address of an authenticator's key must hold one secret.")
    secret = secrets[0].rstrip("=")
    return tuple(secret[start : start + GROUP] for start in range(0, len(secret), GROUP))
