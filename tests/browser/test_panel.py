"""The panel of a notebook in a real browser, a real kernel's side behind it: set, solve, look, accept."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from planner.api.panel.trial import Trial
from planner.model.project import Project
from tests.api.small import write_small_office
from tests.browser.conftest import wait_until

pytest.importorskip("anywidget")
from planner.api.panel.widget import Panel

PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>panel</title>
<body><main id="here"></main>"""
# what a notebook gives a widget: values, their changes, and a way to send
MODEL = """async ([code, css, values]) => {
  const heard = {};
  window.model = {
    get: (name) => values[name],
    on: (what, then) => { (heard[what] = heard[what] || []).push(then); },
    off: (what, then) => { heard[what] = (heard[what] || []).filter((one) => one !== then); },
    send: (asked) => window.kernel(JSON.stringify(asked)),
    put: (name, value) => {
      values[name] = value;
      (heard[`change:${name}`] || []).forEach((then) => then());
    },
    listeners: () => Object.values(heard).flat().length,
  };
  const style = document.createElement('style');
  style.textContent = css;
  document.head.append(style);
  const widget = await import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
  window.leave = widget.default.render({ model: window.model, el: document.getElementById('here') });
}"""


@pytest.fixture
def panel(tmp_path: Path) -> Panel:
    """A panel of twelve homes and two centres."""
    return Panel(Trial(Project.read(write_small_office(tmp_path))))


def opened(browser: Any, panel: Panel, wrong: list[str]) -> Any:
    """Open a page that has the widget in it, whose kernel is this process."""
    page = browser.new_context(viewport={"width": 1200, "height": 800}, offline=True).new_page()
    page.on("console", lambda m: wrong.append(m.text))
    page.on("pageerror", lambda e: wrong.append(str(e)))
    asked: list[dict[str, Any]] = []
    page.expose_function("kernel", lambda text: asked.append(json.loads(text)))
    page.set_content(PAGE)
    files = resources.files("planner.render.panel")
    code, css = (files.joinpath(f"panel.{ending}").read_text("utf-8") for ending in ("js", "css"))
    told = {"form": panel.form, "shown": panel.shown}
    page.evaluate(MODEL, [code, css, told])

    def answered() -> None:
        """Let the kernel do what was asked, and tell the page of every change."""
        wait_until(page, "true")
        while asked:
            panel._heard(None, asked.pop(0))
        for name in told:
            now = getattr(panel, name)
            if now != told[name]:  # as a kernel does: what is the same is not told again
                page.evaluate("([name, value]) => model.put(name, value)", [name, now])
                told[name] = now

    page.answered = answered
    return page


def test_set_solve_accept(browser: Any, panel: Panel) -> None:
    """From the project's rules to a plan that stands, one of whose zones stays while a rule is tried."""
    wrong: list[str] = []
    page = opened(browser, panel, wrong)
    rows = page.locator("tbody tr")
    assert rows.count() == 4
    assert page.locator(".accept").is_disabled()
    rows.nth(0).locator("input[type=number]").nth(0).fill("1")
    # the slider sets the number beside it
    slide = "(one) => { one.value = 3; one.dispatchEvent(new Event('input')); }"
    rows.nth(0).locator("input[type=range]").evaluate(slide)
    assert rows.nth(0).locator("input[type=number]").nth(1).input_value() == "3"
    rows.nth(1).locator("input[type=number]").nth(0).fill("1")
    rows.nth(1).locator("input[type=number]").nth(1).fill("12")
    for side in (0, 1):  # follows from the other two
        rows.nth(2).locator("input[type=number]").nth(side).fill("")
    assert rows.nth(3).locator("input[type=number]").nth(0).is_disabled()
    page.locator(".solve").click()
    page.answered()
    assert "尚未采用" in page.inner_text(".said")
    assert page.locator(".card svg").count() == 1
    assert "planner.run(project)" in page.inner_text("pre")
    assert panel.plan is None
    page.locator(".accept").click()
    page.answered()
    assert panel.plan is not None
    zones = page.locator(".zones input")
    assert zones.count() == 2
    zones.nth(0).check()
    rows = page.locator("tbody tr")
    rows.nth(2).locator("input[type=number]").nth(1).fill("8")
    page.locator(".price input").fill("50")
    page.locator(".solve").click()
    page.answered()
    assert "'lock', 'target': 'zone 1'" in page.inner_text("pre")
    assert "planner.Keeping(50)" in page.inner_text("pre")
    assert not wrong
    page.context.close()


def test_what_is_refused_is_said(browser: Any, panel: Panel) -> None:
    """In words; what was typed stays; nothing that is told is taken for markup."""
    wrong: list[str] = []
    page = opened(browser, panel, wrong)
    high = page.locator("tbody tr").nth(0).locator("input[type=number]").nth(1)
    high.fill("2")
    page.locator(".solve").click()
    page.answered()
    assert "大于" in page.inner_text(".said")
    assert high.input_value() == "2"
    hostile = {
        "state": "failed",
        "said": "<img src=x onerror=window.bad=1>",
        "said_zh": "",
        "done": 0,
    }
    page.evaluate("(shown) => model.put('shown', shown)", hostile | {"card": "", "code": "<b>"})
    assert page.locator(".said img, pre b").count() == 0
    assert page.evaluate("window.bad") is None
    assert not wrong
    page.context.close()


def test_a_panel_that_is_left_hears_no_more(browser: Any, panel: Panel) -> None:
    """A notebook draws a cell anew: what was there before lets go of the model."""
    wrong: list[str] = []
    page = opened(browser, panel, wrong)
    assert page.evaluate("model.listeners()") == 2
    page.evaluate("leave()")
    assert page.evaluate("model.listeners()") == 0
    assert not wrong
    page.context.close()
