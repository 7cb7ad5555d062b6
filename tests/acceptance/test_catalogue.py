"""Every entry of the catalogue of bad inputs that concerns sheets: class, code, place, counts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from planner.api.check.check import CheckReport, check
from planner.demand.ground import Ground
from planner.errors import Severity
from planner.network.streets.osm import read_extract
from tests.acceptance import corpus_files, corpus_values
from tests.acceptance.corpus import CASES, Case, World
from tests.town.town import build_town, street_plan, town_lon_lat

assert corpus_files
assert corpus_values
SECRETS = (
    "合成居民",
    "110101199003078515",
    "11010119900307851",
    "110101900307851",
    "2024年1月1日",
    "13800000000",
    "138-0000-0000",
    "5600000",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The made-up town: its ground, its buildings' addresses and places."""
    town = build_town()
    path = tmp_path_factory.mktemp("town") / "town.osm"
    path.write_text(street_plan(town), "utf-8")
    doors = [
        (f"{block.name}{b.number}栋", (b.x, b.y))
        for block in town.blocks
        if block.name
        for b in block.buildings
    ]
    places = town_lon_lat(np.array([at for _, at in doors]))
    order = np.random.default_rng(1).permutation(len(doors))
    order = np.concatenate([[0], order[order != 0]])
    return World(
        Ground.from_extract(read_extract(path)), [doors[i][0] for i in order], places[order]
    )


def run(one: Case, folder: Path, world: World) -> tuple[CheckReport, list[Path]]:
    """Build the files of a case and check them."""
    files = one.make(folder, world if one.world else None)
    return check(files, ground=world.ground if one.world else None, datum=one.datum), files


@pytest.mark.parametrize("one", CASES, ids=[c.name for c in CASES])
def test_catalogue(one: Case, tmp_path: Path, world: World) -> None:
    """The right class, code, place and counts; no personal value in any message; the same twice."""
    report, files = run(one, tmp_path, world)
    said = [f for f in report.findings if f.code == one.code] if one.code else list(report.findings)
    text = str(report)
    assert report.exit_code == (2 if one.klass == "stop" else 0), text
    if one.klass == "ok":
        assert {f.severity for f in report.findings} <= {Severity.WARN, Severity.FIX}, text
        assert not {f.code for f in report.findings} - {"columns-unread", one.code}, text
    else:
        said = [f for f in said if f.severity.value == one.klass]
        assert said, text
        _stands(one, said, text)
    counts = report.counts
    assert counts["rows"] == counts["placed"] + counts["held"] + counts["repeated"]
    for name in ("rows", "held"):
        if getattr(one, name) is not None:
            assert counts[name] == getattr(one, name), text
    took = {pair for f in report.files for pair in f.columns}
    assert set(one.took) <= took, text
    assert all(word in text for word in one.words), text
    for f in report.findings:
        assert f.what, f
        assert f.what_zh, f
        assert f.remedy, f
        assert f.remedy_zh, f
        assert not any(s in str(f) + f.what_zh + f.remedy_zh for s in SECRETS), f
    again = check(files, ground=world.ground if one.world else None, datum=one.datum)
    assert again.findings == report.findings
    assert again.figures() == report.figures()


def _stands(one: Case, said: list, text: str) -> None:
    if one.count is not None:
        assert len(said) == one.count, text
    if one.row is not None:
        assert one.row in {f.row for f in said}, text
    if one.column is not None:
        assert {f.column for f in said} == {one.column}, text
    if one.sheet is not None:
        assert {f.sheet for f in said} == {one.sheet}, text
    assert all(f.file for f in said), text


COPIES = [
    c
    for c in CASES
    if c.tags or c.name[:3] in ("001", "011", "016", "017", "025", "034", "063", "096")
]


