"""The ground of a plan: what is walked on, where addresses are looked up, what is drawn beneath."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.demand.anchors import names_of_lines
from planner.demand.crosscheck import buildings_among_streets
from planner.errors import ConfigError, Finding, InputError, NetworkError, OutputError
from planner.files import atomic_write, safe_name
from planner.intake.coordinates.datum import Datum, convert, turned
from planner.intake.drawn import read_drawn
from planner.intake.gazetteer import shelf
from planner.intake.gazetteer.accepted import read_accepted
from planner.intake.gazetteer.aliases import read_aliases
from planner.intake.gazetteer.index import Gazetteer
from planner.intake.residents import read_buildings
from planner.model.arrays import Bools, Floats
from planner.model.given import Given, Source, one_source
from planner.model.plane import LocalProjection
from planner.model.project import Inputs
from planner.model.schema import ALIASES, BUILDINGS
from planner.network import Network
from planner.network.digraph import is_graph
from planner.network.doors import own_relief, read_layer
from planner.network.graph import WalkingNetwork
from planner.network.relief import Relief
from planner.network.straight import StraightNetwork
from planner.network.streets.cut import lines_within
from planner.network.streets.osm import Extract, read_extract
from planner.network.streets.scan import SUFFIXES
from planner.network.streets.strokes import Strokes

__all__ = ["Ground", "building_table", "completed", "read_ground"]

AREA_MARGIN_M = 1000.0  # homes a little outside the streets are still of this town
POND_M2 = 1500.0  # smaller waters divide nobody
# Tracks less than twice 12 m apart are one railway, drawn 3 m to either side.
TRACKS_APART_M, RAIL_HALF_WIDTH_M = 12.0, 3.0


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
    findings : tuple of Finding
        What was noticed about the kept gazetteer and the accepted answers.
    streets : GeoDataFrame or None
        ``name`` and lines, EPSG:4326, where the streets have names.
    relief : Relief or None
        What the street layer says of slopes and steps.
    """

    network: Network
    gazetteer: Gazetteer | None = None
    base: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    cuts: list[Any] = field(default_factory=list)
    data_date: str = ""
    attribution: str = ""
    findings: tuple[Finding, ...] = ()
    streets: gpd.GeoDataFrame | None = None
    relief: Relief | None = None

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

    @property
    def walked_on(self) -> dict[str, Any]:
        """``network`` in words, and ``detour_factor`` where walks are straight lines."""
        told: dict[str, Any] = {"network": self.network.mode}
        if isinstance(self.network, StraightNetwork):
            told["detour_factor"] = self.network.detour_factor
        return told

    @classmethod
    def of(cls, source: Any) -> Ground:
        """Make ground of whatever the caller has: ground, a network, an extract, a street file...

        Raises
        ------
        NetworkError
            The streets cannot be used.
        """
        if isinstance(source, Ground):
            return source
        if isinstance(source, Extract):
            return cls.from_extract(source)
        if hasattr(source, "walks"):
            return cls(source, findings=tuple(getattr(source, "findings", ())))
        if is_graph(source):
            return cls.of(WalkingNetwork.from_graph(source))
        return cls.from_streets(one_source(source, "streets"))

    @classmethod
    def from_extract(
        cls,
        extract: Extract,
        *,
        buildings: pd.DataFrame | None = None,
        gazetteer: Gazetteer | None = None,
        strokes: Strokes | None = None,
    ) -> Self:
        """Build network, gazetteer and base layers from one OpenStreetMap extract.

        Parameters
        ----------
        extract : Extract
            Streets, buildings, addresses, places.
        buildings : DataFrame, optional
            The office's own building table, WGS-84; see `planner.intake.residents.read_buildings`.
        gazetteer : Gazetteer, optional
            The one of this extract and table, where it is at hand; else it is built.
        strokes : Strokes, optional
            Links and barriers that the office draws.
        """
        # The network comes first: its plane is the one in which all else is measured.
        network = WalkingNetwork.from_osm(extract, strokes=strokes)
        gazetteer = gazetteer or Gazetteer.build(
            extract.addresses,
            extract.buildings,
            extract.streets,
            extract.places,
            table=buildings,
            other_names=extract.other_names,
        )
        base = {
            "water": extract.water,
            "green": extract.green,
            "rails": extract.rails,
            "streets": extract.streets,
            "buildings": extract.buildings,
        }
        cuts = _dividing(extract.barriers.to_crs(network.projection.crs))
        about = extract.data_date, extract.attribution, network.findings
        relief = Relief.of_ways(extract.streets[extract.streets["walkable"]])
        return cls(network, gazetteer, base, cuts, *about, extract.streets, relief)

    @classmethod
    def from_streets(
        cls,
        path: Source,
        *,
        buildings: pd.DataFrame | None = None,
        homes: Floats | None = None,
        datum: str | None = None,
        strokes: Strokes | None = None,
        bounds: Any = None,
    ) -> Self:
        """Read an extract (``.osm``, ``.pbf``) or a line layer of one's own.

        Parameters
        ----------
        path : Path or Given
            The street file, or a frame of lines.
        buildings : DataFrame, optional
            The office's own building table, WGS-84.
        homes : ndarray of float64, shape (n, 2), optional
            Where people are known to live, degrees WGS-84; see `planner.network.read_extract`.
        datum : str, optional
            ``gcj02`` or ``bd09``, if a line layer's degrees are not WGS-84.
        strokes : Strokes, optional
            Links and barriers that the office draws.
        bounds : (west, south, east, north), optional
            Degrees: what lies elsewhere is not read.

        Raises
        ------
        ConfigError
            A datum is stated for an OpenStreetMap extract, which is WGS-84.
        """
        shifted = datum not in (None, Datum.WGS84.value)
        if isinstance(path, Path) and path.name.lower().endswith(SUFFIXES):
            if shifted:
                raise ConfigError.of("streets-datum-of-extract", datum=datum, name=path.name)
            extract = read_extract(path, homes=homes, bounds=bounds)
            return cls.from_extract(extract, buildings=buildings, strokes=strokes)
        gazetteer = None if buildings is None else _of_table(buildings)
        name, drawn = read_layer(path.frame if isinstance(path, Given) else path)
        if shifted:
            drawn = turned(drawn, Datum(datum))
        drawn = lines_within(drawn, bounds)
        network = WalkingNetwork.from_lines(drawn, name=name, strokes=strokes)
        base = {"streets": _as_layer(network)}
        # Names are read for the homes' datum alone: what an office calls its lines is not drawn.
        named = names_of_lines(drawn)
        relief = Relief.of(*own_relief(drawn))
        return cls(network, gazetteer, base, [], "", "", network.findings, named, relief)


