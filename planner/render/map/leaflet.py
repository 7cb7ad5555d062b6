"""Leaflet as pages carry it: whole, from the installed package, asking for no file."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["leaflet_parts"]


def leaflet_parts() -> tuple[str, str]:
    """Give Leaflet's style and script, as they lie in a page that asks for no file."""
    # Its style points to images of markers that no page of ours shows, and speaks to IE 8
    style = re.sub(r"\s*behavior:[^;]*;", "", _leaflet_file("leaflet.css"))
    code = re.sub(r"//# sourceMappingURL=\S+", "", _leaflet_file("leaflet.js"))
    # a string in the library would end the element
    return re.sub(r"url\([^)]*\)", "none", style), code.replace("</script", "<\\/script")


def _leaflet_file(name: str) -> str:
    from xstatic.pkg import leaflet

    return (Path(leaflet.BASE_DIR) / name).read_text("utf-8")
