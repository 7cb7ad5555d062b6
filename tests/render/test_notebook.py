"""Progress in a notebook: bars in place, texts inert, nothing outside a notebook."""

from __future__ import annotations

from planner.api.progress import Event
from planner.render.notebook import NotebookProgress, in_notebook


def test_bars_show_every_stage_and_keep_what_is_known(monkeypatch) -> None:
    """Each stage has one bar, and the last detail stays when the stage ends."""
    bars = NotebookProgress({"zones": "划分责任区"})
    monkeypatch.setattr(bars, "_draw", lambda: None)
    for event in (Event("read", 0.0), Event("read", 1.0), Event("zones", 0.5, "within 2.00 %")):
        bars(event)
    bars(Event("zones", 1.0))
    drawn = bars.html()
    assert drawn.count("<progress") == 2
    assert "划分责任区" in drawn
    assert "within 2.00 %" in drawn
    assert 'value="1.000"' in drawn


def test_hostile_texts_are_inert(monkeypatch) -> None:
    """A detail that looks like HTML is shown, not run."""
    bars = NotebookProgress()
    monkeypatch.setattr(bars, "_draw", lambda: None)
    bars(Event("zones", 0.5, "<img src=x onerror=alert(1)>"))
    assert "<img" not in bars.html()


def test_a_plain_process_is_no_notebook() -> None:
    """Nothing is drawn where nobody looks."""
    assert not in_notebook()
