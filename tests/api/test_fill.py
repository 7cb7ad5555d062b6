"""The office's own sheets come back filled in: each row with its own zone, the rest as it was."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from planner.api.fill import fill
from planner.api.plan import Plan
from planner.api.zone import run
from planner.errors import InputError
from planner.intake.previous_sheet import read_previous_sheet
from planner.model.project import Project

N = 40


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Plan]:
    """Make an office: a workbook with a title, a formula and an empty column to fill; members as CSV."""
    folder = tmp_path_factory.mktemp("office")
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "甲社区"
    sheet["A1"] = "居民名册"
    sheet.merge_cells("A1:F1")
    for at, head in enumerate(("户号", "户主姓名", "经度", "纬度", "责任区", "备注"), 1):
        sheet.cell(2, at, head)
    for n in range(N):
        east = 117.0 + 0.0004 * (n % 20) + (0.05 if n >= N // 2 else 0)
        row = (f"H{n:02d}", f"户主{n}", east, 32.6, None, "=1+1" if n == 0 else "=cmd|x")
        for at, value in enumerate(row, 1):
            cell = sheet.cell(n + 3, at, value)
            if at == 6 and n:
                cell.data_type = "s"
    sheet.cell(5, 3).value = "不详"  # nowhere to be found
    book.save(folder / "homes.xlsx")
    lines = ["编号,姓名,经度,纬度,是否中心户,中心户"]
    for m in range(8):
        east = 117.0 + 0.001 * (m % 4) + (0.05 if m >= 4 else 0)
        lines.append(f"M{m},党员{m},{east},32.6,{'是' if m % 4 == 0 else '否'},")
    (folder / "members.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "planner.toml").write_text(
        """[inputs]
households = "homes.xlsx"
members = "members.csv"
detour_factor = 1.3
cache = false
[columns]
members = { "中心户" = "" }
[rules]
members_per_zone = { low = 1, high = 6 }
households_per_member = { low = 2, high = 9 }
households_per_zone = { low = 4, high = 30 }
[search]
advice_seconds = 0
""",
        "utf-8",
    )
    return folder, run(folder)


def test_each_row_has_its_own_zone(office: tuple[Path, Plan], tmp_path: Path) -> None:
    """Zone, centre and member of each row are those of the plan; who is left out is told why."""
    folder, plan = office
    before = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}
    written = fill(plan, folder, tmp_path)
    assert sorted(written) == ["homes.filled.xlsx", "members.filled.xlsx"]
    assert before == {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}
    sheet = load_workbook(written["homes.filled.xlsx"])["甲社区"]
    heads = [c.value for c in sheet[2]]
    assert heads[:6] == ["户号", "户主姓名", "经度", "纬度", "责任区", "备注"]
    assert heads[6:] == ["中心户", "中心户姓名", "联系党员", "联系党员姓名", "覆盖空白"]
    at = {name: k for k, name in enumerate(heads)}
    homes = plan.households.set_index("household_id")
    number = dict(zip(plan.centres["centre_id"], plan.centres["number"], strict=True))
    for row in sheet.iter_rows(min_row=3, values_only=True):
        home = homes.loc[str(row[0])]
        assert (row[at["中心户"]] or "") == home["zone"]
        assert (row[at["联系党员"]] or "") == home["member"]
        assert row[at["责任区"]] == (number[home["zone"]] if home["zone"] else None)
        assert bool(row[at["覆盖空白"]]) == (home["gap"] != "")
        if home["zone"]:
            assert row[at["中心户姓名"]] == f"党员{home['zone'][1:]}"
    assert sum(r[at["中心户"]] is None for r in sheet.iter_rows(min_row=3, values_only=True)) == 1


def test_nothing_in_the_copy_computes(office: tuple[Path, Plan], tmp_path: Path) -> None:
    """Formulas are values or texts, titles and merges stay, and only the owner may read it."""
    folder, plan = office
    path = fill(plan, folder, tmp_path)["homes.filled.xlsx"]
    sheet = load_workbook(io.BytesIO(path.read_bytes()))["甲社区"]
    assert sheet["A1"].value == "居民名册"
    assert [str(r) for r in sheet.merged_cells.ranges] == ["A1:F1"]
    assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert sheet["F5"].value == "=cmd|x"
    assert path.stat().st_mode & 0o077 == 0


def test_a_column_of_the_office_is_kept(office: tuple[Path, Plan], tmp_path: Path) -> None:
    """An empty one is filled, one that says something stands beside the new one; members have theirs."""
    folder, plan = office
    written = fill(plan, folder, tmp_path)
    sheet = load_workbook(written["members.filled.xlsx"]).active
    assert sheet is not None
    heads = [c.value for c in sheet[1]]
    assert heads[:6] == ["编号", "姓名", "经度", "纬度", "是否中心户", "中心户"]
    assert heads[6:] == ["责任区", "所属中心户", "中心户姓名", "联系户数"]
    zone = dict(zip(plan.members["member_id"], plan.members["zone"], strict=True))
    for row in sheet.iter_rows(min_row=2, values_only=True):
        assert row[heads.index("所属中心户")] == zone[str(row[0])]


def test_a_filled_sheet_is_a_plan_that_stands(office: tuple[Path, Plan], tmp_path: Path) -> None:
    """What the office goes on with can be handed in again as the plan before."""
    folder, plan = office
    read = read_previous_sheet(fill(plan, folder, tmp_path)["homes.filled.xlsx"])
    homes = plan.households
    placed = homes["zone"] != ""
    stated = {h: z for h, z in read.zone.items() if z}
    assert stated == dict(zip(homes["household_id"][placed], homes["zone"][placed], strict=True))


def test_sheets_that_have_changed_are_refused(office: tuple[Path, Plan], tmp_path: Path) -> None:
    """Names would come to wrong doors."""
    folder, plan = office
    for name in ("homes.xlsx", "planner.toml"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    text = (folder / "members.csv").read_text("utf-8")
    (tmp_path / "members.csv").write_text(text.replace("党员1", "党员9"), "utf-8")
    with pytest.raises(InputError, match="not those that the plan was made of"):
        fill(plan, Project.read(tmp_path), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_frame_is_no_sheet(tmp_path: Path) -> None:
    """What came from memory has no file to be given back, and that is said."""
    lon = [117.0 + 0.0002 * n for n in range(12)]
    homes = pd.DataFrame({"id": [f"H{n}" for n in range(12)], "lon": lon, "lat": 32.6})
    members = pd.DataFrame({"id": ["M0"], "lon": lon[:1], "lat": 32.6, "is_centre": True})
    stated = {"inputs": {"households": homes, "members": members, "detour_factor": 1.3}}
    project = Project.of({**stated, "search": {"seconds": 2, "advice_seconds": 0}})
    with pytest.raises(InputError, match="table in memory"):
        fill(run(project), project, tmp_path)
