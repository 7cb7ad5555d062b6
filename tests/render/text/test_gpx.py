"""GPX: well-formed, internal, every text inert."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from planner.render.text.gpx import Track, gpx_bytes

NS = "{http://www.topografix.com/GPX/1/1}"


def test_tracks_and_stops_are_read_back() -> None:
    """A name that is markup stays text; six decimals of a degree."""
    line = np.array([[117.0000012, 32.6], [117.001, 32.601]])
    made = gpx_bytes([Track("<b>&1", line, (("甲路1号\x07", 117.0, 32.6),)), Track("2", line)])
    root = ElementTree.fromstring(made)
    assert [t.find(f"{NS}name").text for t in root.iter(f"{NS}trk")] == ["<b>&1", "2"]
    points = list(root.iter(f"{NS}trkpt"))
    assert len(points) == 4
    assert (points[0].get("lon"), points[0].get("lat")) == ("117.000001", "32.600000")
    assert [w.find(f"{NS}name").text for w in root.iter(f"{NS}wpt")] == ["甲路1号"]
    assert "内部资料" in made.decode()
