"""What a customer's page sends back: one kind of form, small, in UTF-8. Anything else is no form of ours."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

LARGEST_FORM = 16_384
"""Bytes of a form: a long password, and nothing like a file."""
MOST_FIELDS = 10
"""More than any page has."""
_KIND = re.compile(r'application/x-www-form-urlencoded\s*(;\s*charset="?utf-8"?\s*)?', re.IGNORECASE)

Form = Mapping[str, str]
"""Each field's name and what was typed; of two with one name, the last."""


def read_form(content_type: str, body: bytes) -> Form | None:
    """The fields of a form; None if it is of another kind or charset, not UTF-8, too large or of too many fields."""
    if _KIND.fullmatch(content_type) is None or len(body) > LARGEST_FORM:
        return None
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:  # of UnicodeDecodeError, too: what was sent is not repeated, it may hold a password
        return None
    return dict(fields)