def _as_layer(network: WalkingNetwork) -> gpd.GeoDataFrame:
    """Give streets of one's own as a base layer: drawn beneath, and a witness of the homes' datum."""
    lines = gpd.GeoSeries(network.edge_lines, crs=network.projection.crs).to_crs("EPSG:4326")
    return gpd.GeoDataFrame(
        {"name": "", "highway": "", "walkable": True}, geometry=lines, index=lines.index
    )


def _dividing(barriers: gpd.GeoDataFrame) -> list[Any]:
    """Find what divides a town: rivers, waters larger than a pond, and railways, a yard being one."""
    water = barriers[barriers["kind"] == "water"].geometry
    rails = barriers[barriers["kind"] == "rail"].geometry
    wide = (water.geom_type.isin(["LineString", "MultiLineString"])) | (water.area > POND_M2)
    # Out and back in again: tracks beside each other melt into one yard, single ones keep their
    # width.
    yards = rails.buffer(TRACKS_APART_M).union_all().buffer(RAIL_HALF_WIDTH_M - TRACKS_APART_M)
    return [*water[wide], *([] if yards.is_empty else [yards])]


def read_ground(inputs: Inputs, homes: pd.DataFrame) -> Ground:
    """Read the streets that a project names, or walk straight lines if it asks for that.

    `homes`: with ``lon, lat``: straight lines are measured around them, and a trunk road along which
    they stand is walked.
    Raises `NetworkError`: there is neither a street file nor a detour factor, or the file cannot be
    used.
    Raises `DatumError`: the table of buildings lies elsewhere, or is in another datum than was stated.
    """
    if inputs.streets is not None:
        lived = convert(homes["lon"], homes["lat"], inputs.homes_datum, Datum.WGS84)
        read = _read_streets(inputs, inputs.streets, lived)
        return _renaming(_remembering(read, inputs), inputs)
    if inputs.detour_factor is None:
        raise NetworkError.of("no-streets")
    table, said = building_table(inputs)
    known = None if table is None else _of_table(table)
    # An office's own building table knows where its addresses are, whether the homes do or not.
    around = next((t for t in (homes, table) if t is not None and _placed(t).any()), None)
    if around is None:
        raise NetworkError.of("no-streets-no-coordinates")
    lon, lat = around["lon"].to_numpy(float), around["lat"].to_numpy(float)
    network = StraightNetwork(LocalProjection.around(lon, lat), inputs.detour_factor)
    return _renaming(Ground(network, known, findings=(*said, *_drawn_unused(inputs))), inputs)


def _placed(table: pd.DataFrame) -> Bools:
    return np.logical_and(*(np.isfinite(np.asarray(table[at], float)) for at in ("lon", "lat")))


def completed(ground: Ground, inputs: Inputs) -> Ground:
    """Add what a project says of addresses to ground that was made already."""
    table, said = building_table(inputs)
    if table is not None and ground.gazetteer is None:
        ground = replace(ground, gazetteer=_of_table(table))
    said += _drawn_unused(inputs)
    ground = replace(ground, findings=(*ground.findings, *said))
    return _renaming(_remembering(ground, inputs), inputs)


def _of_table(table: pd.DataFrame) -> Gazetteer:
    """Build a gazetteer of the office's own buildings alone."""
    nothing = no_layer(
        "osm_id", "name", "street", "number", "place", "source", "building", "kind", "highway"
    )
    return Gazetteer.build(nothing, nothing, nothing, nothing, table=table)


