"""The ground of a plan: what is walked on, where addresses are looked up, what is drawn beneath."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from planner.config import Inputs
from planner.errors import NetworkError
from planner.intake.datum import Datum, convert
from planner.intake.gazetteer import Gazetteer
from planner.intake.residents import read_buildings
from planner.network import Network
from planner.network.graph import Island, WalkingNetwork
from planner.network.osm import Extract, read_extract
from planner.network.straight import StraightNetwork
from planner.projection import LocalProjection

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["Ground", "read_ground"]

AREA_MARGIN_M = 1000.0
"""Homes a little outside the streets are still of this town."""
POND_M2 = 1500.0
"""Smaller waters divide nobody."""
TRACKS_APART_M, RAIL_HALF_WIDTH_M = 12.0, 3.0
"""Tracks less than twice 12 m apart are one railway, drawn 3 m to either side."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What a plan stands on.

    Parameters
    ----------
    network : Network
        Streets, or straight lines with a detour factor.
    gazetteer : Gazetteer or None
        Where addresses are looked up; None when every home must come with lon/lat.
    base : mapping of str to GeoDataFrame
        Layers drawn beneath the zones, EPSG:4326.
    cuts : list of geometry
        Rivers and railways in the network's plane: no zone is drawn across them.
    data_date, attribution : str
        Of the street data; "" if unknown.
    """

    network: Network
    gazetteer: Gazetteer | None = None
    base: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    cuts: list[Any] = field(default_factory=list)
    data_date: str = ""
    attribution: str = ""

    @property
    def islands(self) -> tuple[Island, ...]:
        """Pieces of the network that no walk from the largest piece reaches."""
        return tuple(getattr(self.network, "islands", ()))

    @property
    def area(self) -> tuple[float, float, float, float] | None:
        """Box of the streets, with a margin: west, south, east, north in degrees; None without streets."""
        if not isinstance(self.network, WalkingNetwork):
            return None
        margin = [-AREA_MARGIN_M, AREA_MARGIN_M]
        corners = [
            self.network.node_xy.min(axis=0) + margin[0],
            self.network.node_xy.max(axis=0) + margin[1],
        ]
        (west, south), (east, north) = self.network.projection.to_lon_lat(
            np.array(corners)
        ).tolist()
        return west, south, east, north

    @classmethod
    def of(cls, source: Ground | Network | Extract | str | Path) -> Ground:
        """Make ground of whatever the caller has: ground, a network, an extract, or a street file.

        Raises
        ------
        NetworkError
            The streets cannot be used.
        """
        if isinstance(source, Ground):
            return source
        if isinstance(source, str | Path):
            return cls.from_streets(Path(source))
        if isinstance(source, Extract):
            return cls.from_extract(source)
        return cls(source)

    @classmethod
    def from_extract(cls, extract: Extract, *, buildings: pd.DataFrame | None = None) -> Self:
        """Build network, gazetteer and base layers from one OpenStreetMap extract.

        Parameters
        ----------
        extract : Extract
            Streets, buildings, addresses, places.
        buildings : DataFrame, optional
            The office's own building table, WGS-84; see `planner.intake.residents.read_buildings`.
        """
        network = WalkingNetwork.from_osm(extract)
        gazetteer = Gazetteer.build(
            extract.addresses, extract.buildings, extract.streets, extract.places, table=buildings
        )
        base = {
            "water": extract.water,
            "green": extract.green,
            "rails": extract.rails,
            "streets": extract.streets,
            "buildings": extract.buildings,
        }
        cuts = _dividing(extract.barriers.to_crs(network.projection.crs))
        return cls(network, gazetteer, base, cuts, extract.data_date, extract.attribution)

    @classmethod
    def from_streets(cls, path: Path, *, buildings: pd.DataFrame | None = None) -> Self:
        """Read an extract (``.osm``, ``.pbf``) or a line layer of one's own.

        Parameters
        ----------
        path : Path
            The street file.
        buildings : DataFrame, optional
            The office's own building table, WGS-84.
        """
        if path.name.lower().endswith((".pbf", ".osm", ".osm.gz", ".osm.bz2")):
            return cls.from_extract(read_extract(path), buildings=buildings)
        nothing = no_layer(
            "osm_id", "name", "street", "number", "place", "source", "building", "kind", "highway"
        )
        gazetteer = None
        if buildings is not None:
            gazetteer = Gazetteer.build(nothing, nothing, nothing, nothing, table=buildings)
        return cls(WalkingNetwork.from_lines(path), gazetteer)


def _dividing(barriers: gpd.GeoDataFrame) -> list[Any]:
    """Find what divides a town: rivers, waters larger than a pond, and railways, a yard being one."""
    water = barriers[barriers["kind"] == "water"].geometry
    rails = barriers[barriers["kind"] == "rail"].geometry
    wide = (water.geom_type.isin(["LineString", "MultiLineString"])) | (water.area > POND_M2)
    yards = rails.buffer(TRACKS_APART_M).union_all().buffer(RAIL_HALF_WIDTH_M - TRACKS_APART_M)
    return [*water[wide], *([] if yards.is_empty else [yards])]


def read_ground(inputs: Inputs, homes: pd.DataFrame) -> Ground:
    """Read the streets that a project names, or walk straight lines if it asks for that.

    Parameters
    ----------
    inputs : Inputs
        The project's files.
    homes : DataFrame
        With ``lon, lat``: straight lines are measured around them.

    Raises
    ------
    NetworkError
        There is neither a street file nor a detour factor, or the file cannot be used.
    """
    if inputs.streets is not None:
        table = None if inputs.buildings is None else _buildings(inputs)
        return Ground.from_streets(inputs.streets, buildings=table)
    if inputs.detour_factor is None:
        raise NetworkError(
            "no streets were given, so no walk can be measured",
            remedy="name an OpenStreetMap extract or a line layer under [inputs] streets, or set "
            "detour_factor = 1.3 to walk straight lines (every output will say so)",
        )
    lon, lat = homes["lon"].to_numpy(float), homes["lat"].to_numpy(float)
    if not (np.isfinite(lon) & np.isfinite(lat)).any():
        raise NetworkError(
            "without streets there is nothing to look addresses up in, and no home has lon/lat",
            remedy="add lon and lat to the household sheet, or name a street extract",
        )
    return Ground(StraightNetwork(LocalProjection.around(lon, lat), inputs.detour_factor))


def no_layer(*columns: str) -> gpd.GeoDataFrame:
    """Make an empty map layer with these text columns, EPSG:4326."""
    import geopandas as gpd

    return gpd.GeoDataFrame({c: [] for c in columns}, geometry=[], crs="EPSG:4326").astype(
        dict.fromkeys(columns, "string")
    )


def _buildings(inputs: Inputs) -> pd.DataFrame:
    assert inputs.buildings is not None
    table, _ = read_buildings(inputs.buildings)
    turned = convert(table["lon"], table["lat"], inputs.buildings_datum, Datum.WGS84)
    return table.assign(lon=turned[:, 0], lat=turned[:, 1])
