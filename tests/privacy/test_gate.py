"""The gate finds what its audience must not see, wherever it is hidden, and never repeats it."""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import base64
import gzip
import io
import json
import sqlite3
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment

from planner.errors import PrivacyError
from planner.privacy import Secrets, check_page, is_citizen_number, marks_in, released
from planner.privacy.audience import INTERNAL_WORDS, Audience, audience_of
from planner.privacy.marks import folded
from planner.privacy.person import People
from planner.render.map.page import map_page
from tests.plans import make_plan_tables

ID = "110101" + "19900307" + "8515"
PHONE = "138" + "0013" + "8000"
NAME = "欧阳甲乙"
SECRETS = Secrets(
    {
        "a resident's name": frozenset({NAME, "王芳", "anna virtanen"}),
        "an id": frozenset({"jm00017"}),
    }
)
MEETING, PUBLIC, INTERNAL = Audience.MEETING, Audience.PUBLIC, Audience.INTERNAL
HIDDEN = {"id number": ID, "phone": PHONE, "name": NAME, "id": "JM00017"}


def html(body: str = "", head: str = "") -> bytes:
    """Give a page."""
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def packed(text: str) -> str:
    """Give a text as the map packs its data."""
    return base64.b64encode(gzip.compress(text.encode())).decode()


def page_of(book: openpyxl.Workbook) -> Any:
    """Give the first sheet."""
    return book.active


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    """Give a workbook."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(file)
    return file.getvalue()


def bare_deflate(text: str) -> bytes:
    """Give a text deflated without a header."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(text.encode()) + engine.flush()


def database(*statements: tuple[str, tuple[str, ...]]) -> bytes:
    """Give a SQLite file."""
    with closing(sqlite3.connect(":memory:")) as db:
        for sql, values in statements:
            db.execute(sql, values)
        db.commit()
        return db.serialize()


def between_rows(text: str) -> bytes:
    """Give a SQLite file with a text where no row is, as deleted rows leave it."""
    data = bytearray(database(("CREATE TABLE t (a TEXT)", ())))
    at = len(data) - 2000
    data[at : at + len(text.encode())] = text.encode()
    return bytes(data)


def pdf(text: bytes, *, meta: bytes = b"") -> bytes:
    """Give a PDF of one deflated stream."""
    body = zlib.compress(b"BT (" + text + b") Tj ET")
    return (
        b"%PDF-1.4\n1 0 obj << /Title (" + meta + b") >> endobj\n2 0 obj << /Length "
        + str(len(body)).encode() + b" /Filter /FlateDecode >>\nstream\n" + body + b"\nendstream endobj\n%%EOF"
    )  # fmt: skip


