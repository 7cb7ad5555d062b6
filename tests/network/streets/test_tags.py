"""The walk rules, tag by tag."""

from __future__ import annotations

import pytest

from planner.network.streets.tags import (
    attachable,
    barrier_kind,
    is_green,
    is_level,
    is_rail,
    is_street,
    is_water,
    may_be_main_street,
    node_blocks,
    node_private,
    walkable,
)


def tags(text):
    """Tags from ``key=value key=value``."""
    return dict(part.split("=", 1) for part in text.split())


@pytest.mark.parametrize(
    ("way", "walked"),
    [
        *((f"highway={kind}", True) for kind in (
            "footway", "path", "pedestrian", "steps", "living_street", "residential", "unclassified",
            "service", "track", "road", "tertiary", "tertiary_link", "secondary", "primary",
            "cycleway", "bridleway", "corridor",
        )),
        *((f"highway={kind}", False) for kind in (
            "motorway", "motorway_link", "trunk", "trunk_link", "construction", "proposed",
            "abandoned", "raceway", "bus_guideway", "escape",
        )),
        ("highway=trunk sidewalk=both", True),
        ("highway=trunk sidewalk:right=yes", True),
        ("highway=trunk sidewalk=no", False),
        ("highway=motorway foot=yes", True),
        ("highway=residential foot=no", False),
        ("highway=footway foot=private", False),
        ("highway=secondary foot=use_sidepath", False),
        ("highway=residential access=no", False),
        ("highway=residential access=no foot=yes", True),
        ("highway=residential access=private", False),
        ("highway=residential access=private foot=permissive", True),
        ("highway=residential access=private foot=destination", True),
        ("highway=service access=private", False),
        ("highway=service service=driveway access=private", True),
        ("highway=service service=alley access=private", True),
        ("highway=service service=parking_aisle access=private", False),
        ("highway=living_street access=private", True),
        ("highway=living_street access=no", False),
        ("highway=residential access=destination", True),
        ("highway=service access=residents", True),
        ("highway=residential access=permit", True),
        ("highway=track access=forestry", False),
        ("highway=residential motor_vehicle=no", True),
        ("highway=residential oneway=yes", True),
        ("highway=pedestrian area=yes", True),
        ("highway=footway tunnel=yes", True),
        ("highway=footway bridge=yes", True),
        ("railway=platform", True),
        ("public_transport=platform", True),
        ("railway=rail", False),
        ("route=ferry", False),
        ("route=ferry foot=yes", False),
        ("waterway=river", False),
    ],
)  # fmt: skip
def test_what_is_walked(way, walked):
    """Each kind of way is walked, or not, as the table of rules says."""
    assert walkable(tags(way)) is walked


def test_private_gates_are_told_from_shut_ones():
    """Private without a lock lets its residents through; foot outranks access; walls are no gates."""
    for node, private in (
        ("barrier=gate access=private", True),
        ("barrier=lift_gate foot=private", True),
        ("barrier=gate access=private foot=yes", False),
        ("barrier=gate access=private locked=yes", False),
        ("barrier=gate access=no foot=private", True),
        ("barrier=wall access=private", False),
        ("access=private", False),
        ("barrier=gate", False),
    ):
        assert node_private(tags(node)) is private, node


@pytest.mark.parametrize(
    ("way", "main"),
    [
        ("highway=trunk", True),
        ("highway=trunk_link", True),
        ("highway=trunk foot=no", False),
        ("highway=trunk motorroad=yes", False),
        ("highway=trunk access=no", False),
        ("highway=trunk sidewalk=no", False),
        ("highway=motorway", False),
        ("highway=primary", False),
    ],
)
def test_a_trunk_road_may_be_a_main_street(way, main):
    """Unless it is tagged otherwise."""
    assert may_be_main_street(tags(way)) is main


@pytest.mark.parametrize(
    ("way", "level"),
    [
        ("highway=path", True),
        ("layer=0 bridge=no", True),
        ("layer=1", False),
        ("bridge=yes", False),
        ("tunnel=culvert", False),
        ("layer=-1", False),
    ],
)
def test_what_runs_on_the_ground(way, level):
    """Neither bridge nor tunnel nor another layer."""
    assert is_level(tags(way)) is level


@pytest.mark.parametrize(
    ("node", "stops"),
    [
        ("barrier=gate", False),
        ("barrier=lift_gate", False),
        ("barrier=bollard", False),
        ("barrier=kerb", False),
        ("barrier=entrance", False),
        ("barrier=gate access=private", False),
        ("barrier=gate access=no", True),
        ("barrier=gate access=private foot=yes", False),
        ("barrier=gate foot=no", True),
        ("barrier=gate locked=yes", True),
        ("barrier=gate locked=no", False),
        ("barrier=wall", True),
        ("barrier=fence", True),
        ("barrier=city_wall foot=yes", False),
        ("highway=crossing", False),
        ("access=no", False),
    ],
)
def test_what_stops_at_a_node(node, stops):
    """Gates and bollards are passed unless locked or forbidden; walls stop."""
    assert node_blocks(tags(node)) is stops


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        ("waterway=river", "water"),
        ("waterway=canal", "water"),
        ("waterway=river tunnel=culvert", ""),
        ("waterway=canal layer=-1", ""),
        ("waterway=stream", ""),
        ("waterway=ditch", ""),
        ("waterway=drain", ""),
        ("natural=coastline", "water"),
        ("railway=rail", "rail"),
        ("railway=light_rail", "rail"),
        ("railway=subway", "rail"),
        ("railway=subway tunnel=yes", ""),
        ("railway=rail bridge=viaduct", ""),
        ("railway=tram", ""),
        ("railway=abandoned", ""),
        ("barrier=wall", "wall"),
        ("barrier=fence", "wall"),
        ("barrier=retaining_wall", "wall"),
        ("barrier=hedge", ""),
        ("highway=residential", ""),
        ("waterway=river layer=low", "water"),
    ],
)
def test_what_bars_the_way(way, kind):
    """Rivers, surface rails and walls bar access legs; what is below or above ground does not."""
    assert barrier_kind(tags(way)) == kind


@pytest.mark.parametrize(
    ("way", "joined"),
    [
        ("highway=footway", True),
        ("highway=footway tunnel=yes", False),
        ("highway=service tunnel=building_passage", True),
        ("highway=corridor", False),
        ("highway=footway indoor=yes", False),
    ],
)
def test_where_homes_may_join(way, joined):
    """Homes join streets in the open, not in tunnels or indoors."""
    assert attachable(tags(way)) is joined


def test_areas_and_kinds():
    """Water, green and rails are told from one another."""
    assert is_water(tags("natural=water"))
    assert is_water(tags("waterway=riverbank"))
    assert not is_water(tags("natural=wood"))
    assert is_green(tags("leisure=park"))
    assert not is_green(tags("landuse=residential"))
    assert is_rail(tags("railway=rail bridge=yes"))
    assert not is_rail(tags("railway=rail tunnel=yes"))
    assert is_street(tags("highway=construction"))
    assert not is_street(tags("building=yes"))
