"""A key between the two forms: read back as it was drawn, for a quarter of an hour."""

from datetime import UTC, datetime, timedelta

import pytest

from services.domain.enrolment import LIFE, read, written
from services.domain.one_time import new_totp_key
from services.domain.outcome import Refused
from services.vocabulary import Objection

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
KEY = new_totp_key(lambda count: bytes(range(count)))


@pytest.mark.parametrize("age", [timedelta(0), LIFE - timedelta(microseconds=1)])
def test_a_key_is_read_back_as_it_was_drawn(age: timedelta) -> None:
    assert read(written(KEY, NOW), NOW + age) == KEY


def test_a_key_is_not_read_back_after_its_time() -> None:
    with pytest.raises(Refused) as refused:
        read(written(KEY, NOW), NOW + LIFE)
    assert [why.code for why in refused.value.reasons] == [Objection.ENROLMENT_OVER]


def test_what_is_written_hides_itself() -> None:
    assert "hidden" in repr(written(KEY, NOW))
