"""What a pedestrian may use, read from the tags of OpenStreetMap.

The rules, in the order in which they are asked:

1. Only ways with a ``highway`` of the kinds below, and platforms, are streets.  What is planned, under
   construction or abandoned is not.
2. ``foot`` outranks everything: ``yes, designated, permissive, official, destination, customers``
   let a walker in, ``no, private, use_sidepath`` keep him out.
3. ``access=no`` and its kin keep him out.  ``access=private`` does too, except on ``living_street``
   and on ``service=driveway`` or ``alley``: those end at homes, and the people who are visited live
   there.  ``destination``, ``residents`` and ``permit`` let in whoever visits a home.
4. Motorways need a sidewalk.  So does a trunk road that no house and no ordinary street touches; one
   that does is a main street, and walked unless ``foot``, ``access``, ``motorroad`` or ``sidewalk=no``
   forbid it.
5. One-way signs do not bind walkers; steps, tunnels, bridges and fords are walked like any way.
6. Of squares drawn as areas (``area=yes``) the outline is walked.

A node with a gate, bollard, kerb or the like is passed unless it is locked or ``foot`` or ``access``
forbid it; a private gate lets its own residents through; a node of a wall or fence stops.  See
https://wiki.openstreetmap.org/wiki/Key:access and
https://wiki.openstreetmap.org/wiki/OSM_tags_for_routing/Access_restrictions.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "attachable",
    "barrier_kind",
    "is_green",
    "is_kind",
    "is_level",
    "is_rail",
    "is_street",
    "is_water",
    "may_be_main_street",
    "node_blocks",
    "node_private",
    "walkable",
]

Tags = Mapping[str, str]

WALKED = frozenset(
    (
        *("footway", "path", "pedestrian", "steps", "living_street", "residential", "unclassified"),
        *("service", "track", "road", "tertiary", "tertiary_link", "secondary", "secondary_link"),
        *("primary", "primary_link", "bridleway", "cycleway", "corridor", "crossing", "elevator"),
        "platform",
    )
)
MAIN = frozenset({"trunk", "trunk_link"})
FAST = MAIN | {"motorway", "motorway_link"}
FOOT_IN = frozenset({"yes", "designated", "permissive", "official", "destination", "customers"})
FOOT_OUT = frozenset({"no", "private", "use_sidepath"})
ACCESS_OUT = frozenset({"no", "military", "agricultural", "forestry", "emergency", "private"})
SIDEWALK = frozenset({"both", "left", "right", "yes", "separate"})
# Kinds of ``highway`` that OpenStreetMap has beside these, and on which nobody walks.
OTHER = frozenset(
    (
        *("abandoned", "bus_guideway", "busway", "construction", "disused", "escape", "no"),
        *("planned", "proposed", "raceway", "razed", "rest_area", "services", "via_ferrata"),
    )
)
WALLS = frozenset({"wall", "fence", "city_wall", "retaining_wall"})
NODE_WALLS = WALLS | {"hedge", "guard_rail"}
RAILS = frozenset({"rail", "light_rail", "narrow_gauge", "subway"})
GREEN = {
    "leisure": frozenset({"park", "garden", "nature_reserve", "recreation_ground"}),
    "landuse": frozenset({"grass", "forest", "meadow", "village_green", "recreation_ground"}),
    "natural": frozenset({"wood", "scrub", "grassland", "heath"}),
}


def is_kind(highway: str) -> bool:
    """Say whether OpenStreetMap has such a kind of street: other layers use words of their own."""
    return highway in WALKED or highway in FAST or highway in OTHER


def is_street(tags: Tags) -> bool:
    """Say whether a way is a street or path at all, walked or not."""
    return (
        "highway" in tags
        or tags.get("railway") == "platform"
        or tags.get("public_transport") == "platform"
    )


def walkable(tags: Tags) -> bool:
    """Say whether a pedestrian who visits a home may walk along a way with such tags."""
    kind = tags.get("highway") or ("platform" if is_street(tags) else "")
    if kind not in WALKED and kind not in FAST:
        return False
    foot = tags.get("foot", "")
    if foot in FOOT_OUT:
        return False
    if foot in FOOT_IN:
        return True
    access = tags.get("access", "")
    if access in ACCESS_OUT and not (access == "private" and _ends_at_homes(kind, tags)):
        return False
    return kind not in FAST or _has_sidewalk(tags)


def may_be_main_street(tags: Tags) -> bool:
    """Say whether a trunk road is walked where houses or ordinary streets touch it."""
    barred = tags.get("foot") in FOOT_OUT or tags.get("access") in ACCESS_OUT
    fast = tags.get("motorroad") == "yes" or tags.get("sidewalk") in {"no", "none"}
    return tags.get("highway") in MAIN and not barred and not fast


def is_level(tags: Tags) -> bool:
    """Say whether a way runs on the ground: neither bridge nor tunnel, nor in another layer."""
    return all(tags.get(key, "no") in {"no", "0", ""} for key in ("bridge", "tunnel", "layer"))


def _ends_at_homes(kind: str, tags: Tags) -> bool:
    service = tags.get("service") if kind == "service" else kind
    return service in {"living_street", "driveway", "alley"}


def _has_sidewalk(tags: Tags) -> bool:
    keys = ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
    return any(tags.get(key) in SIDEWALK for key in keys)


def attachable(tags: Tags) -> bool:
    """Say whether a home may join the network here: not in a tunnel and not indoors."""
    if tags.get("tunnel", "no") not in {"no", "building_passage"}:
        return False
    return tags.get("indoor", "no") == "no" and tags.get("highway") not in {"corridor", "elevator"}


def node_blocks(tags: Tags) -> bool:
    """Say whether a node stops a pedestrian: a wall, or a gate that is locked or forbidden."""
    barrier = tags.get("barrier", "")
    if not barrier:
        return False
    if barrier in NODE_WALLS:
        return tags.get("foot") not in FOOT_IN
    if tags.get("locked") == "yes":
        return True
    told = tags.get("foot", "") or tags.get("access", "")
    return told in FOOT_OUT and told != "private"


def node_private(tags: Tags) -> bool:
    """Say whether a node is a gate that only the people who live behind it pass."""
    if not tags.get("barrier") or tags["barrier"] in NODE_WALLS or node_blocks(tags):
        return False
    return (tags.get("foot", "") or tags.get("access", "")) == "private"


def _underground(tags: Tags) -> bool:
    if tags.get("tunnel", "no") != "no" or tags.get("covered") == "yes":
        return True
    try:
        return float(tags.get("layer", "0").split(";")[0]) < 0
    except ValueError:
        return False


def is_rail(tags: Tags) -> bool:
    """Say whether a way is a railway on the surface; trams share the street and do not count."""
    return tags.get("railway") in RAILS and not _underground(tags)


def is_water(tags: Tags) -> bool:
    """Say whether an area is open water."""
    return (
        tags.get("natural") == "water"
        or tags.get("waterway") in {"riverbank", "dock"}
        or tags.get("landuse") in {"reservoir", "basin"}
    ) and tags.get("tunnel", "no") == "no"


def is_green(tags: Tags) -> bool:
    """Say whether an area is drawn green on the base map."""
    return any(tags.get(key) in values for key, values in GREEN.items())


def barrier_kind(tags: Tags) -> str:
    """Name what a way bars: "water", "rail", "wall", or "" when one can walk across it.

    Streams, ditches and drains are stepped over or culverted; one walks below a railway bridge.
    """
    river = tags.get("waterway") in {"river", "canal"} and not _underground(tags)
    if river or tags.get("natural") == "coastline":
        return "water"
    if is_rail(tags) and tags.get("bridge", "no") == "no":
        return "rail"
    if tags.get("barrier") in WALLS:
        return "wall"
    return ""
