"""What would be asked, how long it takes and what it costs, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.intake.gazetteer.geocode import COLUMNS
from planner.intake.online.estimate import Estimate, questions
from planner.intake.online.outgoing import Cutter
from planner.intake.online.settings import ProviderSettings
from tests.intake.online.conftest import estimate, lookup, places, quick, sent, streets
from tests.intake.online.fake import Fake

Serve = Callable[..., Fake]
BEFORE = Estimate("amap", "h", 10, 10, 0, 10, 0, 4, 3.0, free_left=2, price_per_1000=3000.0)


def test_estimate_comes_first(serve: Serve, tmp_path: Path) -> None:
    """What would be sent, to whom and for how long is known without a request or a key."""
    fake = serve(places=places(5))
    settings = quick(fake, per_second=2, most=12)
    before = estimate([*streets(20), *streets(20), "不详"], settings, tmp_path / "a")
    assert not fake.raw
    assert (before.addresses, before.distinct, before.to_send, before.withheld) == (41, 20, 20, 1)
    assert (before.over, before.seconds, before.host) == (8, 6.0, settings.host)
    assert settings.host in str(before)
    lookup(streets(5), quick(fake), cache=tmp_path / "a")
    after = estimate(streets(20), settings, tmp_path / "a")
    assert (after.cached, after.to_send) == (5, 15)


@pytest.mark.parametrize(
    ("change", "paid", "cost", "words"),
    [
        ({}, 4, 12.0, "about 12.00"),
        ({"free_left": 6}, 0, 0.0, "free of charge"),
        ({"free_left": None}, None, 18.0, "about 18.00"),
        ({"price_per_1000": None}, 4, None, "4 more than the free requests"),
        ({"price_per_1000": None, "free_left": None}, None, None, "cost not known"),
        ({"to_send": 4}, 0, 0.0, "free of charge"),
    ],
)
def test_costs_are_of_the_run(
    change: dict[str, float | None], paid: int | None, cost: float | None, words: str
) -> None:
    """What goes beyond the free requests is paid; only what one run asks counts."""
    told = replace(BEFORE, **change)  # type: ignore[arg-type]
    assert (told.paid, told.cost) == (paid, cost)
    assert words in told.cost_words[0]
    assert told.cost_words[0] in str(told)


def test_the_busiest_building_is_asked_first() -> None:
    """Where a run ends early most homes have been placed; ties go by text."""
    column = pd.Series(["柳荫路2号301室", "柳荫路1号101室", "柳荫路3号1室", "柳荫路1号102室"])
    told = questions(column, ProviderSettings("amap"), None, None, Cutter())
    assert [told.asked[key].text for key in told.order] == [sent(3)[i] for i in (0, 1, 2)]
    assert [i for i, _ in told.rows] == [0, 1, 2, 3]


def test_what_a_person_settled_is_closed() -> None:
    """Rows that a review has answered are never asked, even where all are; sure ones only then."""
    frame = pd.DataFrame(
        {
            "lon": [1.0, 1.0, np.nan, 1.0],
            "lat": [1.0, 1.0, np.nan, 1.0],
            "precision": "building",
            "confidence": [0.2, 0.8, 0.0, 0.79],
            "matched": "",
            "source": ["review", "map", "", "map"],
            "runners_up": "",
            "cause": "",
            "code": "",
            "told": "",
        }
    )[list(COLUMNS)]
    column = pd.Series(streets(4))
    unsure = questions(column, ProviderSettings("amap"), None, frame, Cutter())
    assert [i for i, _ in unsure.rows] == [2, 3]
    every = questions(column, ProviderSettings("amap", ask="all"), None, frame, Cutter())
    assert [i for i, _ in every.rows] == [1, 2, 3]
    with pytest.raises(ValueError, match="lacks"):
        questions(column, ProviderSettings("amap"), None, frame.drop(columns="cause"), Cutter())


@pytest.mark.parametrize(
    ("n", "shown"), [(0, []), (1, [0]), (4, [0, 1, 2, 3]), (100, range(0, 100, 11))]
)
def test_samples_come_from_all_over_the_list(n: int, shown: list[int]) -> None:
    """Ten of the texts are shown before anybody agrees, the first and the last among them."""
    told = questions(
        pd.Series(streets(n), dtype=object), ProviderSettings("amap"), None, None, Cutter()
    )
    texts = [told.asked[key].text for key in told.order]
    assert told.estimate(ProviderSettings("amap"), None).samples == tuple(texts[i] for i in shown)
