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
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from planner.errors import ConfigError, OutputError
from planner.files import atomic_write
from planner.model.tables import PlanTables
from planner.plan.frames import positions, unit_positions, wishes_of
from planner.privacy import UNKNOWN, Secrets, check_page, released
from planner.privacy.audience import INTERNAL_WORDS, Audience
from planner.privacy.pages import check_together
from planner.privacy.person import People, Person
from planner.render.map.basemap import Basemap
from planner.render.map.editing import edit_payload, packed
from planner.render.map.encoding import island_json
from planner.render.map.find import finding_payload
from planner.render.map.leaflet import leaflet_parts
from planner.render.map.meeting import meeting_payload, taken_names, taken_shapes
from planner.render.map.public import public_payload, shown_people
from planner.render.text.shown import Told, meeting_terms

__all__ = ["MapPage", "finished_page", "map_page", "roster_payload", "watermark"]

_DRAWN = ("texts", "data", "buildings", "symbols", "scene", "lettering", "repaint")
_DRAWN += ("themes", "furniture", "panel")
_EDITED = [
    f"edit{part}"
    for part in (
        *("_model", "_seats", "", "_save", "_cells", "_figures"),
        *("_search", "_bound", "_complete"),
        *("_marks", "_tools", "_panel", "_page"),
    )
]
_PAPER = ("vector", "sheets", "listing", "picture", "print", "page")
# Scripts of the page of each audience, in the order in which they run; none is given another's.
SCRIPTS: Mapping[Audience, tuple[str, ...]] = {
    Audience.PUBLIC: (*_DRAWN, *_PAPER, "public"),
    Audience.MEETING: (*_DRAWN, *_EDITED, "names", "walk", "search", *_PAPER),
    Audience.INTERNAL: (*_DRAWN, *_EDITED, "names", "walk", "search", "roster", "care", *_PAPER),
}
COMPARE_SCRIPTS = (*_DRAWN, *_PAPER, "compare", "compare_page")
STYLES = ("page", "edit", "search", "compare", "print")
_STAMPS = 60
_STAGE = (
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<style>html, body, #map_plan { width: 100%; height: 100%; margin: 0; padding: 0; }"
    "#map_plan { position: relative; } .leaflet-container { font-size: 1rem; }</style>"
)
_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL)


@dataclass(frozen=True, slots=True, repr=False)
class MapPage:
    """A finished page.

    Parameters
    ----------
    html : str
        The whole page.
    audience : Audience
        Who it is for.
    phones : frozenset of str
        Office phones that it may show, digits alone.
    passed : str
        Digest of what the privacy gate has seen of it; the gate is asked again where it is another.
    known : Secrets
        What the gate knew when it saw it; of a page from elsewhere it knows nothing, and releases none.
    """

    html: str
    audience: Audience = Audience.MEETING
    phones: frozenset[str] = frozenset()
    passed: str = ""
    known: Secrets = field(default=UNKNOWN, compare=False)

    def save(self, path: str | Path) -> Path:
        """Write the page, whole or not at all.

        Parameters
        ----------
        path : str or Path
            Ends in ``.html``.

        Raises
        ------
        OutputError
            The file cannot be written, or something that is no map stands there.
        PrivacyError
            The page was changed since it was made, into what its audience must not see.
        """
        if Path(path).suffix.lower() not in (".html", ".htm"):
            raise OutputError.of("page-name", name=Path(path).name)
        self._require_passed(Path(path).name)
        data = self.html.encode("utf-8")
        return atomic_write(path, data, private=self.audience is Audience.INTERNAL)

    def _require_passed(self, name: str) -> None:
        """Ask the gate about a page that was touched since it was made."""
        if self.passed != _digest(self.html, self.audience, self.phones):
            secrets = replace(self.known, phones=self.phones)
            released(self.html.encode("utf-8"), name, self.audience, secrets)

    def beside(self, earlier: Iterable[str | MapPage]) -> MapPage:
        """Ask the gate whether the page hides its counts beside pages that were handed out before.

        Parameters
        ----------
        earlier : iterable of str or MapPage
            Maps for a meeting, as HTML or as drawn.

        Returns
        -------
        MapPage
            This page.

        Raises
        ------
        PrivacyError
            A count that it hides follows from all of them together.
        InputError
            One of them is no map for a meeting.
        """
        texts = [page.html if isinstance(page, MapPage) else page for page in earlier]
        if texts:
            check_together(self.html, texts, "map.html")
        return self

    def _repr_html_(self) -> str:
        self._require_passed("map.html")
        inner = markup.escape(self.html, quote=True)
        return (
            f'<iframe srcdoc="{inner}" style="width:100%;height:720px;border:1px solid #d5dadf" '
            'title="map"></iframe>'
        )

    def __repr__(self) -> str:
        return f"<MapPage: {len(self.html.encode()) / 1e6:.2f} MB>"


