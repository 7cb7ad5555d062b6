"""Findings name columns as the office's own sheets do."""

from __future__ import annotations

from pathlib import Path

from planner.intake.residents import read_households


def test_a_pair_is_told_under_its_own_heading(tmp_path: Path) -> None:
    """Where both numbers stand in one cell, a finding names that column, not one that the sheet lacks."""
    path = tmp_path / "h.csv"
    path.write_text('编号,地址,坐标\nH1,幸福路1号,"116.83210,32.62910"\n', "utf-8")
    said = read_households(path).findings
    assert [f.column for f in said if f.code == "degrees-text"] == ["坐标"]


def test_traditional_headings_and_words_are_read_like_simplified_ones(tmp_path: Path) -> None:
    """編號 is 编号, 樓棟 is 楼栋; a total, a note and a word for none are told the same way."""
    rows = [
        ["編號", "戶主姓名", "聯繫電話", "地址", "樓棟", "單元", "樓層", "社區"],
        ["H1", "合成甲", "", "長江路１２號", "3樓", "二單元", "5", "東社區(張三負責)"],
        ["H2", "合成乙", "", "", "無", "", "", "東社區"],
        ["H3", "合成丙", "", "長江路14號 聯繫電話13800000000", "4棟", "", "", "东社区"],
        ["總計", "3戶", "", "", "", "", "", ""],
        ["註：本表為合成資料", "", "", "", "", "", "", ""],
    ]
    path = tmp_path / "h.csv"
    path.write_text("\n".join(",".join(r) for r in rows), "utf-8")
    got = read_households(path)
    assert list(got.kept["id"]) == ["H1", "H3"]
    assert set(got.kept["community"]) == {"东社区"}
    assert list(got.kept["address"])[1] == "長江路14號"
    assert dict(zip(got.held["id"], got.held["code"], strict=True)) == {"H2": "no-address"}
    assert got.unread == {"戶主姓名", "聯繫電話"}
    assert sum(f.code == "totals-row" for f in got.findings) == 2, got.findings
    where = tmp_path / "c.csv"
    where.write_text("編號,經度,緯度\nH1,116.8,32.6\n", "utf-8")
    assert read_households(where).kept["lon"].tolist() == [116.8]


def test_the_letter_of_a_heading_decides_between_its_two_spellings(tmp_path: Path) -> None:
    """編號 beside 编号: the product's own is taken, and told."""
    path = tmp_path / "h.csv"
    path.write_text("編號,编号,地址\nX1,H1,幸福路1号\nX2,H2,幸福路2号\n", "utf-8")
    got = read_households(path)
    assert list(got.kept["id"]) == ["H1", "H2"]
    assert [f.column for f in got.findings if f.code == "header-preferred"] == ["编号"]


def test_the_register_in_traditional_characters_is_no_second_address(tmp_path: Path) -> None:
    """戶籍地址 counts only where no other says where people live."""
    path = tmp_path / "h.csv"
    path.write_text("編號,戶籍地址,現住址\nH1,解放路1號,幸福路1號\n", "utf-8")
    assert list(read_households(path).kept["address"]) == ["幸福路1號"]


def test_building_stairwell_and_room_in_one_cell(tmp_path: Path) -> None:
    """Under the heading of rooms, or one of its own: the home is at its building, not amid the estate."""
    for name, head, row, meant in (
        ("a", "编号,小区,房号", "1,向阳小区,3-2-501", "向阳小区3-2-501"),
        ("b", "编号,住址,房号", "1,向阳小区,3-2-501", "向阳小区3-2-501"),
        ("c", "编号,小区,楼号-单元-室", "1,向阳小区,3-2-501", "向阳小区3-2-501"),
        ("d", "编号,小区,楼栋单元", "1,向阳小区,3栋2单元", "向阳小区3栋2单元"),
        ("e", "编号,小区,楼栋,房号", "1,向阳小区,3栋,3-2-501", "向阳小区3栋"),
        ("f", "编号,住址,房号", "1,向阳小区3栋,3-2-501", "向阳小区3栋"),
        ("g", "编号,小区,房号", "1,向阳小区,2-501", "向阳小区"),
    ):
        (tmp_path / f"{name}.csv").write_text(f"{head}\n{row}\n", "utf-8")
        assert read_households(tmp_path / f"{name}.csv").kept["address"].tolist() == [meant]