def in_places(s: str) -> dict[str, tuple[str, bytes]]:
    """Give files that hold a string, each in another place."""
    cdata = json.dumps({"a": {"b": [[1, 2], s]}})
    latin = s if s.isascii() else "x"
    escaped = "".join(f"\\u{ord(c):04x}" for c in s)
    return {
        "visible text": ("a.html", html(f"<p>x {s} y</p>")),
        "across inline tags": ("a.html", html(f"<p>{s[:2]}<b>{s[2:]}</b></p>")),
        "entities": ("a.html", html("".join(f"&#{ord(c)};" for c in s))),
        "attribute": ("a.html", html(f'<p title="{s}">x</p>')),
        "comment": ("a.html", html(f"<!-- {s} -->")),
        "script": ("a.html", html(f"<script>var a = '{s}';</script>")),
        "style": ("a.html", html(head=f"<style>p::after {{ content: '{s}' }}</style>")),
        "island": ("a.html", html(f'<script type="application/json" id="x">{cdata}</script>')),
        "escaped in an island": ("a.html", html(f'<script type="application/json">{{"a":"{escaped}"}}</script>')),
        "packed island": ("a.html", html(f'<script type="application/json">"{packed(cdata)}"</script>')),
        "packed twice": ("a.html", html(f"<script>f('{packed(json.dumps(packed(cdata + ' ' * 40)))}')</script>")),
        "bare base64": ("a.html", html(f"<script>f('{base64.b64encode((s + ' ' * 40).encode()).decode()}')</script>")),
        "deflate": ("a.html", html(f"<script>f('{base64.b64encode(zlib.compress(s.encode())).decode()}')</script>")),
        "bare deflate": ("a.html", html(f"<script>f('{base64.b64encode(bare_deflate(s + ' ' + 'abc' * 60)).decode()}')</script>")),
        "escapes of a script": ("a.html", html(f"<script>var a = '{escaped}';</script>")),
        "json in json": ("a.json", json.dumps({"a": json.dumps({"b": s})}).encode()),
        "percent signs": ("a.html", html(f'<a href="?q={quote(s)}">x</a>')),
        "pieces of a drawing": ("a.svg.html", html(f"<svg><text>{s[:2]}<tspan>{s[2:]}</tspan></text></svg>")),
        "data address": ("a.html", html(f'<img src="data:text/plain;base64,{base64.b64encode(s.encode()).decode()}">')),
        "frame": ("a.html", html(f'<iframe srcdoc="&lt;html&gt;&lt;p title=&quot;{s}&quot;&gt;"></iframe>')),
        "json value": ("a.json", cdata.encode()),
        "json key": ("a.json", json.dumps({s: 1}).encode()),
        "csv": ("a.csv", f"a,b\r\n1,{s}\r\n".encode("gb18030")),
        "markdown": ("a.md", f"| a | {s} |\n".encode()),
        "svg": ("a.svg", f"<svg><desc>{s}</desc></svg>".encode()),
        "cell": ("a.xlsx", workbook(lambda b: page_of(b).append([1, s]))),
        "sheet name": ("a.xlsx", workbook(lambda b: b.create_sheet(s))),
        "hidden sheet": ("a.xlsx", workbook(lambda b: setattr(b.create_sheet(s), "sheet_state", "veryHidden"))),
        "cell comment": ("a.xlsx", workbook(lambda b: setattr(page_of(b)["A1"], "comment", Comment(s, "x")))),
        "author": ("a.xlsx", workbook(lambda b: setattr(b.properties, "creator", s))),
        "table row": ("a.gpkg", database(("CREATE TABLE t (a TEXT)", ()), ("INSERT INTO t VALUES (?)", (s,)))),
        "between the rows": ("a.gpkg", between_rows(s)),
        "column name": ("a.gpkg", database((f'CREATE TABLE t ("{s}" TEXT)', ()))),
        "pdf": ("a.pdf", pdf(latin.encode(), meta=b"\xfe\xff" + s.encode("utf-16-be").replace(b"(", b""))),
    }  # fmt: skip


@pytest.mark.parametrize("place", in_places("x"))
@pytest.mark.parametrize("what", HIDDEN)
def test_nothing_hides(what: str, place: str) -> None:
    """An id number, a phone, a name, an id: found in each place of each kind of file, never repeated."""
    name, data = in_places(HIDDEN[what])[place]
    for audience in (MEETING, PUBLIC):
        with pytest.raises(PrivacyError) as caught:
            released(data, name, audience, SECRETS)
        assert HIDDEN[what] not in str(caught.value)
        assert caught.value.exit_code == 5
        assert "a." in caught.value.message


@pytest.mark.parametrize("place", in_places("x"))
def test_what_is_harmless_passes(place: str) -> None:
    """The same files with a harmless text are released, unchanged."""
    name, data = in_places("八公山区 3 zones")[place]
    assert released(data, name, MEETING, SECRETS) == data
    assert released(data, name, PUBLIC, SECRETS) == data


@pytest.mark.parametrize(
    "text",
    [
        "１３８００１３８０００", "+86 138 0013 8000", "138-0013-8000", "0554-6601234", "(0554)6601234", "电话：6601234",
        "手机号码13800138000转", "138\u200b00138000", f"号{ID}", ID[:6] + " " + ID[6:14] + " " + ID[14:],
        "幸福小区3栋2单元502室", "3-2-502", "Room 502", "2单元0502", "新村路5号 独居老人", "3栋低保户", "lives alone, Elm Road 5",
    ],
)  # fmt: skip
def test_forms_that_give_a_person_away(text: str) -> None:
    """Phones however written, id numbers, rooms, care flags at a door."""
    assert list(marks_in(folded(text), spoken=True))


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-18", "138001380001", "0.13800138000", ID[:-1] + "0", "关爱独居老人方案", "新村路5号 残疾人联合会",
        "1,380,013 m", "办公室3个", "3栋1单元", "1单元 125 户", "75-250", "1+5+15", "a" * 20 + "13800138000" + "b" * 33,
        "5室", "128号房管局", "人民路101室内馆", "留守营村3号", "117.020000, 32.620000", "M0123", "教室", "Mannerheimintie 12",
    ],
)  # fmt: skip
def test_forms_that_do_not(text: str) -> None:
    """Dates, sums, digests, offices of care, stairwells."""
    assert not list(marks_in(folded(text), spoken=True))


