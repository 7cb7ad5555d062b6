"""The summary says what a meeting may know, in both languages, and nothing in it runs."""

from __future__ import annotations

from planner.render.text.summary import summary_markdown
from planner.render.text.words import network_words
from tests.plans import HOSTILE, make_plan_tables

KEYS = (
    "households",
    "located",
    "zones",
    "unassigned",
    "cost_m",
    "penalty_m",
    "bound_m",
    "optimality_gap",
    "zones_connected",
    "rules",
    "gaps",
    "walk_m",
    "homes_moved",
    "seconds",
    "versions",
    "seed",
)


def test_markdown_tells_the_plan() -> None:
    """The page holds the title, both languages, the proof, each cause, each zone and the data date."""
    text = summary_markdown(make_plan_tables())
    for part in (
        "示例街道",
        "SYNTHETIC",
        "proven within",
        "覆盖空白",
        "beyond the walk limit",
        "change hands",
        "ODbL",
    ):
        assert part in text
    assert text.count("\n| 1") >= 1
    assert "2026-04-02" in text


def test_markdown_is_inert() -> None:
    """Texts of the input can neither open a tag, a link, a code span nor a table cell."""
    text = summary_markdown(make_plan_tables(hostile=True))
    assert "<" not in text.replace("&lt;", "")
    assert not any(
        payload in text for payload in HOSTILE if "<" in payload or "[" in payload or "`" in payload
    )
    assert "\u2028" not in text
    table = [line for line in text.splitlines() if line.startswith("| ")]
    zones = [line for line in table if line.split("|")[1].strip().isdigit()]
    assert len({line.replace("\\|", "").count("|") for line in zones}) == 1


def test_markdown_names_no_household() -> None:
    """No household or member but the centres' homes is on the page."""
    tables = make_plan_tables()
    text = summary_markdown(tables)
    assert not any(h in text for h in tables.households["household_id"])


def test_network_stamp() -> None:
    """A plan whose walks are straight lines says so; one on streets has no stamp."""
    text = summary_markdown(
        make_plan_tables(provenance={"network": "straight x1.30", "detour_factor": 1.3})
    )
    assert "straight lines" in text
    assert network_words({"network": "streets"}) is None
