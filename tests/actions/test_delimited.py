"""Reading delimited text: encodings, delimiters, and what one bad quote may cost."""

import io

import pytest

from ctapp.actions.imports.columns import recognised
from ctapp.actions.imports.company_row import COLUMNS
from ctapp.actions.imports.delimited import MOST_LINES_OF_A_ROW
from ctapp.actions.imports.refusal import Refusal, Unusable
from ctapp.actions.imports.table import Record, Table, open_table


def read(content: bytes | str) -> tuple[Table, list[Record | Refusal]]:
    source = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    with open_table(source, lambda header: recognised(header, COLUMNS)) as table:
        return table, list(table.rows)


def rows(content: bytes | str) -> list[list[str]]:
    found = read(content)[1]
    assert all(isinstance(row, Record) for row in found), found
    return [row.cells for row in found if isinstance(row, Record)]


def refusals(content: bytes | str) -> list[Refusal]:
    return [row for row in read(content)[1] if isinstance(row, Refusal)]


TEXT = "name,city\nCafé Blü,Zürich\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8 with byte order mark"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp1252", "windows-1252"),
    ],
)
def test_the_encoding_is_found(encoding: str, told: str) -> None:
    table, found = read(TEXT.encode(encoding))
    assert table.encoding == told
    assert found == [Record(2, ["Café Blü", "Zürich"])]


def test_windows_1252_is_found_far_into_the_file() -> None:
    plain = "Acme,Reno\n" * 60_000
    assert rows(f"name,city\n{plain}".encode() + "Blü,Köln\n".encode("cp1252"))[-1] == ["Blü", "Köln"]


def test_one_malformed_byte_in_utf_8_costs_its_row_and_garbles_no_other() -> None:
    content = "name,city\nCafé,Reno\n".encode() + b"Bl\xff,Reno\n" + "Zoë,Ely\n".encode()
    table, found = read(content)
    assert table.encoding == "utf-8"
    assert [row.cells[0] for row in found if isinstance(row, Record)] == ["Café", "Zoë"]
    assert refusals(content)[0].line == 3
    assert "not valid in the file's encoding" in refusals(content)[0].reason


@pytest.mark.parametrize(
    ("delimiter", "told"), [(",", "comma"), ("\t", "tab"), (";", "semicolon"), ("|", "vertical bar")]
)
def test_the_delimiter_is_found(delimiter: str, told: str) -> None:
    table, _ = read(f"name{delimiter}state{delimiter}city\nA{delimiter}B{delimiter}C\n")
    assert (table.delimiter, table.header) == (told, ["name", "state", "city"])


def test_the_header_decides_between_delimiters() -> None:
    table, found = read("name;city, state;domain\nAcme, Inc.;Reno, NV;acme.example\n")
    assert table.delimiter == "semicolon"
    assert found == [Record(2, ["Acme, Inc.", "Reno, NV", "acme.example"])]


def test_excels_delimiter_line_is_obeyed() -> None:
    assert rows("sep=;\nname;city\nAcme;Reno\n") == [["Acme", "Reno"]]


