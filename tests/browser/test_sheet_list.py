"""The list of zones on paper: beside the map or on pages of its own, whole, in order, nothing cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.model.tables import PlanTables
from planner.privacy.audience import Audience
from planner.privacy.person import People, Person
from planner.render.map.page import map_page
from tests.browser.conftest import Opener
from tests.plans import make_plan_tables

DRAW = """(asked) => window.plannerPrint.draw(Object.assign({ what: 'printWhole', scale: 0 }, asked))
  .then((made) => made.map((sheet) => Boolean(sheet.picture)))"""
ENTRIES = """() => Array.from(document.querySelectorAll('.sheet-list li')).map((n) => ({
  n: Number(n.querySelector('.badge').textContent),
  phone: n.querySelector('.list-phone') ? n.querySelector('.list-phone').textContent : '',
  cut: n.scrollHeight > n.clientHeight + 1 || n.scrollWidth > n.clientWidth + 1,
}))"""
MET = """() => Array.from(document.querySelectorAll('.sheet')).flatMap((sheet) => {
  const at = (name) => { const n = sheet.querySelector(name); return n && n.getBoundingClientRect(); };
  const list = at('.sheet-list');
  if (!list) return [];
  const within = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
  const apart = (a, b) => !a || a.right <= b.left + 1 || a.left >= b.right - 1 || a.bottom <= b.top + 1 || a.top >= b.bottom - 1;
  return [[within(list, sheet.getBoundingClientRect()), apart(at('.sheet-map'), list), apart(at('.sheet-stamp, .sheet-small'), list),
    apart(at('.sheet-head'), list)]];
})"""  # noqa: E501 - a script


def serving(tables: PlanTables) -> People:
    """Give each centre an office phone, and some a name too long for a column."""
    name = ("合成党员", "合成社区综合服务中心党员活动室兼红色物业驿站负责人")
    ids = tables.members["member_id"]
    return People(
        {},
        {m: Person(name[i % 2], office_phone="0554-6601234 转 802") for i, m in enumerate(ids)},
    )


def page_of(tables: PlanTables, audience: Audience, folder: Path) -> Path:
    """Write a page of a plan."""
    people = serving(tables) if audience is Audience.PUBLIC else None
    return map_page(tables, audience=audience, people=people).save(folder / "map.html")


def told(page: Any) -> list[dict[str, Any]]:
    """Give the entries as printed, after a look at where they stand."""
    page.emulate_media(media="print")
    found = page.evaluate(MET)
    assert found
    assert all(all(one) for one in found), found
    entries = page.evaluate(ENTRIES)
    assert not [one for one in entries if one["cut"]]
    return entries


@pytest.mark.parametrize("landscape", [False, True])
@pytest.mark.parametrize("paper", ["A3", "A0"])
def test_a_poster_has_its_list(
    open_page: Opener, tmp_path: Path, paper: str, landscape: bool
) -> None:
    """A poster for anyone is one sheet with all zones, whom to call, and the map."""
    tables = make_plan_tables(nx=12, ny=8, nc=14)
    with open_page(page_of(tables, Audience.PUBLIC, tmp_path)) as page:
        assert page.evaluate(DRAW, {"paper": paper, "landscape": landscape}) == [True]
        entries = told(page)
    assert [one["n"] for one in entries] == sorted(tables.zones["number"])
    assert {one["phone"] for one in entries} == {"0554-6601234 转 802"}


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_a_long_list_has_pages(open_page: Opener, tmp_path: Path, query: str) -> None:
    """What no map leaves room for follows it, each zone once and in order."""
    tables = make_plan_tables(nx=36, ny=20, nc=120)
    with open_page(page_of(tables, Audience.PUBLIC, tmp_path), query) as page:
        pictures = page.evaluate(DRAW, {"paper": "A4", "landscape": True})
        assert pictures[0] is True
        assert len(pictures) > 2
        assert not any(pictures[1:])
        entries = told(page)
        assert [one["n"] for one in entries] == list(range(1, 121))
        page.evaluate("window.plannerPrint.open()")
        assert str(len(pictures)) in page.inner_text(".print-said")


def test_a_meeting_asks_for_it(open_page: Opener, tmp_path: Path) -> None:
    """The sheet of a meeting keeps its whole width for the map until somebody ticks the list."""
    tables = make_plan_tables(nx=12, ny=8, nc=8)
    with open_page(page_of(tables, Audience.MEETING, tmp_path)) as page:
        asked = {"paper": "A3", "landscape": True}
        page.evaluate(DRAW, asked)
        assert page.locator(".sheet-list").count() == 0
        page.evaluate("window.plannerPrint.open()")
        page.locator("dialog [name=listed]").check()
        page.locator("dialog [name=what]").select_option("printEach")
        assert not page.locator("dialog [name=listed]").is_visible()
        page.locator("dialog [name=what]").select_option("printWhole")
        page.evaluate("window.plannerPrint.close()")
        page.evaluate(DRAW, asked)
        labels = page.locator(".sheet-list .list-who").all_inner_texts()
        entries = told(page)
    assert [one["n"] for one in entries] == sorted(tables.zones["number"])
    assert sorted(labels) == sorted(tables.centres["label"])
