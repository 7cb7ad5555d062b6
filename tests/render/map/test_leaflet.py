"""Leaflet in a page asks for nothing, and ends no element."""

from __future__ import annotations

from planner.render.map.leaflet import leaflet_parts


def test_it_asks_for_nothing() -> None:
    """No image, no map of its source, no rule of a browser that is gone; its code is whole."""
    style, code = leaflet_parts()
    assert ".leaflet-container" in style
    assert "url(" not in style
    assert "behavior" not in style
    assert "L.map" in code or "latLngBounds" in code
    assert "sourceMappingURL" not in code
    assert "</script" not in code
