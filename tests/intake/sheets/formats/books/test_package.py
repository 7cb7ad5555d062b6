"""Parts of a package are found in any spelling of their names, and XML is parsed, never guessed at."""

from __future__ import annotations

import io
import zipfile
from xml.parsers import expat

import pytest

from planner.intake.sheets.formats.books.package import Package, local, parse, plain_name
from planner.intake.sheets.formats.books.sparse import WorkbookError
from tests.layouts.books import packed

TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def links(*targets: str) -> bytes:
    """Write references to parts."""
    return (
        "<Relationships>"
        + "".join(
            f"<Relationship Id='r{k}' Type='{TYPES}/officeDocument' Target='{t}'/>"
            for k, t in enumerate(targets)
        )
        + "</Relationships>"
    ).encode()


@pytest.mark.parametrize("name", ["xl/Workbook.xml", "XL\\workbook.XML", "/xl/workbook.xml"])
def test_names_are_compared_in_one_spelling(name: str) -> None:
    """Case and slashes say nothing."""
    assert plain_name(name) == "xl/workbook.xml"
    package = Package(packed({name: b"<a/>"}))
    assert package.has("xl/workbook.xml")
    assert package.read("XL/WORKBOOK.xml") == b"<a/>"
    assert package.main() == "xl/workbook.xml"


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("other/book.xml", "other/book.xml"),
        ("/other/book.xml", "other/book.xml"),
        ("a/../other/book.xml", "other/book.xml"),
        ("other\\Book.xml", "other/book.xml"),
        ("other/b%6Fok.xml", "other/book.xml"),
    ],
)
def test_references_are_followed(target: str, found: str) -> None:
    """Absolute or not, with dots, backslashes or escapes."""
    package = Package(packed({"_rels/.rels": links(target), "other/book.xml": b"<a/>"}))
    assert package.related("") == {"r0": ("officeDocument", found)}
    assert package.main() == found


def test_what_lies_outside_is_no_part() -> None:
    """A missing part is damage; a package without a document has none."""
    package = Package(packed({"a.txt": b"x"}))
    assert package.main() == ""
    assert package.related("a.txt") == {}
    with pytest.raises(WorkbookError, match="damaged"):
        package.read("xl/workbook.xml")


def test_a_locked_member_asks_for_its_password() -> None:
    """The bit that says so is enough."""
    whole = bytearray(packed({"a.xml": b"<a/>"}))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = whole.find(mark)
        whole[at + (6 if mark[2] == 3 else 8)] |= 1
    with pytest.raises(WorkbookError, match="password"):
        Package(bytes(whole)).read("a.xml")


def test_xml_of_any_encoding() -> None:
    """Those of several bytes too, which the parser itself does not know."""
    for encoding in ("utf-8", "utf-16", "gb18030", "big5"):
        texts: list[str] = []
        parse(
            f'<?xml version="1.0" encoding="{encoding}"?><a>社區</a>'.encode(encoding),
            text=texts.append,
        )
        assert "".join(texts) == "社區"
    assert local("http://x}c") == local("c") == "c"


def test_entities_and_broken_xml_are_refused() -> None:
    """A few lines of entities can expand to gigabytes."""
    with pytest.raises(WorkbookError, match="damaged"):
        parse(b'<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>')
    with pytest.raises(expat.ExpatError):
        parse(b"<a><b></a>")
    with pytest.raises(WorkbookError, match="damaged"):
        parse(b'<?xml version="1.0" encoding="klingon"?><a/>')


def test_a_damaged_archive_is_no_package() -> None:
    """Its directory is at its end."""
    whole = packed({"a.xml": b"<a/>" * 100})
    with pytest.raises(zipfile.BadZipFile):
        Package(whole[:-10])
    assert zipfile.is_zipfile(io.BytesIO(whole))
