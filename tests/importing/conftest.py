"""What the tests of imports share."""

import re
from datetime import UTC, datetime

import pytest

from services.domain.identifiers import Spellings
from services.importing.record import Rules

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def rules() -> Rules:
    spellings = Spellings(regions=("GB", "DE"), customer_number=re.compile(r"RC\d{6,9}"), customer_prefix="RC")
    return Rules(spellings=spellings, now=NOW, home="GB")
