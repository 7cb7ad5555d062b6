"""The care layers: what is drawn, and that no page for others holds any of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from planner.api.zone import run
from planner.errors import PrivacyError
from planner.privacy import Secrets
from planner.privacy.audience import Audience
from planner.privacy.pages import check_structure
from planner.render.map.care_layer import care_payload, needs_by_kind
from planner.render.map.meeting import meeting_payload
from planner.render.map.page import SCRIPTS, finished_page
from planner.render.text.summary import summary_markdown
from tests.plan.care.town import care_town, write_care_town


@pytest.fixture(scope="module")
def told():
    """Give the town and its coverage."""
    plan, project = care_town()
    return plan, plan.coverage(project, seconds=0.0)


def test_bands_are_rings_in_degrees(told) -> None:
    """Three bands a source, latitude first, each ring closed; the ground is that of the layer."""
    plan, covered = told
    payload = care_payload(plan, covered)
    assert set(payload["bands"]) == {"centre", "member"}
    layer = covered.bands[covered.bands["source"] == "centre"]
    for (start, end, rings), row in zip(
        payload["bands"]["centre"], layer.itertuples(), strict=True
    ):
        assert (start, end) == (row.from_min, row.to_min)
        shapes = []
        for outer, *inner in rings:
            holes = [np.array(hole)[:, ::-1] for hole in inner]
            shapes.append(shapely.Polygon(np.array(outer)[:, ::-1], holes))
        assert sum(s.area for s in shapes) == pytest.approx(row.geometry.area, rel=0.05)
        assert all(ring[0] == ring[-1] for part in rings for ring in part)
    json.dumps(payload)


def test_one_row_a_door_with_its_worst_case(told) -> None:
    """Two care households on one stairwell: their number, the fewer helpers, the longer wait."""
    plan, covered = told
    homes = plan.households["household_id"].tolist()
    units = plan.households["unit_id"].tolist()
    twin = next(i for i in range(len(units)) if units.count(units[i]) == 1 and units[i])
    care = pd.DataFrame({"household_id": [homes[twin], "H900"], "helpers": [1, 0]})
    both = replace(
        covered, care=care, unseen=pd.DataFrame({"household_id": [homes[twin]], "days": [np.nan]})
    )
    ((lat, lon, count, fewest, days),) = care_payload(plan, both)["homes"]
    assert (count, fewest, days) == (1, 1, -1)
    assert (lon, lat) == pytest.approx((117.0, 32.6), abs=0.03)
    late = replace(both, unseen=pd.DataFrame({"household_id": [homes[twin]], "days": [120.0]}))
    assert care_payload(plan, late)["homes"][0][4] == 120
    assert care_payload(plan, replace(both, unseen=None))["homes"][0][4] is None
    bare = replace(both, care=None, bands=None, sites=None, brought=None, left_alone=None)
    assert care_payload(plan, bare) == {
        "bands": {},
        "homes": [],
        "limit_m": covered.about["helper_m"],
        "sites": [],
        "heat": [],
        "away": [],
        "site_m": 400.0,
        "needs": [],
    }


def test_a_candidate_stands_with_whom_it_would_bring_nearer(told) -> None:
    """Its own door first; homes that come within the limit add up to what the ranking says of it."""
    plan, covered = told
    sites = care_payload(plan, covered)["sites"]
    assert len(sites) == len(covered.sites) == 6
    for site, row in zip(sites, covered.sites.itertuples(), strict=True):
        lat, lon, name, homes, saved, doors = site
        assert name.startswith(row.candidate)
        assert (homes, saved) == (row.homes, round(row.saved_m))
        assert doors[0][:2] == [lat, lon]
        assert sum(door[2] for door in doors if door[4]) == homes
        nearer = [door[2] * door[3] for door in doors if door[3] is not None]
        assert sum(nearer) >= saved * (0.99 if not homes else 0.0)
    assert any(site[3] > 0 for site in sites)
    json.dumps(sites)


def test_the_worst_absences_stand_with_whom_they_leave(told) -> None:
    """Each with its homes, added up door by door; who leaves nobody is not drawn."""
    plan, covered = told
    away = care_payload(plan, covered)["away"]
    worst = covered.absences[(covered.absences["left"] > 0) | (covered.absences["left_centre"] > 0)]
    assert [row[2] for row in away] == worst["member_id"].head(10).tolist()
    assert away
    for row, table in zip(away, worst.itertuples(), strict=False):
        assert sum(door[2] for door in row[5]) == row[3]
        assert max(table.left, table.left_centre) <= row[3] <= table.left + table.left_centre
        assert row[4] <= row[3]


def test_the_log_is_drawn_door_by_door(told) -> None:
    """Where its doors are, with how often; nothing without a log."""
    plan, covered = told
    assert covered.heat is None
    heat = pd.DataFrame({"unit": [3, 5], "services": [7, 1]})
    drawn = care_payload(plan, replace(covered, heat=heat))["heat"]
    point = plan.units.geometry.iloc[3]
    assert drawn[0] == [round(point.y, 6), round(point.x, 6), 7]
    assert drawn[1][2] == 1


def test_needs_that_stay_open_are_drawn_door_by_door(told) -> None:
    """Two of one door are one sign; a home without a place has none; nothing where no sheet states needs."""
    plan, covered = told
    assert covered.unmet is None
    homes = plan.households
    placed = homes.loc[homes["unit_id"] != "", ["household_id", "unit_id"]]
    first, other = placed.iloc[0], placed[placed["unit_id"] != placed.iloc[0]["unit_id"]].iloc[0]
    rows = [first["household_id"], first["household_id"], other["household_id"], "H900"]
    unmet = pd.DataFrame({"household_id": rows, "kind": ["study", "repair", "study", "study"]})
    drawn = care_payload(plan, replace(covered, unmet=unmet))["needs"]
    assert sorted(row[2] for row in drawn) == [1, 2]
    json.dumps(drawn)


def test_the_internal_page_alone_may_hold_it(told) -> None:
    """It is in the internal page; a meeting's page that held it is refused, and has no script for it."""
    plan, covered = told
    page = plan.map(audience="internal", coverage=covered)
    check_structure(page.html, Audience.INTERNAL, "map.html")
    assert "careSwitch" in page.html
    assert "care" not in SCRIPTS[Audience.MEETING]
    assert "care" not in SCRIPTS[Audience.PUBLIC]
    payload = care_payload(plan, covered)
    island = re.search(r'id="plan-data">(.*?)</script>', page.html, re.DOTALL)
    assert island is not None
    shown = {k: v for k, v in json.loads(island[1]).items() if k != "audience"}
    with pytest.raises(PrivacyError, match="care"):
        finished_page(shown, {"shapes": {}, "care": payload}, Audience.MEETING, Secrets({}))


