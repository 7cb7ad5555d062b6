"""Fences: the polygons of communities and grids that no zone crosses, read, mended and examined."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from planner.errors import Finding, InputError, SheetError
from planner.files import mark_as_read
from planner.intake.coordinates.datum import Datum, convert
from planner.intake.fences.borders import gaps, overlaps
from planner.intake.fences.outlines import Layer, in_degrees, mended, plane_of, sound
from planner.intake.sheets.cell_values import community_name
from planner.intake.sheets.exported import undone
from planner.intake.sheets.formats.guard import kind_of, kind_of_zip, read_bytes
from planner.intake.sheets.formats.layers.gdal import layers_by_gdal
from planner.intake.sheets.formats.layers.vector import VectorLayer, layer_of_frame
from planner.intake.sheets.formats.vectors import VECTORS, read_vectors
from planner.intake.sheets.read import text_of
from planner.intake.twofold import bare_community
from planner.model.given import Given, Source, one_source
from planner.model.layers import FENCES
from planner.model.schema import header_key

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Fences", "examine_fences", "read_fences", "survey_fences"]

LARGEST_KM2: Final = 5_000.0
MANY_VERTICES: Final = 200_000
LISTED: Final = 30


@dataclass(frozen=True, eq=False)
class Fences:
    """Fences and what was noticed in their file.

    Parameters
    ----------
    layer : GeoDataFrame
        EPSG:4326, valid polygons, with the text column ``fence``, sorted by it, each name once.
    findings : tuple of Finding
        Repairs, and overlaps and gaps between fences.
    """

    layer: gpd.GeoDataFrame
    findings: tuple[Finding, ...] = ()


def read_fences(path: str | Path | Given, *, datum: str | None = None) -> gpd.GeoDataFrame:
    """Read the polygons that no zone crosses.

    Parameters
    ----------
    path : str, Path, GeoDataFrame or GeoSeries
        GeoPackage, GeoJSON, shapefile, FlatGeobuf, Parquet or KML, with a CRS; or a frame.
    datum : str, optional
        See `survey_fences`.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, valid, with the text column ``fence``.

    Raises
    ------
    InputError
        See `survey_fences`.
    """
    return survey_fences(path, datum=datum).layer


def survey_fences(path: str | Path | Given, *, datum: str | None = None) -> Fences:
    """Read fences, mend what can be mended, and say what was noticed.

    Parameters
    ----------
    path : str, Path, GeoDataFrame or GeoSeries
        GeoPackage, GeoJSON, shapefile, FlatGeobuf, Parquet or KML, with a CRS; or a frame.
    datum : str, optional
        ``wgs84, gcj02`` or ``bd09``: what the degrees are in, whatever the file says of itself.

    Returns
    -------
    Fences
        ``layer.attrs["crs"]`` is the CRS that the file states.

    Raises
    ------
    InputError
        The file is missing or no map layer.
    SchemaError
        No CRS, or one that the values contradict; lines or points among the polygons; vertices that
        are no numbers; an outline that crosses itself so that its area is not clear; nothing of
        area; a district past all measure.  Carries every fault.
    """
    source = one_source(path, "fences")
    read = _read(source)
    layer = Layer(source.name, read.name, _names(read))
    if read.crs is None:
        layer.settle([layer.told("no-crs")])
    said = [layer.told("open-ring", at) for at in read.closed]
    shapes, there, found = sound(np.asarray(read.shapes), layer)
    shapes, turned = in_degrees(shapes, read.crs, layer)
    shapes, there, repaired = mended(shapes, there, layer)
    stated = datum or read.datum
    own = Datum(stated) if stated else None
    # No CRS stands for GCJ-02 or BD-09, so a file that is shifted cannot say so by its own.
    if own is not None and own is not Datum.WGS84:
        shapes = shapely.transform(shapes, lambda c: convert(c[:, 0], c[:, 1], own, Datum.WGS84))
        turned = [*turned, layer.told("converted/layer", datum=own.name)]
    made, named = _named(shapes, there, layer)
    made.attrs["crs"] = "" if read.crs is None else read.crs.to_string()
    _refuse_size(made, layer)
    examined = examine_fences(made, file=source.name, layer=read.name)
    return Fences(made, (*read.findings, *said, *found, *turned, *repaired, *named, *examined))


def examine_fences(
    fences: gpd.GeoDataFrame, *, file: str = "", layer: str = ""
) -> tuple[Finding, ...]:
    """Say where fences overlap, and where land between them belongs to none.

    Parameters
    ----------
    fences : GeoDataFrame
        EPSG:4326, valid, with a column ``fence``.
    file, layer : str
        For messages.

    Returns
    -------
    tuple of Finding
        Of severity WARN: a home in two fences counts to the one that comes first by name.
    """
    own = Layer(file, layer)
    said: list[Finding] = []
    plane = plane_of(fences.geometry.to_numpy())
    drawn = np.asarray(fences.geometry.to_crs(plane.crs).to_numpy())
    if (vertices := int(shapely.get_num_coordinates(drawn).sum())) > MANY_VERTICES:
        said.append(own.told("many-vertices", n=vertices))
        # For the comparison alone: the fences keep every vertex.
        drawn = shapely.make_valid(shapely.simplify(drawn, 1.0))
    names = fences["fence"].to_numpy(str)
    both = overlaps(drawn)
    for i, j, area in both[:LISTED]:
        said.append(own.told("fences-overlap", first=names[i], other=names[j], area=area))
    said += _rest(own, "fences-overlap/more", len(both))
    open_land = gaps(drawn)
    for shape, area in open_land[:LISTED]:
        inside = shapely.get_coordinates(shapely.point_on_surface(shape))[:1]
        lon, lat = plane.to_lon_lat(inside)[0]
        said.append(own.told("fences-gap", area=area, lon=lon, lat=lat))
    return (*said, *_rest(own, "fences-gap/more", len(open_land)))


def _rest(layer: Layer, key: str, n: int) -> list[Finding]:
    return [layer.told(key, n=n - LISTED)] if n > LISTED else []


def _read(path: Source) -> VectorLayer:
    """Read the one layer that holds outlines."""
    if isinstance(path, Given):
        found = [layer_of_frame(path)]
    elif not path.is_file():
        raise InputError.of("no-fence-file", path=path.resolve())
    else:
        mark_as_read(path)
        found = _layers(path, read_bytes(path))
    layers = [v for v in found if v.shapes is not None]
    outlined = [v for v in layers if v.shapes is not None and _has_outlines(v.shapes)]
    layers = outlined or layers
    if len(layers) != 1:
        names = ", ".join(layer.name for layer in layers)
        raise InputError.of(
            "fences-not-one-layer",
            name=path.name,
            names=names or "none",
            names_zh="、".join(v.name for v in layers) or "无",
        )
    if not layers[0].rows:
        raise InputError.of("fences-without-polygons", name=path.name)
    return layers[0]


def _layers(path: Path, data: bytes) -> list[VectorLayer]:
    """Read a file by its content; what is known to GDAL alone, such as MapInfo's, is left to it."""
    try:
        kind = kind_of(data, path.name)
        if kind == "zip":
            kind = kind_of_zip(data, path.name)
        if kind in VECTORS:
            return read_vectors(path, data, kind)
    except SheetError as error:
        # GML begins like a workbook's XML, for which the guard takes it; GDAL knows better.
        if path.suffix.lower() not in (".gml", ".xml"):
            raise error.becoming(InputError) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return layers_by_gdal(path, None, None, None)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - GDAL raises many kinds; the reader needs one
        raise InputError.of("layer-unreadable", name=path.name, kind=type(error).__name__) from None


