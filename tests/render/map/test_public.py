"""A public map tells zones, whom to call and rounded counts, and nothing from which a home could be had."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import accumulate
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import PrivacyError
from planner.model.caring import Pace, care_kinds
from planner.model.tables import PlanTables
from planner.plan.care.shares import Needs, open_shares
from planner.privacy import Secrets, check_page, parts_of
from planner.privacy.audience import Audience
from planner.privacy.blocks import FEW, HIDDEN
from planner.privacy.person import People, Person
from planner.render.map.meeting import taken_shapes
from planner.render.map.page import map_page, roster_payload
from planner.render.map.public import public_payload, rounded_counts
from tests.plans import make_plan_tables

PUBLIC = Audience.PUBLIC
STEP = PUBLIC.terms.grid_steps


@pytest.fixture(scope="module")
def tables() -> PlanTables:
    """Give a plan."""
    return make_plan_tables()


@pytest.fixture(scope="module")
def people(tables: PlanTables) -> People:
    """Give made-up names for everyone in it."""
    return People(
        {h: Person(f"户主{i:04d}甲", room=f"{i % 6 + 1}02", care=("独居",) * (i % 9 == 0))
         for i, h in enumerate(tables.households["household_id"])},
        {m: Person(f"党员{i:04d}乙", phone=f"1990000{i:04d}", office_phone=f"0554-66{i:05d}")
         for i, m in enumerate(tables.members["member_id"])},
        {"a name": frozenset(f"党员{i:04d}乙" for i in range(len(tables.members)))},
    )  # fmt: skip


def said(html: str) -> str:
    """Give all that a page says, packed parts too."""
    return "\n".join(p.text for p in parts_of(html.encode(), "map.html"))


def test_nothing_but_zones_and_a_base_map(tables: PlanTables) -> None:
    """No units, no centres, no buildings, no walks, no ids."""
    payload = public_payload(tables)
    shapes = taken_shapes(payload)
    assert set(payload) <= PUBLIC.terms.shows
    assert set(shapes) == {"water", "green", "rails", "streets", "zones"}
    assert set(payload["base"]) == {"streets", "fences"}
    assert set(payload["zones"][0]) == {
        *("n", "colour", "fence", "homes", "name", "phone", "at", "estates")
    }
    text = said(map_page(tables, audience=PUBLIC).html)
    ids = {*tables.households["household_id"], *tables.members["member_id"]}
    assert not [i for i in ids if i in text]
    assert not [label for label in tables.units["label"] if label in text]


def test_positions_are_coarse_and_outlines_still_meet(tables: PlanTables) -> None:
    """Every vertex lies on the grid; zones neither overlap nor leave their places."""
    payload = public_payload(tables)
    origin = np.array(payload["origin"])
    assert not (origin % STEP).any()
    zones = taken_shapes(payload)["zones"]
    drawn = [polygon(rings, origin, payload["scale"]) for rings in zones]
    for rings in zones:
        for ring in rings:
            assert not any(v % STEP for v in accumulate(ring[0::2]))
            assert not any(v % STEP for v in accumulate(ring[1::2]))
    true = tables.zones.geometry.to_numpy()
    both = shapely.area(shapely.intersection(drawn, true)) / shapely.area(true)
    assert both.min() > 0.7
    i, j = np.triu_indices(len(drawn), 1)
    overlap = shapely.area(shapely.intersection(np.array(drawn)[i], np.array(drawn)[j]))
    assert overlap.max() < 0.02 * shapely.area(true).min()


def polygon(rings: list[list[int]], origin: np.ndarray, scale: int) -> Any:
    """Give the shape that the page would draw."""
    parts = []
    for ring in rings:
        xy = np.cumsum(np.array(ring).reshape(-1, 2), axis=0) + origin
        parts.append(shapely.Polygon(xy / scale))
    made = shapely.Polygon()
    for part in parts:
        made = shapely.symmetric_difference(made, shapely.make_valid(part))
    return made


def test_a_piece_around_one_building_goes_to_its_neighbour(tables: PlanTables) -> None:
    """A small island of a zone inside another one is not drawn, and leaves no hole there."""
    shapes = tables.zones.geometry.to_numpy().copy()
    spot = shapely.centroid(shapes[0]).buffer(0.0001, quad_segs=4)
    shapes[0] = shapes[0].difference(spot)
    shapes[-1] = shapes[-1].union(spot)
    payload = public_payload(
        replace(tables, zones=tables.zones.set_geometry(shapes, crs="EPSG:4326"))
    )
    origin = np.array(payload["origin"])
    zones = [polygon(r, origin, payload["scale"]) for r in taken_shapes(payload)["zones"]]
    assert shapely.covers(zones[0], spot)
    assert not shapely.intersects(zones[-1], spot)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=40))
def test_counts_are_rounded_and_small_ones_hidden(counts: list[int]) -> None:
    """Multiples of five, none from 1 to 9, and never one hidden alone where another could go with it."""
    shown = rounded_counts(np.array(counts))
    for true, told in zip(counts, shown.tolist(), strict=True):
        assert (told == FEW) == (0 < true < 10)
        assert told in (FEW, HIDDEN) or (told % 5 == 0 and abs(told - true) <= 2)
    hidden = (shown < 0).sum()
    assert hidden != 1 or sum(c > 0 for c in counts) == 1


def test_names_and_office_phones_of_centres_alone(tables: PlanTables, people: People) -> None:
    """With the sheets at hand a zone has its centre's name and office phone; nobody else is named."""
    text = said(map_page(tables, audience=PUBLIC, people=people).html)
    centres = set(tables.centres["centre_id"])
    for member, person in people.members.items():
        assert (person.name in text) == (member in centres)
        assert (person.office_phone in text) == (member in centres)
        assert person.phone not in text
    assert not [p.name for p in people.households.values() if p.name in text]