def test_marks_of_care_change_nothing_for_others(told, tmp_path: Path) -> None:
    """Not by difference either: what a meeting is given is the same whether homes are marked or not."""
    plan, covered = told
    assert covered.about["care"] > 0
    project = write_care_town(tmp_path)
    sheet = tmp_path / "homes.csv"
    head, *rows = sheet.read_text("utf-8").splitlines()
    rows = [line.rsplit(",", 1)[0] + "," for line in rows]
    sheet.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    bare = run(project)
    assert not bare.coverage(project, seconds=0.0).about["care"]
    assert summary_markdown(bare) == summary_markdown(plan)
    assert meeting_payload(bare) == meeting_payload(plan)


def test_a_meeting_is_told_needs_by_kind_and_of_many_only(told) -> None:
    """Kinds of ten or more, without a sum; a page that told of fewer is refused."""
    plan, covered = told
    rows = [("study", "送学", "study at home")] * 12 + [("repair", "维修", "repairs")] * 9
    unmet = pd.DataFrame(rows, columns=["kind", "zh", "en"]).assign(household_id="H001")
    assert needs_by_kind(unmet, 10) == [["送学", "study at home", 12]]
    assert needs_by_kind(None, 10) == []
    page = plan.map(coverage=replace(covered, unmet=unmet)).html
    assert "送学" in page
    assert "维修" not in page
    assert "H001" not in page
    assert "needs" not in json.loads(
        re.findall(r'id="plan-data">(.*?)</script>', plan.map().html)[0]
    )
    leaky = page.replace('"study at home",12', '"study at home",7')
    assert leaky != page
    with pytest.raises(PrivacyError):
        check_structure(leaky, Audience.MEETING, "map.html")