def map_page(
    tables: PlanTables,
    *,
    audience: Audience = Audience.MEETING,
    title: str | None = None,
    people: People | None = None,
    care: dict[str, Any] | None = None,
    shares: pd.DataFrame | None = None,
    day: date | None = None,
    basemap: Basemap | None = None,
) -> MapPage:
    """Draw a plan for an audience.

    Parameters
    ----------
    audience : Audience
        ``meeting`` by default: building level, small counts hidden, nobody's id but the centres'.
        ``public``: outlines of zones, names and office phones of the centres, rounded counts.
        ``internal``: the roster, under a watermark; only when it is asked for.
    title : str, optional
        Heading; the plan's own by default.
    people : People, optional
        What the office's sheets say of each resident: shown where the audience may see it, and held
        against the finished page where not.
    care : dict, optional
        From `planner.render.map.care_layer.beside_plan`: layers of an internal map, or a meeting's needs.
    shares : DataFrame, optional
        See `planner.plan.care.shares.open_shares`; told on a public map alone, by default of all homes.
    day : date, optional
        What the watermark of an internal map says; today by default.
    basemap : Basemap, optional
        Tiles that the page asks for when it is opened; without it the page makes no request at all.

    Raises
    ------
    ConfigError
        An internal map is to ask for tiles.
    PrivacyError
        The finished page holds what its audience must not see.
    """
    shown: list[Person] = []
    if basemap and audience is Audience.INTERNAL:
        raise ConfigError.of("basemap-on-internal")
    if audience is Audience.PUBLIC:
        payload = public_payload(tables, people, title=title, shares=shares)
        heavy: dict[str, Any] = {"shapes": taken_shapes(payload)}
        shown = shown_people(tables, people)
    else:
        meeting = audience is Audience.MEETING
        told = Told(tables, meeting_terms(tables) if meeting else audience.terms)
        payload = meeting_payload(tables, title=title, told=told)
        editing = edit_payload(tables, told.blocks)
        find = finding_payload(tables, payload)
        if meeting and care and care["needs"]:
            payload["needs"] = care["needs"]
        shapes = taken_shapes(payload)
        heavy = {"shapes": shapes, **taken_names(payload), "edit": editing, "find": find}
    if audience is Audience.INTERNAL:
        payload["audience"] = str(audience)
        heavy |= {"roster": roster_payload(tables, people)} | ({"care": care} if care else {})
    secrets = Secrets.of(tables, people, centres=audience is not Audience.PUBLIC, shown=shown)
    return finished_page(payload, heavy, audience, secrets, day=day, basemap=basemap)


def finished_page(
    payload: dict[str, Any],
    heavy: dict[str, Any],
    audience: Audience,
    secrets: Secrets,
    *,
    day: date | None = None,
    basemap: Basemap | None = None,
) -> MapPage:
    """Put a page together and hold it against its audience.

    `payload` and `heavy`: what the page carries plain and packed; with ``compare`` in `heavy` it is a
    comparison.
    `day`: what the watermark of an internal page says; today by default.
    Raises `PrivacyError`: the finished page holds what its audience must not see.
    """
    own = _own_texts(audience, compare="compare" in heavy)
    if basemap:
        payload = {**payload, "basemap": basemap.payload()}
    page = _with_policy(_drawn(payload, heavy, own), basemap.origins if basemap else ())
    if audience is Audience.INTERNAL:
        mark = watermark(day or date.today())
        page = page.replace("<body>", f"<body>{mark}", 1)
    check_page(page, audience, secrets, known=own)
    passed = _digest(page, audience, secrets.phones)
    return MapPage(page, audience, secrets.phones, passed, secrets)


def _digest(html: str, audience: Audience, phones: frozenset[str]) -> str:
    words = "\n".join((str(audience), *sorted(phones), html))
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


