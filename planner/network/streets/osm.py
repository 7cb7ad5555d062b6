"""An OpenStreetMap extract: streets to walk on, buildings, addresses, and what bars the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

import planner.network.streets.features as layers
from planner.model.arrays import Bools, Floats, Ints
from planner.network.streets.cut import box_of
from planner.network.streets.scan import Scan, scan
from planner.network.streets.tags import (
    attachable,
    is_green,
    is_street,
    is_water,
    node_blocks,
    node_private,
    walkable,
)
from planner.network.streets.trunk import main_streets

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["ATTRIBUTION", "INVENTED", "Extract", "StreetWays", "read_extract"]

ATTRIBUTION = "(c) OpenStreetMap contributors, ODbL"
INVENTED = "synthetic streets 合成路网"
"""Said instead where the file's own header calls it synthetic: nobody mapped it."""


@dataclass(frozen=True, eq=False)
class StreetWays:
    """The walked ways as runs of nodes.

    Parameters
    ----------
    lon_lat : ndarray of float64, shape (n, 2)
        Nodes, degrees WGS-84.
    node, offset : ndarray of int64
        ``node[offset[i]:offset[i + 1]]`` are the nodes of run i, two or more.
    attach : ndarray of bool, shape (n_runs,)
        Whether homes may join the run.
    blocked : ndarray of bool, shape (n,)
        Nodes that nobody passes: walls, locked gates.
    private : ndarray of bool, shape (n,)
        Gates that only the people behind them pass.
    """

    lon_lat: Floats
    node: Ints
    offset: Ints
    attach: Bools
    blocked: Bools
    private: Bools


@dataclass(frozen=True, eq=False)
class Extract:
    """What the planner reads from an OpenStreetMap file.  All layers are EPSG:4326.

    Parameters
    ----------
    ways : StreetWays
        What the walking network is built from.
    streets : GeoDataFrame
        LineStrings: ``osm_id, name, highway, walkable, incline``.
    buildings : GeoDataFrame
        Polygons: ``osm_id, name, street, number, levels, kind``; `levels` is NaN where unknown.
    addresses : GeoDataFrame
        Points, one for each carrier of a house number: ``osm_id, street, number, name, place,
        building, source``; `source` is ``address point`` or ``building``; `street` is the
        village or estate (``addr:place``) where the number stands on no street.
    places : GeoDataFrame
        Points: ``osm_id, name, kind``: named places, estates and amenities.
    water, green : GeoDataFrame
        Polygons for the map: ``osm_id, name``.
    rails : GeoDataFrame
        Lines: ``osm_id, name``: railways on the surface.
    barriers : GeoDataFrame
        Lines and polygons: ``osm_id, kind``, with kind ``water``, ``rail`` or ``wall``.
    data_date : str
        ISO date of the data, "" where the file does not say.
    attribution : str
        What a map made from it must show.
    counts : dict of str to int
        What was cut or dropped.
    source : str
        Name of the file.
    other_names : mapping of str to tuple of str
        Name -> old and alternative names of what is called so.
    """

    ways: StreetWays
    streets: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    addresses: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    green: gpd.GeoDataFrame
    rails: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    data_date: str
    attribution: str
    counts: dict[str, int]
    source: str
    other_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_extract(path: str | Path, *, homes: Floats | None = None, bounds: Any = None) -> Extract:
    """Read an OpenStreetMap extract.

    Parameters
    ----------
    path : str or Path
        ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``.
    homes : ndarray of float64, shape (n, 2), optional
        Where people are known to live, degrees WGS-84: a trunk road along which they do is walked.
    bounds : (west, south, east, north), GeoDataFrame or shape, optional
        Degrees WGS-84: what lies elsewhere is not read, what reaches into it is read whole.

    Returns
    -------
    Extract
        Ways with missing nodes are cut there; what was cut is counted.

    Raises
    ------
    NetworkError
        The file is missing, cut short, declares entities, or is no OpenStreetMap file.
    ConfigError
        The bounds are no box.
    """
    raw = scan(path, None if bounds is None else box_of(bounds))
    counts = dict(raw.counts)
    shapes = layers.assemble(raw, counts)
    ordinary = np.array([is_street(t) and walkable(t) for t in raw.way_tags], bool)
    addresses = layers.addresses(raw, shapes)
    lived = [shapes.polygon[shapes.where(layers.is_building)], addresses.geometry.to_numpy()]
    if homes is not None:
        lived.append(shapely.points(homes[np.isfinite(homes).all(axis=1)]))
    # Homes of the sheets count beside mapped houses: mainland extracts have few of those.
    main = main_streets(raw, ordinary, np.concatenate(lived))
    counts["trunk_ways_walked"] = int(main.sum())
    walked = ordinary | main
    return Extract(
        ways=_street_ways(raw, walked, counts),
        streets=layers.streets(raw, walked),
        buildings=layers.buildings(shapes),
        addresses=addresses,
        places=layers.places(raw, shapes),
        water=layers.areas(shapes, is_water),
        green=layers.areas(shapes, is_green),
        rails=layers.rails(raw),
        barriers=layers.barriers(raw, shapes),
        data_date=raw.data_date,
        attribution=INVENTED if "synthetic" in raw.generator.lower() else ATTRIBUTION,
        counts=counts,
        source=Path(path).name,
        other_names=layers.other_names(raw, shapes),
    )


def _street_ways(raw: Scan, walked: Bools, counts: dict[str, int]) -> StreetWays:
    runs: list[Ints] = []
    attach: list[bool] = []
    cut = 0
    for i in np.flatnonzero(walked).tolist():
        nodes = raw.refs[raw.offset[i] : raw.offset[i + 1]]
        pieces = layers.runs(nodes)
        cut += int((nodes < 0).any())
        runs += pieces
        attach += [attachable(raw.way_tags[i])] * len(pieces)
    counts["street_ways_cut"] = cut
    node = np.concatenate(runs) if runs else np.zeros(0, np.int64)
    offset = np.concatenate([[0], np.cumsum([len(r) for r in runs])]).astype(np.int64)
    # Only nodes on walked ways: the others are corners of houses and fields, and would be islands.
    used, inverse = np.unique(node, return_inverse=True)
    return StreetWays(
        lon_lat=raw.node_lon_lat[used],
        node=inverse.astype(np.int64),
        offset=offset,
        attach=np.array(attach, bool),
        blocked=_tagged(raw, node_blocks)[used],
        private=_tagged(raw, node_private)[used],
    )


def _tagged(raw: Scan, wanted: Callable[[Mapping[str, str]], bool]) -> Bools:
    found = np.zeros(len(raw.node_id), bool)
    found[[at for at, tags in raw.tagged if wanted(tags)]] = True
    return found