def test_an_allowed_phone_passes() -> None:
    """The office phone of a centre may stand on a public map, another number may not."""
    secrets = Secrets({}, phones=frozenset({"05546601234"}))
    assert released(html("0554-6601234"), "a.html", PUBLIC, secrets)
    with pytest.raises(PrivacyError):
        released(html("0554-6601235"), "a.html", PUBLIC, secrets)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("王芳", True), ("x 王芳。", True), ("王芳街", False), ("新王芳", False), ("户主欧阳甲乙家", True), ("JM00017", True),
        ("户JM00017张", True), ("JM000171", False), ("AJM00017", False), ("Anna Virtanen", True), ("Anna Virtanens", False),
    ],
)  # fmt: skip
def test_where_a_secret_counts(text: str, found: bool) -> None:
    """Latin words as wholes, Chinese names of two characters apart, longer ones anywhere."""
    assert bool(SECRETS.found_in(text)) == found


@pytest.mark.parametrize("text", ["欧 阳 甲 乙", "户主　欧阳　甲乙", "| 王　芳 |"])
def test_blanks_inside_a_name(text: str) -> None:
    """Names are found that are spread to the width of a column."""
    with pytest.raises(PrivacyError, match="name"):
        released(text.encode(), "a.md", MEETING, SECRETS)
    assert released("社区 王 府".encode(), "a.md", MEETING, SECRETS)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("赵钱孙李周吴郑王ab01", min_size=3, max_size=9), min_size=1, max_size=30),
    st.text("赵钱孙李周吴郑王ab01 ,.", max_size=300),
)
def test_the_search_agrees_with_a_plain_one(secrets: list[str], text: str) -> None:
    """Each place at which a secret stands by itself is found, and no other."""

    def apart(at: int, word: str) -> bool:
        before, after = text[at - 1 : at] if at else "", text[at + len(word) : at + len(word) + 1]
        latin = "ab01"
        return not (
            (word[0] in latin and before and before in latin)
            or (word[-1] in latin and after and after in latin)
        )

    known = {s for s in secrets if s}
    plain = {
        (at, s) for s in known for at in range(len(text)) if text.startswith(s, at) and apart(at, s)
    }
    found = Secrets({"x": frozenset(known)}).found_in(text)
    assert sorted(at for _, at in found) == sorted(at for at, _ in plain)


def test_an_internal_file_must_say_so() -> None:
    """Without its watermark not even the office gets it; with it, residents may be in it."""
    with pytest.raises(PrivacyError, match="does not say so"):
        released(html(NAME), "a.html", INTERNAL, SECRETS)
    assert released(html(NAME + INTERNAL_WORDS), "a.html", INTERNAL, SECRETS)


