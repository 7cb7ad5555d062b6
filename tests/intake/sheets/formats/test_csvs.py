"""Delimited text: the encoding and the separator are found, or a message names the row."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import SheetError
from planner.intake.sheets.formats.charset import decode
from planner.intake.sheets.formats.csvs import read_csv

TEXT = "编号,地址\n1,幸福路1号\n2,和平路2号\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-16"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        ("id,address\n1,Main Street 1\n".encode("utf-16-le"), "utf-16-le"),
        ("id,address\n1,Main Street 1\n".encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("gb18030"), "gb18030"),
        (b"id,name\n1,x\n", "utf-8"),
    ],
)
def test_the_encoding_is_found(data: bytes, encoding: str) -> None:
    """By the mark, by zeros, by strict UTF-8, else GB18030; the text is the same."""
    text, found = decode(data, "a.csv")
    assert found == encoding
    assert text.splitlines()[0] in ("编号,地址", "id,address", "id,name")


def test_a_named_encoding_wins_and_an_unknown_one_is_refused() -> None:
    """Who names an encoding is believed; the row where it fails is named."""
    assert decode(TEXT.encode("big5", "ignore"), "a.csv", "big5")[1] == "big5"
    with pytest.raises(SheetError, match="no encoding 'utf-9'"):
        decode(b"x", "a.csv", "utf-9")
    with pytest.raises(SheetError, match="row 2: the bytes are not ascii"):
        decode("id\n幸\n".encode(), "a.csv", "ascii")


def test_a_file_cut_in_a_character_is_damaged() -> None:
    """Half a character at the end is no other encoding."""
    with pytest.raises(SheetError, match="row 3: the file is damaged or incomplete"):
        decode(TEXT.encode()[:-6], "a.csv")


def test_two_encodings_name_row_and_byte() -> None:
    """Either reading would garble half of it."""
    mixed = TEXT.encode() + "3,x解放路\n".encode("gb18030")
    with pytest.raises(SheetError, match="row 4, byte 4 of the row"):
        decode(mixed, "a.csv")


CELL = st.text(st.characters(codec="gb18030", exclude_characters="\x00\r\ufeff"), max_size=8)


@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    separator=st.sampled_from([",", ";", "\t", "|"]),
)
@settings(deadline=None)
def test_what_was_written_is_read(rows: list[list[str]], encoding: str, separator: str) -> None:
    """Quoted cells of any text come back, whatever the encoding and separator."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([["编号", "地址", "社区"], *rows])
    read = read_csv(out.getvalue().encode(encoding), "a.csv", encoding.removesuffix("-sig"))
    assert read.rows[1:] == rows


@pytest.mark.parametrize(
    ("text", "separator"),
    [("a;b\n1,5;2\n", "semicolon"), ("a\tb\n1\t2\n", "tab"), ("a|b\n1|2\n", "bar"),
     ("编号\uff0c地址\n1\uff0c甲\n", "full-width comma"), ("a\n1\n", "comma"), ('a,b\n"1;2;3",4\n', "comma")],
)  # fmt: skip
def test_the_separator_is_found(text: str, separator: str) -> None:
    """The one that cuts most lines alike; what is not the comma is told."""
    read = read_csv(text.encode(), "a.csv")
    assert read.separator == separator
    assert [f.code for f in read.findings] == ([] if separator == "comma" else ["separator"])


def test_a_quote_that_never_closes_is_named_by_its_row() -> None:
    """The rest of the file would be one cell."""
    with pytest.raises(SheetError, match="row 3: a quotation mark opens here"):
        read_csv(b'a,b\n1,2\n3,"4\n5,6\n7,8\n', "a.csv")


def test_a_file_that_ends_in_the_middle_of_a_row() -> None:
    """Only where the last of many rows is short; a footer and a whole file are no damage."""
    rows = "a,b,c\n" + "1,2,3\n" * 5
    with pytest.raises(SheetError, match="ends in the middle of a row"):
        read_csv((rows + "4,5").encode(), "a.csv")
    for end in ("4,5,6", "合计,6", "4,5\n", ""):
        assert read_csv((rows + end).encode(), "a.csv").rows
