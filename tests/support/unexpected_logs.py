"""A log record of level WARNING or above that no test expected fails the test during which it was made."""

import logging
from collections.abc import Generator

import pytest

_records = pytest.StashKey[list[logging.LogRecord]]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep every serious record from here on, whatever its logger's handlers, filters or propagation."""
    kept = config.stash[_records] = []
    make_record = logging.getLogRecordFactory()

    def keep(*args: object, **kwargs: object) -> logging.LogRecord:
        record = make_record(*args, **kwargs)
        if record.levelno >= logging.WARNING:
            kept.append(record)
        return record

    logging.setLogRecordFactory(keep)
    config.add_cleanup(lambda: logging.setLogRecordFactory(make_record))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Compare what was logged, set-up and tear-down included, with what the test's `logs_warning` marks announce."""
    yield
    kept = item.config.stash[_records]
    said = [f"{record.levelname} {record.name}: {record.getMessage()}" for record in kept]
    kept.clear()
    expected = [text for mark in item.iter_markers("logs_warning") for text in mark.args]
    unexpected = [line for line in said if not any(text in line for text in expected)]
    missing = [text for text in expected if not any(text in line for line in said)]
    if unexpected or missing:
        complaints = [f"unexpected: {line}" for line in unexpected] + [
            f"expected, but not logged: {t}" for t in missing
        ]
        pytest.fail("\n".join(complaints), pytrace=False)