def test_what_cannot_be_read_is_refused() -> None:
    """A file that is damaged, locked or packed without end is no file that passed."""
    whole = workbook(lambda b: None)
    nested = packed("x" * 60)
    for _ in range(12):
        nested = packed(json.dumps(nested))
    locked = b"%PDF-1.4 trailer << /Encrypt 3 0 R >>"
    for name, data in (
        ("a.xlsx", whole[: len(whole) // 2]),
        ("a.gpkg", b"SQLite format 3\x00" + b"\x01" * 4000),
        ("a.html", html(f'<script type="application/json">"{nested}"</script>')),
        ("a.pdf", locked),
    ):
        with pytest.raises(PrivacyError, match="not released"):
            released(data, name, MEETING)


def test_a_bomb_does_not_go_off() -> None:
    """What inflates beyond reason is refused before it is inflated."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for i in range(5):
            book.writestr(f"{i}.xml", b"<a>" + b" " * 90_000_000)
    start = time.process_time()
    with pytest.raises(PrivacyError, match="too large"):
        released(file.getvalue(), "a.xlsx", MEETING)
    assert time.process_time() - start < 2


def test_a_row_of_a_workbook_is_read_as_one() -> None:
    """A care word in one cell and a door in another are a care flag at a door."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["新村路5号", "独居"])
    with pytest.raises(PrivacyError, match="care flag"):
        released(file.getvalue(), "a.xlsx", MEETING)


def test_public_layers_keep_to_the_grid() -> None:
    """A point finer than some twenty metres is not for the public; one on the grid is."""
    fine = {"type": "Point", "coordinates": [117.020013, 32.6200]}
    coarse = {"type": "Point", "coordinates": [117.0200, 32.6202]}
    assert released(json.dumps(coarse).encode(), "a.geojson", PUBLIC)
    assert released(json.dumps(fine).encode(), "a.geojson", MEETING)
    with pytest.raises(PrivacyError, match="finer than the grid"):
        released(json.dumps(fine).encode(), "a.geojson", PUBLIC)


def test_a_page_of_one_audience_is_not_for_another() -> None:
    """A page for a meeting is refused for the public, an internal one for both, each one as what it is."""
    tables = make_plan_tables()
    pages = {audience: map_page(tables, audience=audience).html for audience in Audience}
    for made, page in pages.items():
        for asked in Audience:
            if made is asked:
                assert released(page.encode(), "map.html", asked)
            else:
                with pytest.raises(PrivacyError, match="is not released"):
                    released(page.encode(), "map.html", asked)


def test_thirty_five_thousand_people_take_no_time() -> None:
    """A page of a whole district is held against 35,000 households, names and phones in under 2 s."""
    tables = make_plan_tables(nx=50, ny=40, nc=150)
    html = map_page(tables).html
    names = frozenset(
        f"{a}{b}{c}"
        for a in "赵钱孙李周吴郑王冯陈"
        for b in "芳伟敏静丽强磊洋艳勇军杰娟涛超明"
        for c in "桂英秀兰建华文玉国庆志"
    )
    phones = frozenset(f"139{i:08d}" for i in range(35_000))
    secrets = Secrets.of(tables, People({}, {}, {"a name": names, "a phone": phones}))
    assert len(secrets) > 65_000
    start = time.process_time()
    check_page(html, MEETING, secrets)
    assert time.process_time() - start < 2


def test_names_of_streets_are_no_residents() -> None:
    """A resident who is called like a street does not stop the map; one in a building's label does."""
    tables = make_plan_tables()
    street = next(str(n) for n in tables.base["streets"]["name"] if len(str(n)) > 2)
    assert map_page(tables, people=People({}, {}, {"a name": frozenset({street[:-1]})}))
    label = str(tables.units["label"].iloc[0])
    with pytest.raises(PrivacyError, match=r"a name, 1 time.*units\.label"):
        map_page(tables, people=People({}, {}, {"a name": frozenset({label})}))


def test_words_of_the_page_are_no_residents() -> None:
    """A resident who is called like a word of the product's own scripts does not stop the map."""
    tables = make_plan_tables()
    words = frozenset({"mercator", "documentelement"})
    for audience in Audience:
        assert map_page(tables, audience=audience, people=People({}, {}, {"a name": words}))


def test_a_village_is_no_resident() -> None:
    """A name that stands in the labels of many buildings is that of a place; once or twice, it is a leak."""
    tables = make_plan_tables()
    label = [f"王新庄{i}号" for i in range(len(tables.units))]
    people = People({}, {}, {"a name": frozenset({"王新庄"})})
    assert map_page(replace(tables, units=tables.units.assign(label=label)), people=people)
    label[2:] = tables.units["label"].tolist()[2:]
    with pytest.raises(PrivacyError, match="a name, 2 time"):
        map_page(replace(tables, units=tables.units.assign(label=label)), people=people)


def test_a_page_that_was_changed_is_not_saved(tmp_path: Path) -> None:
    """What passed once and was touched since is held against the gate again when it is written."""
    page = map_page(make_plan_tables())
    spoilt = replace(page, html=page.html.replace('"title":"', f'"title":"{PHONE} ', 1))
    with pytest.raises(PrivacyError):
        spoilt.save(tmp_path / "map.html")
    assert not list(tmp_path.iterdir())


def test_check_digits() -> None:
    """The digit fits, or it is no id number."""
    assert is_citizen_number(ID)
    assert not is_citizen_number(ID[:-1] + "6")


def test_audiences_by_name(tmp_path: Path) -> None:
    """Each has its name, and another name is refused with those that there are."""
    assert [audience_of(str(a)) for a in Audience] == list(Audience)
    with pytest.raises(ValueError, match="no audience"):
        audience_of("everyone")
    assert make_plan_tables().units is not None
    assert not list(tmp_path.iterdir())