def _has_outlines(shapes: NDArray[Any]) -> bool:
    return bool(np.isin(shapely.get_type_id(shapes), (3, 6, 7)).any())


def _names(layer: VectorLayer) -> list[str]:
    """Take the names from the first known column that says anything."""
    own = [header_key(h) for h in layer.headers]
    for heading in FENCES["fence"].headers:
        key = header_key(heading)
        for column in (k for k, other in enumerate(own) if other == key):
            texts = np.array([[text_of(row[column])] for row in layer.rows], object)
            cells, _, _ = undone(texts, {}, [layer.headers[column]], [""])
            names = [" ".join(community_name(t).split())[:80] for t in cells[:, 0]]
            if any(names):
                return names
    return []


def _named(
    shapes: NDArray[Any], there: NDArray[np.intp], layer: Layer
) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Join the features of one name into one fence."""
    import geopandas as gpd

    said: list[Finding] = []
    written = [layer.names[int(i)] if layer.names else "" for i in there]
    own = [bare_community(name) for name in written]
    if own != written:
        said.append(layer.told("remark-in-community"))
    names = [name or f"{i + 1}" for name, i in zip(own, there, strict=True)]
    if not layer.names:
        said.append(layer.told("fences-unnamed"))
    elif n := own.count(""):
        said.append(layer.told("fences-unnamed/some", n=n))
    for name in sorted({n for n in names if names.count(n) > 1}):
        said.append(layer.told("same-name", n=names.count(name), name=name))
    made = gpd.GeoDataFrame({"fence": names}, geometry=list(shapes), crs="EPSG:4326")
    return made.dissolve("fence", as_index=False)[["fence", "geometry"]], said


def _refuse_size(made: gpd.GeoDataFrame, layer: Layer) -> None:
    plane = plane_of(made.geometry.to_numpy())
    km2 = float(made.geometry.to_crs(plane.crs).area.sum()) / 1e6
    if km2 > LARGEST_KM2:
        layer.settle([layer.told("too-large", km2=km2, most=LARGEST_KM2)])