@pytest.mark.parametrize("one", COPIES, ids=[c.name for c in COPIES])
def test_marked_copies(one: Case, tmp_path: Path, world: World) -> None:
    """H-FORMULA, H-PATH: copies hold no formula and no outside link; nothing is written elsewhere."""
    source = tmp_path / "in"
    source.mkdir()
    report, files = run(one, source, world)
    before = {p: p.read_bytes() for p in files if p.is_file()}
    written = report.save(tmp_path / "out")
    assert {p.read_bytes() == data for p, data in before.items()} == {True}
    inside = {p for p in tmp_path.rglob("*") if p.is_file()} - set(before)
    assert inside == set(written.values())
    for path in (p for name, p in written.items() if name.endswith(".xlsx")):
        book = openpyxl.load_workbook(path)
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", (sheet.title, cell.coordinate)
                    assert cell.hyperlink is None or cell.hyperlink.target is None
                    assert cell.comment is None or not any(s in cell.comment.text for s in SECRETS)
    figures = json.loads(written["check.json"].read_text("utf-8"))
    assert figures["counts"] == report.counts


SHUFFLED = (
    "033",
    "034-C-ID-DUP2-",
    "035",
    "038",
    "039-C-NUM-NEG-",
    "045",
    "060-E-GCJ-csv",
    "063",
    "064",
)
MOVED = [c for c in CASES if c.name.endswith("-csv") and c.name.startswith(SHUFFLED)]


@pytest.mark.parametrize("one", MOVED, ids=[c.name for c in MOVED])
def test_order_of_rows_is_no_matter(one: Case, tmp_path: Path, world: World) -> None:
    """The same rows in another order give the same findings, each with its row's new number."""
    report, (path,) = run(one, tmp_path, world)
    head, *rows = path.read_bytes().splitlines(keepends=True)
    order = np.random.default_rng(3).permutation(len(rows))
    path.write_bytes(head + b"".join(rows[i] for i in order))
    again = check(path, ground=world.ground if one.world else None, datum=one.datum)
    assert again.counts == report.counts
    assert sorted((f.code, f.column) for f in again.findings) == sorted(
        (f.code, f.column) for f in report.findings
    )


def test_all_files_are_reported_together(tmp_path: Path) -> None:
    """Faults of several files, and several faults of one, come in one report, the gravest first."""
    homes = tmp_path / "homes.csv"
    homes.write_text(
        "编号,家庭住址,现居住地址,经度,纬度\n" + "1,甲路1号,乙路1号,39500123,3601055\n" * 3, "utf-8"
    )
    people = tmp_path / "people.csv"
    people.write_text("编号,地址,是否中心户\n1,甲路1号,也许\n1,乙路1号,是\n", "utf-8")
    report = check([homes, tmp_path / "none.csv"], members=people)
    codes = {(f.file, f.code) for f in report.findings if f.severity is Severity.STOP}
    assert codes == {
        ("homes.csv", "ambiguous-header"), ("homes.csv", "metres"), ("none.csv", "missing-file"),
        ("people.csv", "unclear-flag"), ("people.csv", "duplicate-id"),
    }  # fmt: skip
    assert str(report).splitlines()[3 + 1].startswith("[stop")


REAL = [c for c in CASES if c.name in (
    "005-A-ENC-MIX", "008-A-XLS-PWD", "011-A-XLS-SPARSE", "061-E-PROJ-csv", "095-H-BOMB",
)]  # fmt: skip


def test_in_a_process_of_its_own(tmp_path: Path) -> None:
    """A fresh interpreter, handed one after the other, tells each code without a traceback or an abort."""
    given = []
    for one in REAL:
        (folder := tmp_path / one.name).mkdir()
        given.append([str(folder / "out"), list(map(str, one.make(folder, None)))])
    code = (
        "import json, sys, planner\n"
        "for out, files in json.loads(sys.argv[1]):\n"
        "    r = planner.check(files)\n"
        "    r.save(out)\n"
        "    print(r, flush=True)\n"
        "    print('code', r.exit_code, flush=True)\n"
    )
    command = [sys.executable, "-c", code, json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    *told, rest = re.split(r"^code (\d)$", done.stdout, flags=re.MULTILINE)
    assert not rest.strip()
    assert told[1::2] == ["2" if one.klass == "stop" else "0" for one in REAL]
    for text, (_, files) in zip(told[::2], given, strict=True):
        assert Path(files[0]).name in text
