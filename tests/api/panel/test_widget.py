"""The widget says what its trial says, and answers what a page asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from planner.api.panel.trial import Trial
from planner.model.project import Project
from tests.api.small import write_small_office

pytest.importorskip("anywidget")
from planner.api.panel.widget import Panel

LIMITS = {
    "members_per_zone": ["1", "3"],
    "households_per_member": ["1", "12"],
    "households_per_zone": ["", ""],
    "walk_m": ["", "600"],
}
FIRST = {"do": "solve", "limits": LIMITS, "stay": [], "price_m": ""}


@pytest.fixture
def shown(tmp_path: Path) -> Panel:
    """A panel of twelve homes and two centres."""
    return Panel(Trial(Project.read(write_small_office(tmp_path))))


def test_solve_look_accept(shown: Panel) -> None:
    """What is found is shown with its figures and its Python, and stands once it is accepted."""
    states: list[str] = []
    shown.observe(lambda change: states.append(change["new"]["state"]), "shown")
    shown._heard(None, FIRST)
    assert states[0] == "busy"
    assert states[-1] == shown.shown["state"] == "found"
    assert "<svg" in shown.shown["card"]
    assert "planner.run(project)" in shown.shown["code"]
    assert shown.plan is None
    assert shown.form["zones"] == []
    shown._heard(None, {"do": "accept"})
    assert shown.plan is not None
    assert shown.shown["state"] == "ready"
    assert [zone["number"] for zone in shown.form["zones"]] == [1, 2]


def test_no_resident_is_in_what_is_shown(shown: Panel) -> None:
    """Neither address nor id of a home travels to the page."""
    shown._heard(None, FIRST)
    shown._heard(None, {"do": "accept"})
    told = f"{shown.form} {shown.shown}"
    assert not [text for text in ("甲路", "H1", "H9") if text in told]


@pytest.mark.parametrize(
    "asked",
    [
        FIRST | {"limits": {"members_per_zone": ["many", "3"]}},
        FIRST | {"limits": {"members_per_zone": ["9", "3"]}},
        FIRST | {"limits": {"members_per_zone": ["-1", "3"]}},
        FIRST | {"limits": {"members_per_zone": ["1", "inf"]}},
        FIRST | {"limits": {"<b>": ["1", "3"]}},
        FIRST | {"stay": [1]},
        FIRST | {"price_m": "nan"},
        {"do": "accept"},
    ],
)
def test_what_cannot_be_is_said(shown: Panel, asked: dict[str, Any]) -> None:
    """In Chinese and English, in the panel, where a notebook would hide an error of a button."""
    shown._heard(None, asked)
    assert shown.shown["state"] == "failed"
    assert shown.shown["said"]
    assert shown.shown["said_zh"]
    assert shown.plan is None


def test_what_is_no_request_does_nothing(shown: Panel) -> None:
    """A page may send anything."""
    shown._heard(None, {"do": "delete"})
    shown._heard(None, {})
    assert shown.shown["state"] == "ready"
