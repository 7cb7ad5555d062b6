"""What the web's own checkers say of every kind of page: WCAG 2.2 AA by axe-core, HTML by the Nu checker."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from planner.plan.compare import compared
from planner.privacy.audience import Audience
from planner.privacy.person import People, Person
from planner.render.map.page import map_page
from planner.render.map.pair import compare_page
from planner.render.map.review_page import review_page
from tests.browser.npm import packed
from tests.browser.test_review import BASE, LINES
from tests.plan.test_compare import movable, recut
from tests.plans import make_plan_tables

AXE = "4.10.3"
NU = "26.9.27"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
KINDS = ("meeting", "public", "internal", "compare", "review")
DO = {
    "as opened": [],
    "editing": ["click #edit"],
    "a zone chosen": ["click tr[data-zone] .badge"],
    "edited": ["click #edit", "move"],
    "print": ["print"],
    "search": ["type 新村"],
}
STATES = {
    "meeting": tuple(DO),
    "internal": tuple(DO),
    "public": ("as opened", "a zone chosen", "print"),
    "compare": ("as opened",),
    "review": ("as opened",),
}
MOVE = """() => {
  const { desk, numbers } = window.plannerPage;
  const able = (k) => !desk.refusal([k]) && numbers.candidates([k]).length;
  const b = Array.from({ length: numbers.n }, (_, k) => k).find(able);
  desk.choose([b]);
  desk.move(numbers.candidates([b])[0], [b]);
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give a page of each kind."""
    folder = tmp_path_factory.mktemp("standards")
    tables, before = make_plan_tables(), make_plan_tables(moved=False)
    people = People(
        {h: Person("合成甲", room="502") for h in tables.households["household_id"]},
        {m: Person("合成乙", office_phone="0554-6601234") for m in tables.members["member_id"]},
    )
    inside = map_page(tables, audience=Audience.INTERNAL, people=people, day=date(2026, 5, 18))
    pair = compare_page(compared(before, recut(before, movable(before, 12))))
    made = {
        "meeting": map_page(tables).save(folder / "meeting.html"),
        "public": map_page(tables, audience=Audience.PUBLIC, people=people).save(
            folder / "public.html"
        ),
        "internal": inside.save(folder / "internal.html"),
        "compare": pair.save(folder / "compare.html"),
        "review": folder / "review.html",
    }
    made["review"].write_bytes(review_page(LINES, BASE, (116.99, 32.59, 117.01, 32.61)))
    return made


def brought(page: Any, deeds: list[str]) -> None:
    """Bring a page into a state."""
    for deed in deeds:
        what, _, how = deed.partition(" ")
        if what == "click":
            page.click(how)
        elif what == "print":
            page.evaluate("window.plannerPrint.open()")
        elif what == "type":
            page.fill("#find", how)
        else:
            page.evaluate(MOVE)
    page.wait_for_timeout(250)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_everybody_can_use_it(
    browser: Any, pages: dict[str, Path], kind: str, language: str
) -> None:
    """axe-core finds nothing at level AA, whatever the page is doing."""
    axe = (packed("axe-core", AXE) / "axe.min.js").read_text("utf-8")
    found = []
    for state in STATES[kind]:
        # the page's own policy would not let the checker in
        context = browser.new_context(offline=True, bypass_csp=True)
        page = context.new_page()
        page.goto(f"{pages[kind].as_uri()}?lang={language}")
        if kind != "review":
            page.wait_for_selector("html[data-ready]")
        brought(page, DO[state])
        page.evaluate(axe)
        # the watermark is there to be seen through
        told = page.evaluate(
            "(tags) => axe.run({ exclude: ['.watermark'] }, { runOnly: tags })", WCAG
        )
        assert len(told["passes"]) > 10
        found += [(state, v["id"], v["nodes"][0]["html"][:120]) for v in told["violations"]]
        context.close()
    assert found == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_valid(pages: dict[str, Path], kind: str) -> None:
    """The Nu HTML checker finds no error, in markup and style."""
    if shutil.which("java") is None:
        pytest.skip("the Nu checker needs java")
    jar = packed("vnu-jar", NU) / "build/dist/vnu.jar"
    asked = ["java", "-jar", str(jar), "--errors-only", "--format", "gnu", str(pages[kind])]
    told = subprocess.run(asked, capture_output=True, text=True, timeout=240)
    assert (told.returncode, told.stderr[:2000]) == (0, "")