def _drawn(payload: dict[str, Any], heavy: dict[str, Any], own: tuple[str, str, str]) -> str:
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
    root = chart.get_root()
    chart.render()
    head = root.header  # type: ignore[attr-defined]
    head._children.pop("meta_http", None)  # the encoding stands in the page's first element
    head._children.pop(chart.get_name(), None)  # folium's own forbids to enlarge the page
    island = f'<script type="application/json" id="plan-data">{island_json(payload)}</script>'
    more = f'<script type="application/json" id="plan-packed">{island_json(packed(heavy))}</script>'
    for position, text in enumerate((*_head(payload, own), island, more, _STAGE)):
        head.add_child(Verbatim(text), name=f"planner_{position}")
    body, script = root.html.render(), root.script.render()  # type: ignore[attr-defined]
    return (
        f"<!DOCTYPE html>\n<html>\n<head>{head.render()}</head>\n<body>{body}"
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _head(payload: dict[str, Any], own: tuple[str, str, str]) -> tuple[str, ...]:
    title = markup.escape(payload["meta"]["title"] or "责任区")
    css, leaflet, js = own
    return (
        f"<title>{title}</title>",
        '<meta name="referrer" content="no-referrer">',
        f"<style>{css}</style>",
        f"<script>{leaflet}</script>",
        f"<script>{js}</script>",
    )


def _own_texts(audience: Audience, *, compare: bool) -> tuple[str, str, str]:
    """Give the style, Leaflet and the script of a page: all of it that is the product's own."""
    scripts, entry = SCRIPTS[audience], "drawPublic" if audience is Audience.PUBLIC else "drawPlan"
    if compare:
        scripts, entry = COMPARE_SCRIPTS, "drawCompare"
    styles = (*STYLES, "roster") if audience is Audience.INTERNAL else STYLES
    leaflet_css, leaflet_js = leaflet_parts()
    css = "\n".join((leaflet_css, *(_page_file(f"{name}.css") for name in styles)))
    js = "\n".join(_page_file(f"{name}.js") for name in scripts)
    whole = f"(function () {{\n'use strict';\n{js}\nwindow.drawPlan = {entry};\n}})();"
    return css, leaflet_js, whole


def _page_file(name: str) -> str:
    return resources.files("planner.render.map").joinpath("page", name).read_text("utf-8")


def _with_policy(page: str, origins: tuple[str, ...]) -> str:
    """Name each script by its digest: the browser runs those and no other, and asks for nothing."""
    # By digest and not by nonce: a file that is opened from a disk has no server to draw one.
    digests: list[str] = []
    for script in _SCRIPT.finditer(page):
        if "application/json" not in script["attributes"]:
            digest = hashlib.sha256(script["code"].encode("utf-8")).digest()
            digests.append(f"'sha256-{base64.b64encode(digest).decode()}'")
    images = " ".join(("data:", *origins))
    policy = (
        f"default-src 'none'; script-src {' '.join(sorted(set(digests)))}; "
        f"style-src 'unsafe-inline'; img-src {images}; base-uri 'none'; form-action 'none'"
    )
    meta = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
    return page.replace("<html>", '<html lang="zh-CN">', 1).replace("<head>", f"<head>{meta}", 1)


def roster_payload(tables: PlanTables, people: People | None = None) -> dict[str, Any]:
    """Gather the roster, column by column; positions are those of the plan's units.

    `people`: names, rooms and care flags; without it homes and members have their ids alone.
    Gives: by household: ``unit`` (-1 for none)``, id, name, room, care, walk, gap, member`` (position
    in ``members``, -1 for none). By member: ``members.id, members.name, members.unit``. By wish:
    ``wishes.unit, wishes.zones``.
    """
    known, asked = people or People(), wishes_of(tables)
    homes, people_ids = tables.households, tables.members["member_id"]
    persons = [known.households.get(h, Person()) for h in homes["household_id"]]
    return {
        "unit": unit_positions(tables, homes["unit_id"]).tolist(),
        "id": [str(h) for h in homes["household_id"]],
        "name": [p.name for p in persons],
        "room": [p.room for p in persons],
        "care": ["、".join(p.care) for p in persons],
        "walk": [None if not math.isfinite(w) else round(w) for w in homes["walk_m"]],
        "gap": [str(g) for g in homes["gap"]],
        "member": positions(people_ids, homes["member"]).tolist(),
        "wishes": {
            "unit": asked.unit.tolist(),
            "zones": [[z for z in row if z >= 0] for row in asked.centre.tolist()],
        },
        "members": {
            "id": [str(m) for m in people_ids],
            "name": [known.members.get(m, Person()).name for m in people_ids],
            "unit": unit_positions(tables, tables.members["unit_id"]).tolist(),
        },
    }


def watermark(day: date) -> str:
    """Write the watermark as markup: it lies over the page, on the screen and on paper."""
    words = f"{INTERNAL_WORDS} · {day.isoformat()}"
    return (
        '<div class="watermark" aria-hidden="true">' + f"<span>{words}</span>" * _STAMPS + "</div>"
    )
