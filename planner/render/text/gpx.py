"""Rounds and patrols as GPX 1.1, for a telephone or a hand-held receiver: the office's own file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from planner.model.arrays import Floats
from planner.privacy.audience import INTERNAL_WORDS

__all__ = ["Track", "gpx_bytes"]


@dataclass(frozen=True, eq=False)
class Track:
    """One walk.

    Parameters
    ----------
    name : str
        What it is called.
    lon_lat : ndarray of float, shape (k, 2)
        Degrees WGS-84, in turn.
    stops : tuple of (str, float, float)
        Doors on the way: label, degrees.
    """

    name: str
    lon_lat: Floats
    stops: tuple[tuple[str, float, float], ...] = ()


def gpx_bytes(tracks: Iterable[Track]) -> bytes:
    """Write tracks, and their stops as points on the way.

    Parameters
    ----------
    tracks : iterable of Track
        In the order in which they are listed.

    Returns
    -------
    bytes
        UTF-8; equal tracks give equal bytes, for no time is written.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="zone-planner" xmlns="http://www.topografix.com/GPX/1/1">',
        f"<metadata><desc>{INTERNAL_WORDS}</desc></metadata>",
    ]
    every = list(tracks)
    for track in every:
        for label, lon, lat in track.stops:
            # a label of the input may hold anything
            lines.append(f'<wpt lat="{lat:.6f}" lon="{lon:.6f}"><name>{_plain(label)}</name></wpt>')
    for track in every:
        lines.append(f"<trk><name>{_plain(track.name)}</name><trkseg>")
        lines += [
            f'<trkpt lat="{lat:.6f}" lon="{lon:.6f}"/>' for lon, lat in track.lon_lat.tolist()
        ]
        lines.append("</trkseg></trk>")
    return ("\n".join([*lines, "</gpx>"]) + "\n").encode()


def _plain(text: str) -> str:
    return escape("".join(c for c in text if c >= " "))
