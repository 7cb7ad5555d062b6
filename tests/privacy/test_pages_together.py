"""Pages that were handed out one after another are attacked as one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from planner.api.plan import Plan
from planner.errors import InputError, PrivacyError
from planner.privacy.pages import check_together
from planner.render.map.editing import packed
from planner.render.map.page import MapPage
from tests.conftest import Cli
from tests.plan.test_compare import movable, recut
from tests.plans import make_plan_tables

HIDDEN = -2


def page(blocks: dict[str, int], origin: int = 0) -> str:
    """Make a page of three doors, a, b and c: blocks of them, and how many homes each is told to have."""
    block_of = {door: nth for nth, doors in enumerate(blocks) for door in doors}
    data: dict[str, Any] = {
        "meta": {"smallest": 10, "rounded": 101},
        "origin": [origin, 0],
        "units": {
            "x": [10 * nth - origin for nth in range(3)],
            "y": [0, 0, 0],
            "block": [block_of[door] for door in "abc"],
            "zone": [0, 0, 0],
        },
        "blocks": {"homes": list(blocks.values())},
        "zones": [{"homes": HIDDEN}],
        "gaps": [],
        "figures": {"gaps": {}},
    }
    heavy = json.dumps(packed({"units": {"label": ["a", "b", "c"]}}))
    head = '<script type="application/json" id='
    return f'{head}"plan-data">{json.dumps(data)}</script>{head}"plan-packed">{heavy}</script>'


MONTHS = (
    page({"ab": 11, "c": HIDDEN}),
    page({"bc": 13, "a": HIDDEN}, origin=7),
    page({"ac": 12, "b": HIDDEN}, origin=-90),
)


def test_three_months_tell_what_no_two_do() -> None:
    """Each pair leaves every door open; all three give all doors away, and the third is kept back."""
    for one, other in ((0, 1), (1, 2), (0, 2)):
        check_together(MONTHS[one], [MONTHS[other]], "map.html")
    with pytest.raises(PrivacyError, match="3 count"):
        check_together(MONTHS[2], MONTHS[:2], "map.html")
    third = MapPage(MONTHS[2])
    assert third.beside([MONTHS[0]]) is third
    with pytest.raises(PrivacyError):
        third.beside([MapPage(MONTHS[0]), MONTHS[1]])


def test_three_real_months_hide_their_counts_together() -> None:
    """A plan and two that were cut again from it, as a meeting is given them."""
    before = make_plan_tables(moved=False)
    moves = movable(before, 12)
    some = dict(list(moves.items())[:6])
    months = [Plan.of(before), Plan.of(recut(before, some)), Plan.of(recut(before, moves))]
    pages = [plan.map() for plan in months]
    assert pages[2].beside(pages[:2]) is pages[2]
    both = months[2].map(against=months[1])
    assert both.beside([pages[0]]) is both


def test_what_is_no_page_is_refused() -> None:
    """By its number: nothing of it is repeated."""
    with pytest.raises(InputError, match="file 2"):
        check_together(MONTHS[2], [MONTHS[0], "<html></html>"], "map.html")


def test_the_command_takes_earlier_files(cli: Cli, tmp_path: Path) -> None:
    """As pages or as plans, and keeps back what they would give away; an earlier file is an input."""
    plan = Plan.of(make_plan_tables(moved=False))
    plan.save(tmp_path / "may")
    (tmp_path / "march.html").write_text(MONTHS[0], "utf-8")
    (tmp_path / "april.html").write_text(MONTHS[1], "utf-8")
    (tmp_path / "june.html").write_text(MONTHS[2], "utf-8")
    words = ("map", "may", "--out", "july.html")
    good = cli(*words, "--earlier", "may/map.html", "--earlier", "may")
    assert good.returncode == 0, good.stderr
    assert (tmp_path / "july.html").is_file()
    earlier = [w for m in ("march", "april", "june") for w in ("--earlier", f"{m}.html")]
    refused = cli("map", "may", "--out", "again.html", *earlier)
    assert refused.returncode == 5
    assert not (tmp_path / "again.html").exists()
    wrong = cli("map", "may", "--out", "again.html", "--earlier", "none.html")
    assert wrong.returncode == 2
