"""The map: one HTML page that a meeting opens without a network.

The page is a `folium.Map`; folium's remote files are left out, Leaflet comes from the installed
XStatic-Leaflet wheel, and all that the page says or draws lies in one JSON island that scripts read
and that is never parsed as markup.  A content security policy forbids every request and every script
but those written here.
"""

from __future__ import annotations

import base64
import hashlib
import html as markup
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from planner.render.editing import edit_payload, packed
from planner.render.encoding import island_json
from planner.render.outputs import atomic_write
from planner.render.payload import SMALLEST_SHOWN, meeting_payload, taken_shapes
from planner.render.privacy import check_meeting_page
from planner.tables import PlanTables

__all__ = ["MapPage", "map_page"]

SCRIPTS = (
    "texts.js", "data.js", "symbols.js", "scene.js", "furniture.js", "panel.js", "edit_model.js", "edit.js",
    "edit_save.js", "edit_cells.js", "edit_marks.js", "edit_tools.js", "edit_panel.js", "edit_page.js",
    "page.js",
)  # fmt: skip
STYLES = ("page.css", "edit.css", "print.css")
_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)


@dataclass(frozen=True, slots=True, repr=False)
class MapPage:
    """A finished page.

    Parameters
    ----------
    html : str
        The whole page.
    """

    html: str

    def save(self, path: str | Path) -> Path:
        """Write the page, whole or not at all.

        Raises
        ------
        OutputError
            The file cannot be written.
        """
        return atomic_write(path, self.html.encode("utf-8"))

    def _repr_html_(self) -> str:
        inner = markup.escape(self.html, quote=True)
        return (
            f'<iframe srcdoc="{inner}" style="width:100%;height:720px;border:1px solid #d5dadf" '
            'title="map"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<MapPage: {len(self.html.encode()) / 1e6:.2f} MB>"


def map_page(tables: PlanTables, *, title: str | None = None) -> MapPage:
    """Draw a plan for a meeting: building level, small counts hidden, nobody's id but the centres'.

    Parameters
    ----------
    tables : PlanTables
        The plan.
    title : str, optional
        Heading; the plan's own by default.

    Returns
    -------
    MapPage
        Equal plans give equal pages.

    Raises
    ------
    PrivacyError
        The finished page holds what a meeting must not see.
    """
    payload = meeting_payload(tables, title=title)
    editing = edit_payload(tables, smallest=SMALLEST_SHOWN)
    page = _with_policy(_drawn(payload, {"shapes": taken_shapes(payload), "edit": editing}))
    check_meeting_page(page, tables)
    return MapPage(page)


def _drawn(payload: dict[str, Any], heavy: dict[str, Any]) -> str:
    import folium

    class Verbatim(folium.Element):
        """Text that no template engine reads."""

        _template = folium.Element("{{ this.text }}")._template

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class PlanLayer(folium.MacroElement):
        """The plan on the map: everything is drawn from the JSON island, on one canvas."""

        _template = folium.Element(
            "{% macro script(this, kwargs) %}drawPlan({{ this.map }});{% endmacro %}"
        )._template

        def __init__(self, chart: folium.Map) -> None:
            super().__init__()
            self.map = chart.get_name()

    class PlainMap(folium.Map):
        """A folium map without remote files."""

        default_js: list[tuple[str, str]] = []  # noqa: RUF012 - overrides folium's own
        default_css: list[tuple[str, str]] = []  # noqa: RUF012

    west, south, east, north = payload["view"]
    chart = PlainMap(
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=15,
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        max_zoom=20,
        zoom_snap=0.25,
        wheel_px_per_zoom_level=90,
        bounce_at_zoom_limits=False,
    )
    chart._id = "plan"  # folium draws it at random, which would make equal plans differ
    chart.add_child(PlanLayer(chart))
    head = chart.get_root().header  # type: ignore[attr-defined]
    island = f'<script type="application/json" id="plan-data">{island_json(payload)}</script>'
    more = f'<script type="application/json" id="plan-packed">{island_json(packed(heavy))}</script>'
    for position, text in enumerate((*_head(payload), island, more)):
        head.add_child(Verbatim(text), name=f"planner_{position}")
    return chart.get_root().render()


def _head(payload: dict[str, Any]) -> tuple[str, ...]:
    title = markup.escape(payload["meta"]["title"] or "责任区")
    css = "\n".join((_leaflet_css(), *(_page_file(name) for name in STYLES)))
    js = "\n".join(_page_file(name) for name in SCRIPTS)
    return (
        f"<title>{title}</title>",
        '<meta name="referrer" content="no-referrer">',
        f"<style>{css}</style>",
        f"<script>{_leaflet_js()}</script>",
        f"<script>(function () {{\n'use strict';\n{js}\nwindow.drawPlan = drawPlan;\n}})();</script>",
    )


def _page_file(name: str) -> str:
    return resources.files("planner.render").joinpath("page", name).read_text("utf-8")


def _leaflet_file(name: str) -> str:
    from xstatic.pkg import leaflet

    return (Path(leaflet.BASE_DIR) / name).read_text("utf-8")


def _leaflet_js() -> str:
    code = re.sub(r"//# sourceMappingURL=\S+", "", _leaflet_file("leaflet.js"))
    return code.replace("</script", "<\\/script")


def _leaflet_css() -> str:
    return re.sub(r"url\([^)]*\)", "none", _leaflet_file("leaflet.css"))


def _with_policy(page: str) -> str:
    """Name each script by its digest: the browser runs those and no other, and asks for nothing."""
    digests: list[str] = []
    for script in _SCRIPT.finditer(page):
        if "application/json" not in script["attributes"]:
            digest = hashlib.sha256(script["code"].encode("utf-8")).digest()
            digests.append(f"'sha256-{base64.b64encode(digest).decode()}'")
    policy = (
        f"default-src 'none'; script-src {' '.join(sorted(set(digests)))}; "
        "style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    meta = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
    return page.replace("<html>", '<html lang="zh-CN">', 1).replace("<head>", f"<head>{meta}", 1)
