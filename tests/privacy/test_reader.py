"""All that a finished file says is read, or the file is refused."""

from __future__ import annotations

import io
import json
import time
import zipfile

import pytest
import xlsxwriter

from planner.errors import PrivacyError
from planner.privacy import released
from tests.privacy.hiding import MEETING, NOBODY, html, packed, workbook


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
            released(data, name, MEETING, NOBODY)


def test_a_bomb_does_not_go_off() -> None:
    """What inflates beyond reason is refused before it is inflated."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for i in range(5):
            book.writestr(f"{i}.xml", b"<a>" + b" " * 90_000_000)
    start = time.process_time()
    with pytest.raises(PrivacyError, match="too large"):
        released(file.getvalue(), "a.xlsx", MEETING, NOBODY)
    assert time.process_time() - start < 2


def test_a_row_of_a_workbook_is_read_as_one() -> None:
    """A care word in one cell and a door in another are a care flag at a door."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["新村路5号", "独居"])
    with pytest.raises(PrivacyError, match="care flag"):
        released(file.getvalue(), "a.xlsx", MEETING, NOBODY)


def test_digests_of_a_policy_are_no_text() -> None:
    """What looks like a messenger's id in the digest of a script is none; beside it, it is one."""
    digest = "'sha256-" + "a" * 20 + "/VX_abc12".replace("_", "+") + "b" * 14 + "='"
    assert len(digest) == len("'sha256-'") + 44
    policy = f'<meta http-equiv="Content-Security-Policy" content="script-src {digest}">'
    released(html(policy), "a.html", MEETING, NOBODY)
    with pytest.raises(PrivacyError, match="messenger"):
        released(html(policy.replace(digest, "VX: abc12")), "a.html", MEETING, NOBODY)
