"""A review asks once, remembers, and is honoured by the next plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

import planner
from planner.demand.ground import read_ground
from planner.errors import InputError, SchemaError
from planner.intake.coordinates.datum import convert
from planner.intake.gazetteer.accepted import read_accepted
from planner.intake.residents import read_households, read_residents
from planner.model.project import Project
from planner.model.schema import HOUSEHOLDS
from planner.render.books.review_book import CHOICE, REVIEW_SHEET, RULES_SHEET

WEST, SOUTH, STEP = 116.80, 32.60, 0.0009  # about 85 m by 100 m
HEADER = "编号,地址,社区,是否中心户"


def _town(folder: Path) -> None:
    """Write a town of two roads that share the name 人民路, 8 blocks apart, and a road 和平路 between."""
    nodes, ways, tags = [], [], []
    count = 0

    def node(x: int, y: int, **of: str) -> int:
        nonlocal count
        count += 1
        said = "".join(f'<tag k="{k.replace("_", ":")}" v="{v}"/>' for k, v in of.items())
        nodes.append(
            f'<node id="{count}" lon="{WEST + x * STEP:.6f}" lat="{SOUTH + y * STEP:.6f}">{said}</node>'
        )
        return count

    grid = {(x, y): node(x, y) for y in (0, 4, 8) for x in range(9)}
    for way, (y, name) in enumerate({0: "人民路", 4: "和平路", 8: "人民路"}.items(), 1):
        refs = "".join(f'<nd ref="{grid[x, y]}"/>' for x in range(9))
        ways.append(
            f'<way id="{way}">{refs}<tag k="highway" v="residential"/><tag k="name" v="{name}"/></way>'
        )
    for way, x in enumerate((0, 4, 8), 10):
        refs = "".join(f'<nd ref="{grid[x, y]}"/>' for y in (0, 4, 8))
        ways.append(f'<way id="{way}">{refs}<tag k="highway" v="residential"/></way>')
    for x in range(1, 8):
        for y, name in ((0, "人民路"), (4, "和平路"), (8, "人民路")):
            node(x, y, addr_street=name, addr_housenumber=str(10 + x))
    node(4, 4, place="town", name="八公山镇")
    body = "".join(nodes + ways + tags)
    (folder / "town.osm").write_text(f'<osm version="0.6">{body}</osm>', "utf-8")


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """Three homes at an ambiguous address, others sure, one of another town, two members."""
    _town(tmp_path)
    rows = [f"H{i},和平路{11 + i % 7}号{i}室,," for i in range(20)]
    rows += [f"A{i},人民路13号2单元{i}01室,," for i in range(3)]
    rows += ["B1,大通镇和平路12号,,"]
    (tmp_path / "homes.csv").write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    people = ["M1,和平路12号,,是", "M2,和平路16号,,是", "M3,和平路14号,,否"]
    (tmp_path / "members.csv").write_text("\n".join([HEADER, *people]) + "\n", "utf-8")
    names = {"households": "homes.csv", "members": "members.csv", "streets": "town.osm"}
    lines = ["[inputs]", *(f'{k} = "{v}"' for k, v in names.items()), "[search]", "seconds = 5"]
    project = "\n".join(lines)
    (tmp_path / "planner.toml").write_text(project, "utf-8")
    return tmp_path / "planner.toml"


def choose(path: Path, choices: dict[str, Any], out: Path | None = None) -> Path:
    """Fill the column of choices in, by address."""
    book = openpyxl.load_workbook(path)
    sheet = book[REVIEW_SHEET]
    head = [c.value for c in sheet[1]]
    row: Any
    for row in sheet.iter_rows(min_row=2):
        text = row[head.index("地址 address")].value
        if text in choices:
            row[head.index(CHOICE)].value = choices[text]
    book.save(out or path)
    return out or path


def test_open_addresses_are_collected_once(office: Path) -> None:
    """One line an address, however many homes; candidates with their distance apart; no rooms."""
    found = planner.review(office)
    by_text = {line.text: line for line in found.lines}
    assert list(by_text) == ["人民路13号", "大通镇和平路12号"]
    line = by_text["人民路13号"]
    assert line.homes == 3
    assert line.rows == "homes.csv 22, 23, 24"
    assert [round(o.apart_m, -2) for o in line.options] == [0, 800]
    assert "another place" in by_text["大通镇和平路12号"].cause
    assert len(by_text["大通镇和平路12号"].options) == 1
    assert found.table().shape[0] == 2
    assert "<table" in found._repr_html_()


def test_answers_are_honoured_by_the_next_plan(office: Path) -> None:
    """Before, three homes are gaps; chosen once, they lie where the review put them, in every later run."""
    project = Project.read(office)
    before = planner.run(project)
    assert set(before.gaps["household_id"]) >= {"A0", "A1", "A2", "B1"}
    found = planner.review(project)
    path = choose(
        found.save(office.parent / "review.xlsx"), {"人民路13号": 2, "大通镇和平路12号": "无"}
    )
    done = found.accept(path)
    assert (done.accepted, done.left, done.known) == (2, 0, 2)
    after = planner.run(project)
    homes = after.households.set_index("household_id")
    want = next(line for line in found.lines if line.text == "人民路13号").options[1]
    for home in ("A0", "A1", "A2"):
        at = homes.loc[home]
        assert (at.geometry.x, at.geometry.y) == pytest.approx((want.lon, want.lat), abs=1e-6)
        assert str(at["precision"]) == want.precision
    lost = after.gaps[after.gaps["cause"] == "address_not_found"]
    assert set(lost["household_id"]) == {"B1"}
    again = planner.review(office)
    assert again.lines == ()
    assert "A0" not in (office.parent / "accepted.csv").read_text("utf-8-sig")


def test_a_typed_place_and_a_changed_mind(office: Path) -> None:
    """lon,lat is taken as it stands; a later, different answer counts and is told."""
    found = planner.review(office)
    path = found.save(office.parent / "r.xlsx")
    found.accept(choose(path, {"人民路13号": "116.803,32.602"}, office.parent / "one.xlsx"))
    done = found.accept(choose(path, {"人民路13号": "1"}, office.parent / "two.xlsx"))
    assert [f.code for f in done.findings] == ["review-changed"]
    assert done.left == 1
    assert len(planner.review(office).lines) == 1


@pytest.mark.parametrize("choice", ["5", "9", "6", "maybe", "116.8", "10.0,20.0", "32.602,116.803"])
def test_wrong_choices_are_told_and_nothing_is_kept(office: Path, choice: str) -> None:
    """No such candidate, no place, a place outside the area: row and column, and no answer at all."""
    found = planner.review(office)
    path = choose(
        found.save(office.parent / "r.xlsx"), {"人民路13号": choice, "大通镇和平路12号": "1"}
    )
    with pytest.raises(InputError) as caught:
        found.accept(path)
    assert isinstance(caught.value, SchemaError)
    (fault,) = caught.value.findings
    assert (fault.file, fault.sheet, fault.row, fault.column) == ("r.xlsx", REVIEW_SHEET, 2, CHOICE)
    assert not (office.parent / "accepted.csv").exists()


def test_another_workbook_is_refused(office: Path) -> None:
    """The household sheet is no review."""
    with pytest.raises(SchemaError, match="not a review workbook"):
        planner.review(office).accept(office.parent / "homes.csv")


def test_the_kept_gazetteer_is_used_and_mended(office: Path) -> None:
    """The same ground from the kept file; a damaged one is rebuilt with a mild finding."""
    inputs = Project.read(office).inputs
    homes = read_households(inputs.households).kept
    first = read_ground(inputs, homes)
    (kept,) = (office.parent / ".planner").iterdir()
    data = kept.read_bytes()
    second = read_ground(inputs, homes)
    assert first.gazetteer is not None
    assert second.gazetteer is not None
    assert second.gazetteer.fingerprint == first.gazetteer.fingerprint
    assert first.findings == second.findings == ()
    for damage in (b"", data[:50], data[:-3], b"PK\x03\x04"):
        kept.write_bytes(damage)
        mended = read_ground(inputs, homes)
        assert [f.code for f in mended.findings] == ["gazetteer-rebuilt"]
        assert kept.read_bytes() == data
    streets = (office.parent / "town.osm").read_text("utf-8")
    (office.parent / "town.osm").write_text(streets.replace("和平路", "胜利路"), "utf-8")
    changed = read_ground(inputs, homes)
    assert changed.gazetteer is not None
    assert "胜利路" in changed.gazetteer.streets
    assert changed.findings == ()


def test_a_folder_that_cannot_be_written_stops_nothing(office: Path) -> None:
    """A file where the cache folder should be: a finding, and the plan goes on."""
    (office.parent / ".planner").write_text("in the way", "utf-8")
    inputs = Project.read(office).inputs
    ground = read_ground(inputs, pd.DataFrame({"lon": [np.nan], "lat": [np.nan]}))
    assert [f.code for f in ground.findings] == ["gazetteer-not-kept"]
    assert ground.gazetteer is not None


def test_unreadable_answers_are_told_and_not_overwritten(office: Path) -> None:
    """A damaged accepted.csv is a finding in the plan, and refused when answers would be added."""
    found = planner.review(office)
    path = choose(found.save(office.parent / "r.xlsx"), {"人民路13号": 1})
    (office.parent / "accepted.csv").write_bytes(b"PK\x03\x04 broken")
    assert [f.code for f in planner.review(office).findings] == ["bad-accepted"]
    with pytest.raises(InputError):
        found.accept(path)
    assert (office.parent / "accepted.csv").read_bytes() == b"PK\x03\x04 broken"


def test_the_command_line_does_both(office: Path) -> None:
    """``--out`` writes, ``--read`` remembers; a wrong choice ends in code 2."""
    from typer.testing import CliRunner

    from planner.cli import app

    book = office.parent / "review.xlsx"
    wrote = CliRunner().invoke(app, ["review", str(office), "--out", str(book)])
    assert wrote.exit_code == 0, wrote.output
    choose(book, {"人民路13号": 1})
    read = CliRunner().invoke(app, ["review", str(office), "--read", str(book)])
    assert read.exit_code == 0, read.output
    assert "accepted 已接受 1" in read.output
    assert (office.parent / "accepted.csv").exists()


def test_a_place_may_come_from_a_web_map(office: Path, tmp_path: Path) -> None:
    """Coordinates of Amap or Baidu are turned where the clerk says so; the answers lie where they should."""
    found = planner.review(office)
    x, y = WEST + 3 * STEP, SOUTH
    for words, datum in (("gcj02", "gcj02"), ("高德", "gcj02"), ("百度", "bd09"), ("", "wgs84")):
        ((lon, lat),) = convert(x, y, "wgs84", datum).tolist()
        path = tmp_path / "told.csv"
        line = found.lines[0]
        path.write_text(
            "地址 address,社区 community,选择 choice,标识 key\n"
            f'{line.text},{line.community},"{words} {lon:.7f},{lat:.7f}",{line.key}\n',
            "utf-8",
        )
        assert found.accept(path).accepted == 1
        (answer,) = read_accepted(found.accepted)[0].values()
        assert (answer.lon, answer.lat) == pytest.approx((x, y), abs=2e-6)


def test_a_rule_answers_for_a_whole_estate(office: Path, tmp_path: Path) -> None:
    """N楼 of an estate is offered as a rule, remembered when somebody says yes, and used from then on."""
    homes = office.parent / "homes.csv"
    rows = [f"R{n},青云里{n}楼1单元{n}01,," for n in range(1, 4)]
    homes.write_text(homes.read_text("utf-8") + "\n".join(rows) + "\n", "utf-8")
    found = planner.review(office)
    book = openpyxl.load_workbook(found.save(tmp_path / "review.xlsx"))
    assert (tmp_path / "review.html").is_file()
    sheet = book[RULES_SHEET]
    assert [c.value for c in sheet[2]] == [None, "青云里", "N楼", "N号楼"]
    assert not any("01" in str(c.value) for c in book[REVIEW_SHEET]["C"][1:])
    sheet["A2"] = "是"
    book.save(tmp_path / "filled.xlsx")
    told = found.accept(tmp_path / "filled.xlsx")
    assert told.rules == 1
    inputs = Project.read(office).inputs
    read = read_residents(inputs.households, inputs.told(HOUSEHOLDS))
    assert [a for a in read.kept["address"] if "青云里" in a] == [
        f"青云里{n}号楼1单元{n}01" for n in range(1, 4)
    ]
    assert "rewritten" in {f.code for f in read.findings}
    sheet["C2"] = "楼"
    book.save(tmp_path / "wrong.xlsx")
    with pytest.raises(SchemaError, match="rule"):
        found.accept(tmp_path / "wrong.xlsx")