def test_a_number_within_a_name_is_no_office_phone(tables: PlanTables) -> None:
    """What stands under office phone may show with its extension; a mobile beside a name may not."""
    ids = list(tables.members["member_id"])

    def page(person: Person) -> str:
        return said(
            map_page(tables, audience=PUBLIC, people=People({}, dict.fromkeys(ids, person))).html
        )

    assert "0554-6601234 转 802" in page(Person("合成党员", office_phone="0554-6601234 转 802"))
    for name in ("合成党员13800138000", "合成党员 138-0013-8000"):
        with pytest.raises(PrivacyError):
            page(Person(name, office_phone="0554-6601234"))


def test_estates_with_few_homes_are_not_named(tables: PlanTables, people: People) -> None:
    """An estate that the map names is named where it has ten homes; nothing that only people write is."""
    units = tables.units.copy()
    zone = units["zone"].to_numpy()
    most = tables.zones["centre_id"][tables.zones["households"].argmax()]
    mine = np.flatnonzero((zone == most) & (units["households"] > 0))
    running = units["households"].to_numpy()[mine].cumsum()
    few, many = mine[running < 10], mine[running >= 10]
    names = units["building"].to_numpy(object)
    names[:], names[few], names[many[:-4]], names[many[-4:]] = (
        "",
        "甲苑1号楼",
        "乙苑2号楼",
        "张三家3号楼",
    )
    known = (
        tables.base["buildings"]
        .iloc[[0, 1]]
        .assign(name=["甲苑1栋", "乙苑2栋"], street="", number="")
    )
    made = replace(
        tables,
        units=units.assign(building=names),
        base={**tables.base, "buildings": known},
    )
    told = {zone["n"]: zone["estates"] for zone in public_payload(made)["zones"]}
    number = int(tables.zones.set_index("centre_id").loc[most, "number"])
    assert {n for n, estates in told.items() if estates} == {number}
    assert told[number] == ["乙苑"]
    assert "乙苑" in said(map_page(made, audience=PUBLIC, people=people).html)


