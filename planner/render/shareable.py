"""Layers of a plan to be handed on: GeoJSON, KML and Parquet, each made for an audience.

What is in them is what the map of the same audience shows, and nothing else; counts that a map hides are
hidden here too.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from planner.errors import ConfigError
from planner.files import parquet_bytes
from planner.model.palette import ZONE_COLOURS, ink
from planner.model.plane import SCALE
from planner.model.tables import PlanTables
from planner.privacy import Secrets, released
from planner.privacy.audience import Audience
from planner.privacy.blocks import FEW
from planner.privacy.person import People
from planner.render.map.public import public_payload, public_shapes, shown_people
from planner.render.text.shown import Told, meeting_terms
from planner.render.text.words import broken_rules

__all__ = ["LAYERS", "geojson_of", "kml_of", "layer_for", "parquet_of"]

LAYERS: Final = {
    Audience.PUBLIC: ("zones",),
    Audience.MEETING: ("zones", "centres"),
    Audience.INTERNAL: ("zones", "centres", "units", "households", "gaps"),
}
"""What each audience may be handed."""
_WORDS: Final = {
    "fence": "社区 community",
    "homes": "户数 households",
    "name": "中心户 centre",
    "phone": "办公电话 office phone",
    "label": "中心户住址 centre at",
    "walk_mean_m": "平均步行（米） mean walk, m",
    "walk_max_m": "最远步行（米） longest walk, m",
    "broken": "未满足的规则 rules not kept",
}


def layer_for(
    tables: PlanTables, audience: Audience, layer: str = "zones", people: People | None = None
) -> gpd.GeoDataFrame:
    """Give a layer of a plan as an audience may see it, EPSG:4326.

    `people`: for names and office phones of the centres, on a public layer.
    Gives: of zones ``number, fence, colour, homes`` (text, such as ``<10``) and ``households`` (a number
    where it may be told), and what else the audience may see.
    Raises `ConfigError`: it may not see such a layer.
    """
    if layer not in LAYERS[audience]:
        names = ", ".join(LAYERS[audience])
        raise ConfigError.of(
            "no-such-layer", layer=layer, names=names, audience=audience.terms.en,
            audience_zh=audience.terms.zh,
        )  # fmt: skip
    if layer == "zones":
        return _zones(tables, audience, people)
    if audience is Audience.MEETING:
        return tables.centres[["number", "centre_id", "fence", "label", "geometry"]].copy()
    made: gpd.GeoDataFrame = getattr(tables, layer).copy()
    return made


def _zones(tables: PlanTables, audience: Audience, people: People | None) -> gpd.GeoDataFrame:
    zones = tables.zones
    colour = [ZONE_COLOURS[int(c) % len(ZONE_COLOURS)] for c in zones["colour"]]
    columns: dict[str, Any] = {
        "number": zones["number"].to_numpy(),
        "fence": zones["fence"].to_numpy(),
    }
    if audience is Audience.PUBLIC:
        told = public_payload(tables, people)["zones"]
        columns |= _counted([z["homes"] for z in told], audience.terms.smallest)
        columns |= {key: [z[key] for z in told] for key in ("name", "phone")}
        step = audience.terms.grid_steps / SCALE
        shapes = shapely.set_precision(public_shapes(tables), step)
    else:
        terms = meeting_terms(tables) if audience is Audience.MEETING else audience.terms
        told = Told(tables, terms).zones
        columns |= _counted([z["homes"] for z in told], terms.smallest)
        columns |= {
            f"walk_{key}_m": np.round([float(z[key]) for z in told], 1) for key in ("mean", "max")
        }
        shapes = zones.geometry.to_numpy()
        own = broken_rules(tables, whole=audience is Audience.INTERNAL)
        columns["broken"] = ["、".join(zh for zh, _ in own[c]) for c in zones["centre_id"]]
    if audience is Audience.INTERNAL:
        columns |= {
            name: zones[name].to_numpy() for name in ("centre_id", "members", "gaps", "area_m2")
        }
    return gpd.GeoDataFrame(columns | {"colour": colour}, geometry=shapes, crs="EPSG:4326")


def _counted(homes: list[int], smallest: int) -> dict[str, Any]:
    """Tell counts as text, and as numbers where they may be told."""
    texts = [str(n) if n >= 0 else f"<{smallest}" if n == FEW else "" for n in homes]
    numbers = pd.array([n if n >= 0 else pd.NA for n in homes], dtype="Int64")
    return {"homes": texts, "households": numbers}


def geojson_of(
    tables: PlanTables, audience: Audience, layer: str = "zones", people: People | None = None
) -> bytes:
    """Write a layer as GeoJSON, past the gate.

    Raises `ConfigError`, `PrivacyError`.
    """
    frame = layer_for(tables, audience, layer, people)
    data = _geojson(frame, {"audience": str(audience), "layer": layer} | _about(tables))
    return _passed(data, f"{layer}.geojson", tables, audience, people)


def parquet_of(
    tables: PlanTables, audience: Audience, layer: str = "zones", people: People | None = None
) -> bytes:
    """Write a layer as GeoParquet; the gate reads what stands in the finished file.

    Raises `ConfigError`, `PrivacyError`, `MissingExtraError`.
    """
    data = parquet_bytes(layer_for(tables, audience, layer, people))
    # packed columns are no text: what they hold is read out again
    finished: Any = io.BytesIO(data)
    back = _geojson(gpd.read_parquet(finished), {})
    _passed(back, f"{layer}.geojson", tables, audience, people)
    return data


def kml_of(
    tables: PlanTables,
    audience: Audience,
    layer: str = "zones",
    people: People | None = None,
    *,
    title: str | None = None,
) -> bytes:
    """Write a layer as KML, coloured and named, for phones and earth viewers; past the gate.

    Raises `ConfigError`, `PrivacyError`.
    """
    frame = layer_for(tables, audience, layer, people)
    head = title or str(tables.provenance.get("title") or "责任区")
    about = _about(tables)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!-- zone-planner -->",
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>',
        f"<name>{escape(head)}</name>",
        f"<description>{escape(about['attribution'])}</description>",
        *(_style(colour) for colour in ZONE_COLOURS),
        *(_placemark(row) for row in frame.to_dict("records")),
        "</Document></kml>",
    ]
    return _passed("\n".join(lines).encode(), f"{layer}.kml", tables, audience, people)


def _style(colour: str) -> str:
    def reversed_of(rgb: str, alpha: str) -> str:
        return f"<color>{alpha}{rgb[5:7]}{rgb[3:5]}{rgb[1:3]}</color>"  # KML has blue first

    line, fill = reversed_of(ink(colour), "ff"), reversed_of(colour, "80")
    return (
        f"<Style id={quoteattr(colour[1:])}><LineStyle>{line}<width>2</width></LineStyle>"
        f"<PolyStyle>{fill}</PolyStyle></Style>"
    )


def _placemark(row: Mapping[Any, Any]) -> str:
    shape = row["geometry"]
    number = row.get("number", "")
    said = [f"{words}: {row[key]}" for key, words in _WORDS.items() if str(row.get(key) or "")]
    style = (
        f"<styleUrl>#{row['colour'][1:]}</styleUrl>" if isinstance(row.get("colour"), str) else ""
    )
    return (
        f"<Placemark><name>{escape(f'{number}号责任区' if number else '')}</name>{style}"
        f"<description>{escape(chr(10).join(said))}</description>{_kml(shape)}</Placemark>"
    )


def _kml(shape: Any) -> str:
    if shape is None or shape.is_empty:
        return ""
    if shape.geom_type == "Point":
        return f"<Point>{_coordinates(shape)}</Point>"
    if shape.geom_type == "Polygon":
        inner = "".join(
            f"<innerBoundaryIs><LinearRing>{_coordinates(ring)}</LinearRing></innerBoundaryIs>"
            for ring in shape.interiors
        )
        outer = f"<LinearRing>{_coordinates(shape.exterior)}</LinearRing>"
        return f"<Polygon><outerBoundaryIs>{outer}</outerBoundaryIs>{inner}</Polygon>"
    return (
        f"<MultiGeometry>{''.join(_kml(part) for part in shapely.get_parts(shape))}</MultiGeometry>"
    )


def _coordinates(shape: Any) -> str:
    places = (f"{x:.6f},{y:.6f}" for x, y in shapely.get_coordinates(shape).tolist())
    return f"<coordinates>{' '.join(places)}</coordinates>"


def _geojson(frame: gpd.GeoDataFrame, about: dict[str, Any]) -> bytes:
    """Lay a frame out as GeoJSON; degrees to a tenth of a metre."""
    shapes = frame.geometry.to_numpy()
    rows = frame.drop(columns=frame.geometry.name).astype(object)
    rows = rows.where(rows.notna(), None).to_dict("records")
    features = [
        {
            "type": "Feature",
            "properties": {k: _plain(v) for k, v in row.items()},
            "geometry": _shape(shape),
        }
        for row, shape in zip(rows, shapes, strict=True)
    ]
    made = {"type": "FeatureCollection", "zone_planner": about, "features": features}
    return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _shape(shape: Any) -> Any:
    if shape is None or shape.is_empty:
        return None

    def rounded(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, 6)
        return [rounded(part) for part in value]

    made = shapely.geometry.mapping(shape)
    return {"type": made["type"], "coordinates": rounded(made["coordinates"])}


def _about(tables: PlanTables) -> dict[str, str]:
    note = tables.provenance
    return {name: str(note.get(name) or "") for name in ("title", "created", "attribution")}


def _passed(
    data: bytes, name: str, tables: PlanTables, audience: Audience, people: People | None
) -> bytes:
    public = audience is Audience.PUBLIC
    shown = shown_people(tables, people) if public else []
    released(data, name, audience, Secrets.of(tables, people, centres=not public, shown=shown))
    return data
