"""How many parts a text message takes: what a sender pays for, and what old telephones show in pieces."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Take two places. Both tables: 3GPP TS 23.038, GSM 7 bit default alphabet and its extension."""

ONE, MANY = 160, 153
"""Septets in a text of one part, and in each part of a longer one (3GPP TS 23.040)."""
ONE_WIDE, MANY_WIDE = 70, 67
"""The same in UTF-16 units, when a sign is outside the alphabet."""


def fits_alphabet(text: str) -> bool:
    """Whether every sign is in the GSM alphabet or its extension."""
    return all(sign in _BASIC or sign in _EXTENDED for sign in text)


def parts(text: str) -> int:
    """How many parts the text is sent in; at least 1. A bound: a sign is never split, so rarely it takes one more."""
    if fits_alphabet(text):
        size, one, many = sum(2 if sign in _EXTENDED else 1 for sign in text), ONE, MANY
    else:
        size, one, many = len(text.encode("utf-16-le")) // 2, ONE_WIDE, MANY_WIDE
    return 1 if size <= one else -(-size // many)
