"""CSV: numbered contact columns, and no good row lost to a bad one."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.importing.csv_file import MOST_LINES, CsvFile
from services.importing.lines import MAX_LINE_BYTES
from services.importing.record import Bad, NotImportable, Raw

HEADER = "customer_number,name,email,email_verified_at,phone,phone_2,phone_2_sim_swap,totp_secret\n"
FULL = "RC0418227,Amara Okafor,amara@postbox.example,2025-04-01,07700 900471,+447700900472,no,JBSWY3DP\n"


def rows(folder: Path, content: str | bytes, *ignore: str) -> list[Raw | Bad]:
    """What a file with this content gives."""
    path = folder / "accounts.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    source = CsvFile(path, ignore)
    found = list(source.rows())
    assert source.position == source.size == path.stat().st_size
    return found


def refusal(folder: Path, content: str | bytes, *ignore: str) -> str:
    """Why a file with this content cannot be imported."""
    with pytest.raises(NotImportable) as refused:
        rows(folder, content, *ignore)
    return str(refused.value)


def test_columns_become_fields_and_numbered_contacts(tmp_path: Path) -> None:
    assert rows(tmp_path, HEADER + FULL) == [
        Raw(
            2,
            {
                "customer_number": "RC0418227",
                "name": "Amara Okafor",
                "contacts": [
                    {"kind": "email", "value": "amara@postbox.example", "verified_at": "2025-04-01"},
                    {"kind": "phone", "value": "07700 900471"},
                    {"kind": "phone", "value": "+447700900472", "sim_swap": "no"},
                ],
                "authenticators": [{"kind": "totp", "secret": "JBSWY3DP"}],
            },
        )
    ]


def test_empty_cells_are_no_contacts_and_no_authenticator(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, HEADER + "RC1,A,,,,,,\n")
    assert isinstance(row, Raw)
    assert row.fields == {"customer_number": "RC1", "name": "A", "contacts": [], "authenticators": []}


def test_what_the_file_has_no_columns_for_is_not_said(tmp_path: Path) -> None:
    """An update leaves it as it is."""
    (row,) = rows(tmp_path, "customer_number,name\nRC1,A\n")
    assert isinstance(row, Raw)
    assert row.fields == {"customer_number": "RC1", "name": "A"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_shows_what_separates_cells(tmp_path: Path, delimiter: str) -> None:
    text = f'\ufeffCustomer_Number{delimiter} name \r\nRC1{delimiter}"A{delimiter}B ""C"""\r\n\r\n'
    (row,) = rows(tmp_path, text)
    assert isinstance(row, Raw)
    assert row.fields == {"customer_number": "RC1", "name": f'A{delimiter}B "C"'}


def test_bad_rows_are_named_by_line_and_good_ones_go_on(tmp_path: Path) -> None:
    content = (
        b"customer_number,name\n"
        b"RC1,A\n"
        b"RC2\n"
        b"RC3,A,B\n"
        b"\n"
        b"RC4,\xff\n"
        b'RC5,"A"B\n'
        b'RC6,"never closed\n'
        b"RC7,A\n" + b"R" * (MAX_LINE_BYTES + 10) + b"\nRC8,A"
    )
    found = rows(tmp_path, content)
    assert [row.place for row in found if isinstance(row, Raw)] == [2, 9, 11]
    assert [(row.place, row.reason) for row in found if isinstance(row, Bad)] == [
        (3, "it has 1 cells, and the header names 2 columns."),
        (4, "it has 3 cells, and the header names 2 columns."),
        (6, "the line is not UTF-8."),
        (7, "its quotes do not match."),
        (8, "its quotes do not match."),
        (10, f"the line is longer than {MAX_LINE_BYTES} bytes."),
    ]


def test_two_open_quotes_do_not_swallow_what_lies_between(tmp_path: Path) -> None:
    content = 'customer_number,name\nRC1,"A\nRC2,B\nRC3,C"\nRC4,D\n'
    found = rows(tmp_path, content)
    assert [row.place for row in found if isinstance(row, Raw)] == [3, 5]
    assert [row.place for row in found if isinstance(row, Bad)] == [2, 4]


def test_an_ignored_column_may_hold_line_ends(tmp_path: Path) -> None:
    content = 'customer_number,notes,name\nRC1,"called\ntwice, ""urgent""\n",A\nRC2,,B\n'
    found = rows(tmp_path, content, "notes")
    assert [(row.place, row.fields["name"]) for row in found if isinstance(row, Raw)] == [(2, "A"), (5, "B")]


def test_a_quote_is_followed_for_some_lines_only(tmp_path: Path) -> None:
    content = 'customer_number,notes,name\nRC1,"' + "\n" * MOST_LINES + '",A\nRC2,,B\n'
    found = rows(tmp_path, content, "notes")
    assert isinstance(found[0], Bad)
    assert [row.fields["name"] for row in found if isinstance(row, Raw)] == ["B"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty."),
        (b"\xff\xfec\x00", "is UTF-16; save it as UTF-8."),
        (b"\xff\n", "does not name columns."),
        (b"customer_number,name,shoe_size\n", "These columns are not known: shoe_size; see docs/import.md"),
        (b"customer_number,name,email_0\n", "These columns are not known: email_0;"),
        (b"name,email\n", "These columns are missing: customer_number."),
        (
            b"customer_number,name,email,Email\n",
            "These columns stand there twice: email; number them, such as email_2.",
        ),
        (b"customer_number,name,email,email_1\n", "These columns stand there twice: email, email_1;"),
        (b'{"customer_number": 1}\n', "These columns are not known:"),
    ],
)
def test_what_is_no_such_file_is_said_in_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert sentence in refusal(tmp_path, content)


def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotImportable, match=r"cannot be read: No such file"):
        CsvFile(tmp_path / "nowhere.csv")
    with pytest.raises(NotImportable, match=r"cannot be read: Is a directory"):
        CsvFile(tmp_path)


cells = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12)
garbage = st.text(st.sampled_from('",;a1 \t'), min_size=1, max_size=12).filter(lambda text: text.strip())


@given(st.lists(st.tuples(st.booleans(), cells, garbage), max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_between_them_every_good_row_comes_once(
    tmp_path: Path, lines: list[tuple[bool, str, str]]
) -> None:
    """Good rows are written as any CSV writer writes them; between them stands what nobody would."""
    written = io.StringIO()
    written.write("customer_number,name\n")
    wanted = []
    for number, (is_good, cell, rubbish) in enumerate(lines, 2):
        if is_good:
            csv.writer(written, lineterminator="\n").writerow([f"RC{number}", cell])
            wanted.append((number, f"RC{number}", cell))
        else:
            written.write(rubbish + "\n")
    found = [row for row in rows(tmp_path, written.getvalue()) if isinstance(row, Raw)]
    got = [(row.place, row.fields["customer_number"], row.fields["name"]) for row in found]
    assert [row for row in got if row[1].startswith("RC")] == wanted