def test_the_gate_refuses_what_is_too_fine(tables: PlanTables) -> None:
    """A vertex off the grid, an exact count, a small count, a unit: each stops the page."""
    page = map_page(tables, audience=PUBLIC).html
    secrets = Secrets.of(tables, centres=False)
    check_page(page, PUBLIC, secrets)
    data = page[page.index('id="plan-data">') + 15 :].split("</script>")[0]
    for change in (
        lambda d: d["zones"][0].update(homes=7),
        lambda d: d["zones"][0].update(homes=83),
        lambda d: d["figures"].update(households=1),
        lambda d: d.update(origin=[d["origin"][0] + 1, d["origin"][1]]),
        lambda d: d["zones"][0]["at"].__setitem__(0, 3),
        lambda d: d["zones"][0].update(label="新村路5号"),
        lambda d: d["zones"][4].update(estates=["甲苑", "乙苑", "丙苑", "丁苑"]),
        lambda d: d["shares"].update(homes=d["shares"]["homes"] + 1),
        lambda d: d["shares"].update(care=[41]),
        lambda d: d["shares"]["rows"][0].__setitem__(3, 41.5),
        lambda d: d["shares"]["rows"][0].__setitem__(1, "slow"),
        lambda d: d["shares"]["rows"].append(["own_centre", "care", 3.0, 41]),
        lambda d: d["shares"].update(homes=300),
        lambda d: d["shares"]["rows"].append(d["shares"]["rows"][0]),
        lambda d: d.update(units={"x": []}),
        lambda d: d.update(zones=[]),
        lambda d: d["zones"][0].update(name=str(tables.households["household_id"].iloc[3])),
    ):
        value = json.loads(data)
        change(value)
        with pytest.raises(PrivacyError):
            check_page(page.replace(data, json.dumps(value)), PUBLIC, secrets)


def test_shares_are_those_of_rounded_counts(tables: PlanTables) -> None:
    """Of each walk the share within so many minutes, by hand; hidden where few are within or left over."""
    told = public_payload(tables)["shares"]
    homes = tables.households
    assert told["homes"] == round(len(homes) / 5) * 5
    counts = []
    for source, column in (("own_centre", "walk_m"), ("own_member", "member_walk_m")):
        for minutes in (3.0, 5.0, 10.0):
            counts.append((source, minutes, int((homes[column] <= 60 * minutes).sum())))
    rows = {(source, minutes): percent for source, group, minutes, percent in told["rows"]}
    assert {key[:2] for key in counts} == set(rows)
    for source, minutes, count in counts:
        percent = rows[source, minutes]
        if percent != FEW:
            assert percent == round(100 * (round(count / 5) * 5) / told["homes"])
        else:
            assert any(
                0 < abs(count - other) < 10 for other in (0, len(homes), *(c[2] for c in counts))
            )
    assert any(percent not in (FEW, 0, 100) for percent in rows.values())


def test_who_needs_care_does_not_change_the_share_of_all(tables: PlanTables) -> None:
    """Nor is it told of care households where they are few; of many it is told in steps of five."""
    ids = tables.households["household_id"].tolist()
    plain = public_payload(tables)["shares"]
    for many in (1, 9, 99):
        needs = Needs.of(ids, dict.fromkeys(ids[:many], ("独居老人",)), care_kinds())
        assert public_payload(tables, shares=open_shares(tables, needs, Pace()))["shares"] == plain
    needs = Needs.of(ids, dict.fromkeys(ids[::2], ("独居老人",)), care_kinds())
    told = public_payload(tables, shares=open_shares(tables, needs, Pace()))["shares"]["rows"]
    care = [row[3] for row in told if row[1] == "care"]
    assert care
    assert all(p == FEW or p % 5 == 0 for p in care)
    assert [row for row in told if row[1] == "all"] == plain["rows"]
    page = map_page(tables, audience=PUBLIC, shares=open_shares(tables, needs, Pace())).html
    check_page(page, PUBLIC, Secrets.of(tables, centres=False))


def test_same_plan_same_public_page(tables: PlanTables, people: People) -> None:
    """No clock and no chance."""
    first = map_page(tables, audience=PUBLIC, people=people).html
    assert map_page(tables, audience=PUBLIC, people=people).html == first


def test_the_roster_is_whole(tables: PlanTables, people: People) -> None:
    """Every household and member is in the internal map once, with whom it belongs to."""
    roster = roster_payload(tables, people)
    assert roster["id"] == tables.households["household_id"].tolist()
    assert roster["members"]["id"] == tables.members["member_id"].tolist()
    unit = tables.units["unit_id"].tolist()
    assert [unit[u] if u >= 0 else "" for u in roster["unit"]] == tables.households[
        "unit_id"
    ].tolist()
    text = said(map_page(tables, audience=Audience.INTERNAL, people=people).html)
    assert all(p.name in text for p in people.households.values())
    assert text.count("独居") >= len(people.households) // 9
    bare = roster_payload(tables)
    assert set(bare["name"]) == {""}


def test_empty_plans_have_a_public_map(tables: PlanTables) -> None:
    """No base map and no fences: still a page."""
    bare = replace(tables, base={k: v.iloc[:0] for k, v in tables.base.items()})
    assert map_page(bare, audience=PUBLIC).html
