"""A plan at a glance: how it shows itself in a notebook, as a figure, and on a map of one's own.

Zones as a meeting may see them, in outline; never a home.  The whole map is `planner.render.map`.
"""

from __future__ import annotations

import html
from typing import Any

import numpy as np
import shapely

from planner.errors import MissingExtraError
from planner.model.palette import ZONE_COLOURS, ink
from planner.model.tables import PlanTables
from planner.privacy import Secrets, released
from planner.privacy.audience import Audience
from planner.privacy.person import People
from planner.render.map.leaflet import leaflet_parts
from planner.render.shareable import geojson_of, layer_for
from planner.render.text.shown import Told, meeting_terms
from planner.render.text.words import proof_words

__all__ = ["card_html", "explored", "plotted", "zones_svg"]

WIDTH = 560
_CHINESE = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "Microsoft YaHei", "SimHei", "PingFang SC",
    "WenQuanYi Micro Hei", "Noto Serif CJK SC", "SimSun",
)  # fmt: skip
STEP = 1.0  # pixels: nobody sees less


def zones_svg(tables: PlanTables, width: int = WIDTH) -> str:
    """Draw the zones as a small picture: outlines, colours and numbers, simplified to what a screen shows."""
    shapes = tables.zones.geometry.to_numpy()
    drawn = np.flatnonzero(~(shapely.is_empty(shapes) | shapely.is_missing(shapes)))
    if not len(drawn):
        return ""
    west, south, east, north = shapely.total_bounds(shapes[drawn]).tolist()
    across = np.cos(np.radians((south + north) / 2))
    scale = width / max((east - west) * across, north - south, 1e-9)
    flat = shapely.transform(
        shapes[drawn],
        lambda xy: np.column_stack(
            [(xy[:, 0] - west) * across * scale, (north - xy[:, 1]) * scale]
        ),
    )
    # together: neighbours keep their common border
    flat = shapely.coverage_simplify(flat, STEP) if shapely.coverage_is_valid(flat) else flat
    size = [max(1, round(v)) for v in ((east - west) * across * scale, (north - south) * scale)]
    parts = [
        f'<svg viewBox="0 0 {size[0]} {size[1]}" width="{size[0]}" role="img" '
        'style="max-width:100%;height:auto" xmlns="http://www.w3.org/2000/svg">'
    ]
    for at, shape in zip(drawn.tolist(), flat, strict=True):
        row = tables.zones.iloc[at]
        colour = ZONE_COLOURS[int(row["colour"]) % len(ZONE_COLOURS)]
        middle = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
        parts.append(
            f'<path d="{_path(shape)}" fill="{colour}" fill-opacity=".55" stroke="{ink(colour)}" '
            'fill-rule="evenodd"/>'
            f'<text x="{middle[0]:.0f}" y="{middle[1]:.0f}" font-size="11" text-anchor="middle" '
            f'dominant-baseline="central" fill="#1f2933">{int(row["number"])}</text>'
        )
    return "".join([*parts, "</svg>"])


def _path(shape: Any) -> str:
    polygons = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    lines = []
    for ring in (r for p in polygons for r in (p.exterior, *p.interiors)):
        places = np.rint(shapely.get_coordinates(ring)).astype(int)
        lines.append("M" + "L".join(f"{x} {y}" for x, y in places[:-1].tolist()) + "Z")
    return "".join(lines)


def card_html(tables: PlanTables) -> str:
    """Show a plan in a notebook: a picture and its figures, some kilobytes, past the gate.

    Raises `PrivacyError`: a title or a community is called like a person.
    """
    told = Told(tables, meeting_terms(tables))
    lines = [f"{line.zh} · {line.en}" for line in told.ledger()]
    lines.append(" · ".join(proof_words(tables.certificate)))
    title = html.escape(str(tables.provenance.get("title") or "责任区方案 zone plan"))
    said = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    card = (
        f'<div><strong>{title}</strong><div>{zones_svg(tables)}</div><ul style="margin:4px 0">{said}</ul>'
        "<small>plan.map() 地图 · plan.report() 汇总 · plan.explore() · plan.plot()</small></div>"
    )
    released(card.encode(), "card.html", Audience.MEETING, Secrets.of(tables))
    return card


def plotted(tables: PlanTables, audience: Audience, ax: Any = None, **how: Any) -> Any:
    """Draw the zones on axes of matplotlib, in their colours and with their numbers.

    Raises `MissingExtraError`: matplotlib is not installed.
    """
    try:
        from matplotlib import pyplot
    except ImportError:
        raise MissingExtraError("matplotlib", "notebook") from None
    zones = layer_for(tables, audience)
    zones = zones[~zones.geometry.is_empty]
    if ax is None:
        ax = pyplot.subplots()[1]
    look = {"edgecolor": "#1f2933", "linewidth": 0.6, "alpha": 0.6} | how
    zones.plot(ax=ax, color=zones["colour"].tolist(), **look)
    for number, shape in zip(zones["number"], zones.geometry, strict=True):
        at = shape.representative_point()
        ax.annotate(str(number), (at.x, at.y), ha="center", va="center", fontsize=7)
    ax.set_axis_off()
    if note := str(tables.provenance.get("attribution") or ""):
        font = _chinese_font()
        # letters that no font has would be boxes, and a warning each
        shown = note if font else note.encode("ascii", "ignore").decode().strip()
        place = {"transform": ax.transAxes, "ha": "right", "va": "top", "fontsize": 5}
        ax.text(1, 0, shown, fontfamily=font, **place)
    return ax


def _chinese_font() -> str | None:
    """Name a font of this machine that has Chinese letters, if there is one."""
    from matplotlib import font_manager

    there = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in _CHINESE if name in there), None)


def explored(tables: PlanTables, audience: Audience, people: People | None = None) -> Any:
    """Give the zones on a map of folium, to which layers of one's own can be added; it asks for no file."""
    import json

    import folium

    css, script = leaflet_parts()

    class Verbatim(folium.Element):
        """Text that no template engine reads."""

        _template = folium.Element("{{ this.text }}")._template

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class PlainMap(folium.Map):
        """A folium map without remote files."""

        default_js: list[tuple[str, str]] = []  # noqa: RUF012 - overrides folium's own
        default_css: list[tuple[str, str]] = []  # noqa: RUF012

    note = html.escape(str(tables.provenance.get("attribution") or ""))
    look = "position:fixed;right:6px;bottom:4px;z-index:999;font:11px system-ui,sans-serif"
    layer = json.loads(geojson_of(tables, audience, people=people))
    chart = PlainMap(tiles=None, attribution_control=False)
    head: Any = chart.get_root()
    for nth, text in enumerate((f"<style>{css}</style>", f"<script>{script}</script>")):
        head.header.add_child(Verbatim(text), name=f"leaflet_{nth}")
    head.html.add_child(Verbatim(f'<div style="{look}">{note}</div>'), name="attribution")
    shown = {"number": "责任区", "fence": "社区", "homes": "户数"}
    folium.GeoJson(
        layer,
        name="责任区 zones",
        style_function=lambda f: {
            "fillColor": f["properties"]["colour"], "color": ink(f["properties"]["colour"]),
            "weight": 1.5, "fillOpacity": 0.5,
        },
        tooltip=folium.GeoJsonTooltip(list(shown), list(shown.values())),
    ).add_to(chart)  # fmt: skip
    west, south, east, north = layer_for(tables, audience, people=people).total_bounds.tolist()
    chart.fit_bounds([[south, west], [north, east]])
    return chart
