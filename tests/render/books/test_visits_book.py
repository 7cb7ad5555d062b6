"""The book of visits: the log's sheets, headings by which it is read again, texts that stay texts."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pandas as pd
from openpyxl import load_workbook

from planner.intake.service_log import SERVICES
from planner.render.books import visits_book
from planner.render.books.visits_book import (
    FIRST,
    HOME,
    SECOND,
    visits_bytes,
    visits_figures,
    visits_lines,
)


def told():
    """One care household, one helper, one log."""
    visit = {
        "household_id": "=H1",
        "fence": "甲",
        "zone": "M1",
        "place": "甲楼",
        "kinds": "a",
        "kinds_zh": "乙",
    }
    visit |= {
        "visits": 4.0,
        "minutes": 30.0,
        "first": "M1",
        "first_m": 5.0,
        "second": "",
        "second_m": None,
    }
    load = {
        "member_id": "M1",
        "zone": "M1",
        "homes": 1,
        "second": 0,
        "minutes": 120.0,
        "allowed": 60.0,
    }
    load |= {"over": 60.0, "hours_needed": 2.0}
    counts = {"month": "2026-05", "number": 1, "zone": "M1", **dict.fromkeys(SERVICES, 0)}
    counts |= {"visit": 12, "wish": 2, "minutes": 30.0, "needed": 4.0}
    unseen = {
        "household_id": "=H1",
        "zone": "M1",
        "place": "",
        "last": "",
        "days": None,
        "helper": "M1",
    }
    done = SimpleNamespace(
        counts=pd.DataFrame([counts]),
        members=pd.DataFrame(columns=["month", "member_id", "zone", "services", "minutes"]),
        unseen=pd.DataFrame([unseen]),
        zones=pd.DataFrame([{"number": 1, "zone": "M1", "last": "2026-05-01", "days": 3.0}]),
        unknown=1,
        unread=2,
    )
    about = {
        "title": "",
        "created": "",
        "week": 3,
        "hours": 1.0,
        "needed_hours": 2.0,
        "smallest": 10,
    }
    about |= {"network": "streets", "detour_factor": None}
    return SimpleNamespace(
        visits=pd.DataFrame([visit]),
        load=pd.DataFrame([load]),
        rounds=pd.DataFrame(
            columns=["zone", "member_id", "stops", "visits", "metres", "minutes", "order"]
        ),
        patrols=pd.DataFrame(columns=["number", "zone", "streets_m", "metres", "minutes", "parts"]),
        served=done,
        about=about,
    )


def test_every_kind_of_service_has_a_column() -> None:
    """The words of the book are those of the log's kinds."""
    assert {k: zh for k, (zh, _) in visits_book._WORDS.items()} == {
        k: v[0] for k, v in SERVICES.items()
    }


def test_sheets_of_the_log_are_there_and_texts_stay_texts() -> None:
    """Eight sheets; an id that begins as a formula is a text; the headings that are read again stand."""
    book = load_workbook(io.BytesIO(visits_bytes(told())))
    assert len(book.sheetnames) == 8
    sheet = book["走访计划 visits"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=H1", "s")
    heads = [str(c.value).split("\n")[0] for c in sheet[1]]
    assert {HOME, FIRST, SECOND} <= set(heads)


def test_few_are_hidden_on_the_screen() -> None:
    """One household, two wishes: fewer than ten; twelve visits are told."""
    figures = visits_figures(told())
    assert (figures["care"], figures["over"], figures["log"]["unseen"]) == (None, None, None)
    assert figures["log"]["services"]["visit"] == 12
    assert figures["log"]["services"]["wish"] is None
    lines = [" · ".join(pair) for pair in visits_lines(told())]
    assert lines[0].startswith("关爱户 <10 户")
    assert any("log: visits 12, wishes <10" in line for line in lines)
