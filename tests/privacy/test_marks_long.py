"""A cell of a hundred thousand signs is read in a moment, whatever it is made of, and nothing hides in it."""

from __future__ import annotations

import time

import pytest

from planner.privacy.marks import marks_in

N = 140_000
RUNS = {
    "letters": "a" * N,
    "letters and points": "a." * (N // 2),
    "words": "abcd " * (N // 5),
    "ats": "a@a." * (N // 4),
    "conditions at a door": "独居3栋" * (N // 4),
    "conditions at no door": "独居" * (N // 2),
    "faiths": "3栋信教" * (N // 4),
    "messengers": "QQ" * (N // 2),
    "plates": "京A" * (N // 2),
    "digits": "1" * N,
    "dashes": "1-" * (N // 2),
    "brackets": "(0" * (N // 2),
}


@pytest.mark.parametrize("kind", RUNS)
def test_long_runs_take_no_long_time(kind: str) -> None:
    """Each part of a run is looked at a bounded number of times."""
    start = time.process_time()
    for _ in marks_in(RUNS[kind], spoken=True):
        pass
    assert time.process_time() - start < 10.0  # minutes, where each letter began a run of its own


def test_nothing_hides_behind_a_long_run() -> None:
    """What is looked for is found at the end of a run too."""
    tail = " 张三 zhang.san@example.com QQ 1234567 3栋独居"
    found = {what for what, _ in marks_in("x" * 5_000 + tail, spoken=True)}
    assert {"an e-mail address", "a messenger id", "a care flag at a door"} <= found
    glued = {what for what, _ in marks_in("y" * 5_000 + "@example.com", spoken=True)}
    assert "an e-mail address" in glued


def test_each_line_is_judged_by_itself() -> None:
    """A condition beside a door is told, one in the next line is not, nor an office of that name."""
    text = "3栋独居\n独居\n残联在5号楼\n5号楼残疾"
    told = [at for what, at in marks_in(text, spoken=True) if what == "a care flag at a door"]
    assert told == [2, text.rindex("残疾")]
