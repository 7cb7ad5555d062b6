"""Residents' sheets: rows in = kept + held + repeated, every fault named, nobody lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import SchemaError, SheetError
from planner.intake.residents import Residents, read_households, read_members, read_residents
from planner.model.schema import HOUSEHOLDS


def write(path: Path, *lines: str) -> Path:
    """Write a CSV of these lines."""
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def codes(read: Residents) -> list[str]:
    """Give the codes of what was noticed."""
    return [f.code for f in read.findings]


def plain(n: int, start: int = 1) -> list[str]:
    """Give n faultless rows of id and address."""
    return [f"H{i:04d},幸福路{i}号" for i in range(start, start + n)]


def test_a_faultless_sheet(tmp_path: Path) -> None:
    """All rows are kept with their place in the file, and the file is known by its sum."""
    read = read_households(write(tmp_path / "a.csv", "编号,地址", *plain(3)))
    assert read.kept["id"].tolist() == ["H0001", "H0002", "H0003"]
    assert read.kept["row"].tolist() == [2, 3, 4]
    assert read.kept["load"].tolist() == [1.0, 1.0, 1.0]
    assert np.isnan(read.kept["lon"]).all()
    assert not len(read.held)
    assert read.sources[0][0] == "a.csv"
    assert len(read.sources[0][1]) == 64


def test_header_synonyms(tmp_path: Path) -> None:
    """B-HDR-SYN: spaces, brackets, full width and synonyms name the same columns."""
    head = "户编号,家庭住址,地址(必填)," + "经 度,\uff2c\uff21\uff34,所属社区"
    read = read_households(
        write(tmp_path / "a.csv", head.replace("家庭住址,", ""), "1,甲路1号,117.5,32.5,甲 社区")
    )
    at = read.kept.iloc[0]
    assert (at["id"], at["address"], at["lon"], at["lat"], at["community"]) == (
        "1",
        "甲路1号",
        117.5,
        32.5,
        "甲 社区",
    )


def test_missing_columns_are_refused_with_what_was_found(tmp_path: Path) -> None:
    """B-HDR-MISS: required names, found headers and the nearest match."""
    with pytest.raises(SchemaError) as error:
        read_households(write(tmp_path / "a.csv", "编号,楼层,家庭地止", "1,2,甲路1号"))
    text = str(error.value)
    for word in ("a.csv", "地址", "楼层", "家庭地止", "meant as"):
        assert word in text


def test_two_columns_for_one_role_are_refused(tmp_path: Path) -> None:
    """B-HDR-AMB: registered and present address; no silent choice."""
    with pytest.raises(SchemaError, match="家庭住址, 现居住地址"):
        read_households(write(tmp_path / "a.csv", "编号,家庭住址,现居住地址", "1,甲路1号,乙路2号"))
    read = read_households(write(tmp_path / "b.csv", "编号,户籍地址,地址", "1,甲路1号,乙路2号"))
    assert read.kept["address"].tolist() == ["乙路2号"]


def test_an_empty_sheet_is_refused(tmp_path: Path) -> None:
    """A-EMPTY: headers only is never a successful plan."""
    with pytest.raises(SheetError, match="no data rows"):
        read_households(write(tmp_path / "a.csv", "编号,地址"))


def test_repeated_rows_are_dropped_and_listed(tmp_path: Path) -> None:
    """C-ID-DUP: the second says the same as the first."""
    read = read_households(write(tmp_path / "a.csv", "编号,地址", *plain(3), "H0002,幸福路2号"))
    assert len(read.kept) == 3
    assert read.repeated == 1
    assert read.rows_read == 4
    (said,) = [f for f in read.findings if f.code == "repeated-row"]
    assert said.row == 5


def test_few_clashing_ids_are_held_both(tmp_path: Path) -> None:
    """C-ID-DUP2: neither row is trusted; both are named, and told apart in what is held."""
    read = read_households(write(tmp_path / "a.csv", "编号,地址", *plain(300), "H0007,解放路9号"))
    assert len(read.kept) == 299
    assert read.held["row"].tolist() == [8, 302]
    assert read.held["id"].is_unique
    assert set(read.held["code"]) == {"duplicate-id"}
    assert "row 8 and row 302" in read.held["reason"].iloc[0]
    assert read.rows_read == 301


def test_many_clashing_ids_are_refused(tmp_path: Path) -> None:
    """C-ID-DUP2: more than one row in a hundred stops the run."""
    with pytest.raises(SchemaError, match=r"编号.*\n.*row 3 and row 5"):
        read_households(write(tmp_path / "a.csv", "编号,地址", *plain(3), "H0002,解放路9号"))


def test_missing_ids_are_made_from_content(tmp_path: Path) -> None:
    """C-ID-NULL: the same whatever the order of the rows."""
    rows = [",幸福路1号", ",幸福路2号", "H3,幸福路3号", ",幸福路1号"]
    one = read_households(write(tmp_path / "a.csv", "编号,地址", *rows)).kept
    two = read_households(write(tmp_path / "b.csv", "编号,地址", *rows[::-1])).kept
    assert one["id"].is_unique
    assert sorted(zip(one["address"], one["id"], strict=True)) == sorted(
        zip(two["address"], two["id"], strict=True)
    )
    assert "missing-id" in codes(read_households(tmp_path / "a.csv"))


def test_ids_are_folded_but_zeros_stay(tmp_path: Path) -> None:
    """C-ID-FLOAT, C-ID-CASE: 12.0 is 12, full width is folded, 007 stays, case is warned of."""
    rows = ["12.0,甲路1号", "Ａ０１,甲路2号", "007,甲路3号", "a01,甲路4号", " B9 ,甲路5号"]
    read = read_households(write(tmp_path / "a.csv", "编号,地址", *rows))
    assert read.kept["id"].tolist() == ["12", "A01", "007", "a01", "B9"]
    assert {"id-float", "id-width", "id-case"} <= set(codes(read))


def test_a_whole_column_swapped_is_put_right_and_said_once(tmp_path: Path) -> None:
    """E-SWAP: a latitude past 90 is a longitude."""
    rows = [f"{i},32.{i:03d},117.{i:03d}" for i in range(100, 120)]
    read = read_households(write(tmp_path / "a.csv", "编号,经度,纬度", *rows))
    assert read.kept["lon"].between(117, 118).all()
    assert codes(read).count("swapped") == 1


def test_single_swapped_rows_are_put_right_one_by_one(tmp_path: Path) -> None:
    """E-SWAP: each swapped row is listed."""
    rows = [f"{i},117.{i:03d},32.{i:03d}" for i in range(100, 120)]
    read = read_households(write(tmp_path / "a.csv", "编号,经度,纬度", *rows, "x,32.5,117.5"))
    assert read.kept["lon"].between(117, 118).all()
    assert [f.row for f in read.findings if f.code == "swapped"] == [22]


def test_swapped_within_an_area(tmp_path: Path) -> None:
    """E-SWAP: where both readings are degrees, the area tells; right columns are left alone."""
    rows = [f"{i},60.1{i:02d},24.9{i:02d}" for i in range(10, 30)]
    path = write(tmp_path / "a.csv", "编号,lon,lat", *rows)
    area = (24.8, 60.1, 25.1, 60.2)
    read = read_households(path, area=area)
    assert read.kept["lat"].between(60.1, 60.2).all()
    later = read_households(path).within(area)
    assert later.kept.equals(read.kept)
    assert later.within(area) is later


def test_coordinates_that_are_no_place(tmp_path: Path) -> None:
    """E-ZERO: held without an address; with one, the address is used and it is said."""
    bad = ["0,0", "-1,-1", "999,999", "181,91", "inf,32", "NaN,NaN", "null,null", "117,", "abc,32"]
    rows = [f"{i},117.{i:03d},32.5,甲路{i}号" for i in range(100, 120)]
    lines = [f"b{k},{pair}," for k, pair in enumerate(bad)]
    read = read_households(
        write(tmp_path / "a.csv", "编号,经度,纬度,地址", *rows, *lines, "c,0,0,乙路1号")
    )
    assert len(read.held) == len(bad)
    assert set(read.held["code"]) == {"bad-coordinates"}
    assert read.rows_read == len(rows) + len(bad) + 1
    assert np.isnan(read.kept["lon"].iloc[-1])
    assert "bad-coordinates" in codes(read)


def test_metres_are_refused(tmp_path: Path) -> None:
    """E-PROJ: an easting is no longitude; likely systems are named."""
    rows = [f"{i},3950{i}123.5,3601{i}55.2" for i in range(10, 20)]
    with pytest.raises(SchemaError, match="CGCS2000"):
        read_households(write(tmp_path / "a.csv", "编号,x,y", *rows))


def test_degrees_as_people_write_them(tmp_path: Path) -> None:
    """E-DMS: minutes and seconds, a pair in one cell, a decimal comma."""
    path = tmp_path / "a.csv"
    path.write_text(
        "编号;经度;纬度\n1;116°23′50″E;39°54'20\"N\n2;116.3,39.9;\n3;116,397;39,906\n4;116.397;39.906\n",
        "utf-8",
    )
    path.write_text(path.read_text("utf-8").replace('"', "″"), "utf-8")
    read = read_households(path)
    assert read.kept["lon"].tolist() == pytest.approx(
        [116.39722, 116.3, 116.397, 116.397], abs=1e-4
    )
    assert read.kept["lat"].tolist() == pytest.approx([39.90556, 39.9, 39.906, 39.906], abs=1e-4)
    assert "degrees-text" in codes(read)


@pytest.mark.parametrize("header", ["家庭人口", "常住人口", "人数(人)", "Persons"])
def test_people_of_a_home_are_no_load(tmp_path: Path, header: str) -> None:
    """How many live there weighs nothing, and that is said, with what would make it weigh."""
    read = read_households(
        write(tmp_path / "a.csv", f"编号,地址,{header}", "1,甲路1号,3", "2,甲路2号,5")
    )
    assert read.kept["load"].tolist() == [1, 1]
    (said,) = [f for f in read.findings if f.code == "headcount-unread"]
    assert (said.column, header in said.remedy_zh, "[columns]" in said.remedy) == (
        header,
        True,
        True,
    )


def test_loads(tmp_path: Path) -> None:
    """C-NUM: full width, units and numerals are read; negatives, guesses and errors are held; 0 is fine."""
    good = {"３": 3, "三人": 3, "3人": 3, "0": 0, "12": 12, "十二": 12, "": 1}
    bad = ["-1", "0.5", "9999", "约3", "#N/A", "3-4"]
    rows = [f"{i},甲路{i}号,{v}" for i, v in enumerate([*good, *bad])]
    path = write(tmp_path / "a.csv", "编号,地址,家庭人口", *rows)
    read = read_residents(path, HOUSEHOLDS.told({"家庭人口": "load"}))
    assert read.kept["load"].tolist() == list(good.values())
    assert read.held["code"].tolist() == ["bad-load"] * len(bad)
    weights = read_households(write(tmp_path / "b.csv", "编号,地址,权重", "1,甲路1号,１２．５"))
    assert weights.kept["load"].tolist() == [12.5]


def test_flags(tmp_path: Path) -> None:
    """Yes and no in either language; anything else is refused by row."""
    words = ["是", "yes", "1", "TRUE", "√", "否", "no", "0", "false", ""]
    rows = [f"{i},甲路{i}号,{w}" for i, w in enumerate(words)]
    read = read_members(write(tmp_path / "a.csv", "编号,地址,是否中心户", *rows))
    assert read.kept["is_centre"].tolist() == [True] * 5 + [False] * 5
    with pytest.raises(SchemaError, match="row 3"):
        read_members(
            write(tmp_path / "b.csv", "编号,地址,是否中心户", "1,甲路1号,是", "2,甲路2号,也许")
        )


def test_addresses_without_content_are_held(tmp_path: Path) -> None:
    """D-ADDR-NULL: empty, 不详, a dash."""
    read = read_households(
        write(tmp_path / "a.csv", "编号,地址", *plain(3), "4,", "5,不详", "6,-", "7,无")
    )
    assert len(read.kept) == 3
    assert set(read.held["code"]) == {"no-address"}
    assert len(read.held) == 4


def test_same_as_above_and_invisible_characters(tmp_path: Path) -> None:
    """C-NA-NAME, C-CTRL: 同上 takes the row above; what cannot be seen is taken out, and both are listed."""
    read = read_households(
        write(
            tmp_path / "a.csv",
            "编号,地址,社区",
            "1,甲路\u200b1号,甲\u00a0社区",
            "2,同上,同上",
            "3,乙\u202e路\x0b2号,乙",
        )
    )
    assert read.kept["address"].tolist() == ["甲路1号", "甲路1号", "乙路2号"]
    assert read.kept["community"].tolist() == ["甲 社区", "甲 社区", "乙"]
    assert {"same-as-above", "control-characters"} <= set(codes(read))


def test_several_files_are_aligned_by_name(tmp_path: Path) -> None:
    """B-STACK, A-DUPFILE: another column order is no matter; the same file twice is read once."""
    one = write(tmp_path / "a.csv", "编号,地址,社区", "1,甲路1号,甲")
    two = write(tmp_path / "b.csv", "社区,编号,地址", "乙,2,乙路1号")
    again = write(tmp_path / "c.csv", "编号,地址,社区", "1,甲路1号,甲")
    read = read_households([one, two, again])
    assert read.kept["address"].tolist() == ["甲路1号", "乙路1号"]
    assert read.kept["file"].tolist() == ["a.csv", "b.csv"]
    assert "same-file" in codes(read)


def test_ids_past_fifteen_digits_are_refused(tmp_path: Path) -> None:
    """C-ID-18: Excel has already lost the last digits."""
    import openpyxl

    made = openpyxl.Workbook()
    made.active.append(["编号", "地址"])
    made.active.append([110101199003078515, "甲路1号"])
    made.save(tmp_path / "a.xlsx")
    with pytest.raises(SchemaError, match="15 digits"):
        read_households(tmp_path / "a.xlsx")


def test_community_and_building_stand_for_an_address(tmp_path: Path) -> None:
    """An office that keeps 社区 and 楼栋 apart needs no further address."""
    read = read_households(
        write(tmp_path / "a.csv", "编号,社区,楼栋,单元,房号", "1,幸福社区,3栋,2,501")
    )
    assert read.kept["address"].tolist() == ["幸福社区3栋"]
    assert read.kept["stairwell"].tolist() == ["2"]
    assert "room" not in read.kept.columns


def test_nothing_personal_is_said(tmp_path: Path) -> None:
    """No message holds a name, a phone or a room, whatever is wrong with the row."""
    head = "编号,户主姓名,联系电话,地址,房号,户数"
    rows = [f"{i},秘密{i},1380000{i:04d},甲路{i}号,房{i},2" for i in range(300)]
    rows += ["1,秘密A,13999999999,乙路1号,房X,2", ",秘密B,1377,,房Y,-4"]
    read = read_households(write(tmp_path / "a.csv", head, *rows))
    said = " ".join(map(str, read.findings)) + read.held.to_csv() + read.kept.to_csv()
    for secret in ("秘密", "1380000", "1399999", "房X", "房Y", "房1"):
        assert secret not in said


ROWS = (
    "1,甲路1号,117,32",
    "2,甲路2号,,",
    ",甲路3号,,",
    ",,,",
    "1,乙路1号,,",
    "3,,0,0",
    "4,,117,32",
)


@given(st.lists(st.sampled_from(ROWS), min_size=1, max_size=12), st.randoms())
@settings(max_examples=12, deadline=None)
def test_no_row_is_ever_lost(rows: list[str], random: object) -> None:
    """Rows in = kept + held + repeated, and the order of the rows changes no id."""
    import tempfile

    padding = [f"p{i},丙路{i}号,," for i in range(1500)]
    with tempfile.TemporaryDirectory() as folder:
        first = read_households(
            write(Path(folder) / "a.csv", "编号,地址,经度,纬度", *padding, *rows)
        )
        shuffled = list(rows)
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        second = read_households(
            write(Path(folder) / "b.csv", "编号,地址,经度,纬度", *padding, *shuffled)
        )
    present = sum(row != ",,," for row in rows)
    assert first.rows_read == second.rows_read == len(padding) + present
    assert sorted(first.kept["id"]) == sorted(second.kept["id"])
    assert first.kept["id"].is_unique
    assert not set(first.kept["id"]) & set(first.held["id"])


def test_a_weight_in_some_sheets_only_is_refused(tmp_path: Path) -> None:
    """45 minutes beside nothing mean nothing: the sheets are named, and the line that leaves it out works."""
    with_load = write(tmp_path / "a.csv", "编号,地址,工作量", "A1,幸福路1号,45")
    bare = write(tmp_path / "b.csv", "编号,地址", "B1,幸福路2号")
    with pytest.raises(SchemaError, match="工作量") as caught:
        read_households([with_load, bare])
    (fault,) = caught.value.findings
    assert (fault.code, fault.file, fault.column) == ("load-in-part", "a.csv", "工作量")
    assert "b.csv" in fault.what
    assert "b.csv" in fault.what_zh
    told = HOUSEHOLDS.told({"工作量": ""})
    assert read_residents([with_load, bare], told).kept["load"].tolist() == [1.0, 1.0]
    assert read_households([with_load]).kept["load"].tolist() == [45.0]


def test_two_columns_that_say_the_same_are_no_question(tmp_path: Path) -> None:
    """Headings that differ and cells that do not: one is read, and told."""
    read = read_households(write(tmp_path / "a.csv", "编号,住址,现居住地", "1,甲路1号,甲路1号"))
    assert read.kept["address"].tolist() == ["甲路1号"]
    assert "duplicate-header" in codes(read)


def test_only_the_register_is_a_question(tmp_path: Path) -> None:
    """Its addresses are read where there are no others, and it is asked whether people live there."""
    read = read_households(write(tmp_path / "a.csv", "编号,户籍地址", "1,甲路1号"))
    assert read.kept["address"].tolist() == ["甲路1号"]
    assert "register-address" in codes(read)


def test_dittos_in_every_column_of_a_place(tmp_path: Path) -> None:
    """A ditto of the stairwell is the stairwell above, and none of its own."""
    (tmp_path / "a.csv").write_text(
        "编号,小区,楼栋,单元,楼层,房号\n1,向阳小区,3栋,2单元,1层,101\n2,〃,同上,〃,〃,102\n",
        "utf-8",
    )
    kept = read_households(tmp_path / "a.csv").kept
    for name in ("address", "building", "stairwell", "floor"):
        assert kept[name].nunique() == 1
