"""Reports of a data check tell of no person, whatever stands in headers and sheet names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner.api.check.check import check
from planner.errors import Finding, PrivacyError, Severity
from planner.privacy import Secrets
from planner.privacy.reports import WITHHELD, gated, withheld_findings, withheld_texts
from tests.acceptance.corpus import HEAD, plain, workbook, write_as

SECRETS = Secrets({"a resident's name": frozenset({"龘靐齉"})})


@pytest.mark.parametrize(
    "text", ["龘靐齉", "见龘靐齉家", "龘 靐 齉", "电话 0554-6601234", "3栋2单元501室", "1-2-301"]
)
def test_texts_that_tell_of_a_person(text: str) -> None:
    """Names of the sheets, phones and rooms are hidden; the rest stays."""
    assert withheld_texts(["地址", text, "row 417"], SECRETS) == ["地址", "***", "row 417"]


def test_findings_keep_their_place() -> None:
    """The words go, the code, severity, row and column stay, and what is harmless is untouched."""
    good = Finding("a", Severity.WARN, "fine", "好", file="f.xlsx", row=2, column="地址")
    told = Finding("b", Severity.HOLD, "say 龘靐齉", "说", file="f.xlsx", row=3, column="龘靐齉")
    first, second = withheld_findings([good, told], SECRETS)
    assert first == good
    assert (second.code, second.severity, second.row) == ("b", Severity.HOLD, 3)
    assert (second.what, second.column) == (WITHHELD, "***")
    assert "龘" not in str(second) + second.what_zh + second.remedy_zh


def test_a_line_that_tells_only_as_a_whole() -> None:
    """A condition and a door in two cells of one line of the page: the line is withheld."""
    page = "# 数据体检\n| 独居 | 3号楼 |\n| 地址 | 好 |\n"
    text = gated("check.md", page.encode(), SECRETS).decode()
    assert "独居" not in text
    assert "| 地址 | 好 |" in text
    with pytest.raises(PrivacyError):
        gated("check.json", '{"file": "龘靐齉.xlsx"}'.encode(), SECRETS)


def test_reports_of_a_sheet_full_of_people(tmp_path: Path) -> None:
    """A header and a sheet that are called like a resident show in no report."""
    rows = [[*HEAD, "龘靐齉", "13900001111"], *[[*r, "1", "2"] for r in plain(3)]]
    rows[1][HEAD.index("户主姓名")] = "龘靐齉"
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook({"龘靐齉": rows}))
    report = check(path)
    written = report.save(tmp_path / "out")
    shown = [str(report), report._repr_html_(), report.table().to_csv()]
    shown += [written[n].read_text("utf-8") for n in ("check.md", "check.json")]
    for text in shown:
        assert "龘靐齉" not in text
        assert "13900001111" not in text
    assert "龘靐齉".encode() not in json.dumps(report.figures(), ensure_ascii=False).encode()


def test_a_file_named_after_a_resident_is_refused(tmp_path: Path) -> None:
    """Nothing is written, and the message does not repeat the name."""
    rows = plain(3)
    rows[0][HEAD.index("户主姓名")] = "龘靐齉"
    path = write_as(tmp_path / "龘靐齉.xlsx", [HEAD, *rows])
    with pytest.raises(PrivacyError) as caught:
        check(path).save(tmp_path / "out")
    assert caught.value.exit_code == 5
    assert "龘靐齉" not in str(caught.value)
    assert not (tmp_path / "out").exists()
