"""The nearest venue of each unit, on foot, as a plan remembers it and a look-up tells it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd

from planner.plan.lookup import look_up
from planner.plan.venues import Venue, nearest_venue, venues_told
from tests.plan.care.town import PLANE, care_town, ground_of


def test_the_nearest_on_foot() -> None:
    """By the streets, not by the crow; what no street reaches has none."""
    plan, _ = care_town()
    ground = ground_of(plan)[0]
    xy = np.array([[100.0, 3.0], [780.0, 403.0], [90_000.0, 90_000.0]])
    lon_lat = PLANE.to_lon_lat(xy)
    venues = pd.DataFrame(
        {"name": ["东站", "西站", "远站"], "hours": ["8:00-18:00", "", ""],
         "lon": lon_lat[:, 0], "lat": lon_lat[:, 1]}
    )  # fmt: skip
    told = venues_told(venues, ground.network, ground.snaps)
    json.dumps(told)
    assert set(told["of"]) <= {0, 1, -1}
    walks = [w for w in told["walk_m"] if w is not None]
    assert min(walks) < 100 < max(walks)
    with_venues = replace(plan, provenance={**plan.provenance, "venues": told})
    unit = str(plan.units["unit_id"].iloc[int(np.argmin([w or np.inf for w in told["walk_m"]]))])
    found = nearest_venue(with_venues, unit)
    assert found is not None
    assert found.name in ("东站", "西站")
    spot = plan.units.geometry.iloc[0]
    answer = look_up(with_venues, f"{spot.x:.6f},{spot.y:.6f}")
    assert answer.places[0].venue is not None
    assert json.dumps(answer.to_mapping())
    # a plan without venues says nothing of them
    assert look_up(plan, f"{spot.x:.6f},{spot.y:.6f}").places[0].venue is None
    assert nearest_venue(plan, unit) is None
    assert nearest_venue(with_venues, "nowhere") is None


def test_words() -> None:
    """Name, walk and hours, in both languages."""
    assert Venue("东站", "8:00-18:00", 1234.4).words == (
        "东站，步行1,234米，8:00-18:00",
        "东站, 1,234 m, 8:00-18:00",
    )
    assert Venue("东站", "", 20.0).words[1] == "东站, 20 m"