def _drawn_unused(inputs: Inputs) -> list[Finding]:
    drawn = [path.name for path in (inputs.links, inputs.barriers) if path is not None]
    return [Finding.of("drawn-unused", {"file": f}) for f in drawn]


def _read_streets(inputs: Inputs, streets: Source, homes: Floats) -> Ground:
    """Read streets and gazetteer; the gazetteer from the shelf if nothing it is made of has changed."""
    table, said = building_table(inputs)
    place, mark = _shelf_of(inputs, streets)
    kept, damage = _take(place, mark)
    strokes, noticed = _strokes(inputs)
    said += [*damage, *noticed]
    if kept is not None and isinstance(streets, Path):
        extract = read_extract(streets, homes=homes, bounds=inputs.bounds)
        ground = Ground.from_extract(extract, gazetteer=kept, strokes=strokes)
    else:
        ground = Ground.from_streets(
            streets,
            buildings=table,
            homes=homes,
            datum=inputs.streets_datum,
            strokes=strokes,
            bounds=inputs.bounds,
        )
    if table is not None:
        buildings_among_streets(table, ground.area, ground.base, inputs.buildings_datum)
    if kept is not None:
        return replace(ground, findings=(*ground.findings, *said))
    if place is not None and ground.gazetteer is not None:
        try:
            atomic_write(place, shelf.to_bytes(ground.gazetteer, mark))
        except OutputError as error:
            said.append(Finding.of("gazetteer-not-kept", why=error.message))
    return replace(ground, findings=(*ground.findings, *said))


def _strokes(inputs: Inputs) -> tuple[Strokes, list[Finding]]:
    """Read what the office draws on the streets."""
    links, barriers, said = None, None, []
    if inputs.links is not None:
        links, said = read_drawn(inputs.links, links=True, datum=inputs.homes_datum)
    if inputs.barriers is not None:
        barriers, more = read_drawn(inputs.barriers, links=False, datum=inputs.homes_datum)
        said = [*said, *more]
    return Strokes(links, barriers), said


def _shelf_of(inputs: Inputs, streets: Source) -> tuple[Path | None, str]:
    """Name the file in which the gazetteer is kept, and the fingerprint that it must have."""
    if inputs.cache is None or not streets.name.lower().endswith(SUFFIXES):
        return None, ""
    if isinstance(streets, Given) or isinstance(inputs.buildings, Given):
        return None, ""  # what is made of a frame lives as long as the frame
    try:
        told = (
            f"{inputs.buildings_datum}{inputs.bounds or ''}",
            *(repr(x) for x in (inputs.told(BUILDINGS).given,) if x),
        )
        mark = shelf.fingerprint_of((streets, inputs.buildings), also=told)
    except OSError:
        return None, ""  # whoever reads the file itself says what is wrong with it
    return inputs.cache / safe_name(f"gazetteer-{streets.name.split('.')[0]}.bin"), mark


def _take(place: Path | None, mark: str) -> tuple[Gazetteer | None, list[Finding]]:
    if place is None or not place.is_file():
        return None, []
    try:
        return shelf.from_bytes(place.read_bytes(), mark), []
    except (OSError, ValueError):
        return None, [Finding.of("gazetteer-rebuilt", {"file": place.name})]


def _remembering(ground: Ground, inputs: Inputs) -> Ground:
    """Add the accepted answers of earlier reviews; a file that cannot be read is told of."""
    if ground.gazetteer is None or inputs.accepted is None:
        return ground
    try:
        answers, said = read_accepted(inputs.accepted)
    except InputError as error:
        place = {"file": inputs.accepted.name}
        answers, said = {}, (Finding.of("bad-accepted", place, why=error.message),)
    gazetteer = replace(ground.gazetteer, accepted=answers)
    return replace(ground, gazetteer=gazetteer, findings=(*ground.findings, *said))


def _renaming(ground: Ground, inputs: Inputs) -> Ground:
    """Add the office's table of old names."""
    if ground.gazetteer is None or inputs.aliases is None:
        return ground
    aliases, said = read_aliases(inputs.aliases, told=inputs.told(ALIASES))
    gazetteer = replace(ground.gazetteer, aliases=aliases)
    return replace(ground, gazetteer=gazetteer, findings=(*ground.findings, *said))


def no_layer(*columns: str) -> gpd.GeoDataFrame:
    """Make an empty map layer with these text columns, EPSG:4326."""
    return gpd.GeoDataFrame({c: [] for c in columns}, geometry=[], crs="EPSG:4326").astype(
        dict.fromkeys(columns, "string")
    )


def building_table(inputs: Inputs) -> tuple[pd.DataFrame | None, list[Finding]]:
    """Read the office's building table, in WGS-84, and what was noticed in it."""
    if inputs.buildings is None:
        return None, []
    table, noticed = read_buildings(inputs.buildings, told=inputs.told(BUILDINGS))
    turned = convert(table["lon"], table["lat"], inputs.buildings_datum, Datum.WGS84)
    return table.assign(lon=turned[:, 0], lat=turned[:, 1]), list(noticed)