def test_in_a_single_column_a_comma_belongs_to_the_name() -> None:
    assert rows("name\nAcme, Inc.\n") == [["Acme, Inc."]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_break_is_understood(end: str) -> None:
    found = read(end.join(["name,city", "Acme,Reno", "", "Zeta,Ely", ""]))[1]
    assert found == [Record(2, ["Acme", "Reno"]), Record(4, ["Zeta", "Ely"])]


def test_quoted_cells_hold_delimiters_quotes_and_line_breaks() -> None:
    assert rows('name,city,note\n"Acme ""A"", Inc.",Reno,"one\ntwo, three"\nZeta,Ely,\n') == [
        ['Acme "A", Inc.', "Reno", "one\ntwo, three"],
        ["Zeta", "Ely", ""],
    ]


def test_an_unclosed_quote_costs_its_own_row() -> None:
    found = read('name,city\nAcme,Reno\n"Lost,Elko\nZeta,Ely\nEta,Ely\n')[1]
    assert [row.line for row in found if isinstance(row, Refusal)] == [3]
    assert [row.cells[0] for row in found if isinstance(row, Record)] == ["Acme", "Zeta", "Eta"]
    assert "a quote is opened here and never closed" in refusals('name,city\n"Lost,Elko\nZeta,Ely\n')[0].reason


def test_an_unclosed_quote_does_not_pair_with_the_quotes_of_later_rows() -> None:
    text = 'name,city\n"Lost,Elko\nZeta,Ely\n"Eta, Inc.",Ely\nTheta,Ely\n'
    assert [row.line for row in refusals(text)] == [2]
    assert [row.cells[0] for row in read(text)[1] if isinstance(row, Record)] == ["Zeta", "Eta, Inc.", "Theta"]


def test_rows_swallowed_by_a_lost_quote_are_told_and_nothing_is_made_of_them() -> None:
    text = 'id,name,city\n1,"Lost,Elko\n2,Pipe 5",Ely\n3,Zeta,Ely\n'
    found = read(text)[1]
    assert found[1:] == [Record(4, ["3", "Zeta", "Ely"])]
    assert "over what look like rows; lines to 3 left out" in refusals(text)[0].reason


def test_the_tail_of_a_lost_quote_is_no_row() -> None:
    text = 'id,name,city\n1,"he said "yes" twice\nend",Ely\n2,Zeta,Ely\n'
    assert [row.line for row in refusals(text)] == [2, 3]
    assert [row.cells[0] for row in read(text)[1] if isinstance(row, Record)] == ["2"]


def test_a_quote_may_run_over_many_lines_but_not_over_all() -> None:
    fits = "\n" * (MOST_LINES_OF_A_ROW - 1)
    assert len(rows(f'name,note\nAcme,"{fits}"\nZeta,\n')) == 2
    too_many = "\n" * (MOST_LINES_OF_A_ROW + 2)
    assert refusals(f'name,note\nAcme,"{too_many}end"\nZeta,\n')[0].line == 2


def test_a_quote_in_the_middle_of_a_quoted_cell_is_told() -> None:
    assert "double it" in refusals('name,city\n"Acme" Inc,Reno\nZeta,Ely\n')[0].reason


def test_fewer_cells_are_blank_and_more_are_refused() -> None:
    found = read("name,city,state\nAcme\nZeta,Ely,NV,x\nEta,Ely,NV,,\n")[1]
    assert found[0] == Record(2, ["Acme"])
    assert isinstance(found[1], Refusal)
    assert found[1].reason == "the row has 4 cells where the header has 3"
    assert found[2] == Record(4, ["Eta", "Ely", "NV"])


def test_ten_thousand_columns_are_one_refusal() -> None:
    found = refusals("name,city\n" + "x," * 9_999 + "x\nAcme,Reno\n")
    assert [row.reason for row in found] == ["the row has 10,000 cells where the header has 2"]


def test_a_header_of_ten_thousand_columns_is_unusable() -> None:
    with pytest.raises(Unusable, match="10,000 columns"):
        read("name," + "x," * 9_998 + "x\nAcme\n")


def test_an_endless_line_is_one_refusal() -> None:
    found = read("name,city\nAcme,Reno\n" + "x" * 3_000_000 + "\nZeta,Ely\n")[1]
    assert [row.line for row in found] == [2, 3, 4]
    assert isinstance(found[1], Refusal)
    assert "longer than" in found[1].reason


@pytest.mark.parametrize(
    ("character", "told"), [("\0", "a NUL byte"), ("\x1b", "U+001B"), ("\x7f", "U+007F"), ("\x9b", "U+009B")]
)
def test_control_characters_name_their_column(character: str, told: str) -> None:
    (refusal,) = refusals(f"name,city\nAcme,Re{character}no\nZeta,Ely\n")
    assert (refusal.line, refusal.column) == (2, "city")
    assert told in refusal.reason
    assert character not in refusal.sentence("f.csv")


def test_rows_of_nothing_are_no_rows() -> None:
    assert rows('name,city\n\n,\n ,\t\n"",""\n,,,,,\nAcme,Reno\n') == [["Acme", "Reno"]]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "blank lines only"),
        (b"\x1f\x8b\x08\x00abc", "gzip"),
        (b"%PDF-1.7\n", "PDF"),
        (b'"name,city\n' + b"x\n" * 50, "never closed"),
        (b"PK\x03\x04 and no more", "workbook"),
    ],
)
def test_what_is_no_table_is_unusable(content: bytes, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        read(content)


def test_a_pipe_is_read_too() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with open_table(Pipe(b"name\nAcme\n"), lambda header: 1) as table:
        assert list(table.rows) == [Record(2, ["Acme"])]


def test_the_stream_stays_open() -> None:
    stream = io.BytesIO(b"name\nAcme\n")
    with open_table(stream, lambda header: 1) as table:
        list(table.rows)
    assert not stream.closed
