"""No fault of a file hides another, and no file hides the next."""

from __future__ import annotations

from pathlib import Path

from planner.errors import Severity
from planner.intake.survey import survey
from planner.model.schema import HOUSEHOLDS, MEMBERS


def write(path: Path, *lines: str) -> Path:
    """Write a CSV of these lines."""
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_faultless_file_is_read_once_and_whole(tmp_path: Path) -> None:
    """Nothing is refused and the rows are there."""
    got = survey([write(tmp_path / "a.csv", "编号,地址", "1,甲路1号")], HOUSEHOLDS)
    assert got.residents is not None
    assert len(got.residents.kept) == 1
    assert got.refused == ()
    assert got.tables[0].places == (0, 1)
    assert got.tables[0].header_row == 1


def test_several_faults_of_one_file_come_together(tmp_path: Path) -> None:
    """Metres, two address columns and clashing ids are told at once; rows are not judged by halves."""
    head = "编号,家庭住址,现居住地址,经度,纬度"
    path = write(
        tmp_path / "a.csv", head, "1,甲路1号,,39500123,3601055", "1,乙路1号,,39500129,3601051"
    )
    got = survey([path], HOUSEHOLDS)
    codes = {f.code for _, error in got.refused for f in getattr(error, "findings", ())}
    assert codes == {"ambiguous-header", "metres"}
    assert got.residents is None
    assert not [f for f in got.findings if f.severity is Severity.HOLD]


def test_a_file_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    """A missing file and a damaged one are both told; the third is read."""
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 cut")
    good = write(tmp_path / "c.csv", "编号,地址,是否中心户", "1,甲路1号,是")
    got = survey([tmp_path / "a.csv", tmp_path / "b.xlsx", good], MEMBERS)
    assert [path.name for path, _ in got.refused] == ["a.csv", "b.xlsx"]
    assert got.residents is not None
    assert got.residents.kept["is_centre"].tolist() == [True]


def test_clashing_ids_hide_no_held_row(tmp_path: Path) -> None:
    """Where only the ids are at fault every other problem is told too, and no row is said to lack its id."""
    rows = ("1,甲路1号,2", "1,乙路1号,2", "3,,2", "4,丁路1号,约3")
    path = write(tmp_path / "a.csv", "编号,地址,工作量", *rows)
    got = survey([path], HOUSEHOLDS)
    assert [e.findings[0].code for _, e in got.refused] == ["duplicate-id"]  # type: ignore[attr-defined]
    held = {(f.code, f.row) for f in got.findings if f.severity is Severity.HOLD}
    assert held == {("no-address", 4), ("bad-load", 5)}
    assert "missing-id" not in {f.code for f in got.findings}
