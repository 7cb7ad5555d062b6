"""Nodes and ways of an invented place, written as OpenStreetMap XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

import numpy as np

from planner.model.plane import LocalProjection

__all__ = ["Sketch"]

Spot = tuple[float, float]


@dataclass(eq=False)
class Sketch:
    """Collects nodes and ways; a node stands once however many ways meet in it.

    Parameters
    ----------
    projection : LocalProjection
        Of the plane, metres, in which points are given.
    """

    projection: LocalProjection
    _ids: dict[Spot, int] = field(default_factory=dict)
    _tags: dict[int, dict[str, str]] = field(default_factory=dict)
    _ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)

    def node(self, at: Spot, **tags: str) -> int:
        """Add a node, or tags to the one that stands there; give its number."""
        number = self._ids.setdefault((round(at[0], 2), round(at[1], 2)), len(self._ids) + 1)
        if tags:
            self._tags.setdefault(number, {}).update(tags)
        return number

    def way(self, points: Sequence[Spot], **tags: str) -> None:
        """Add a line."""
        self._ways.append(([self.node(p) for p in points], tags))

    def area(self, ring: Sequence[Spot], **tags: str) -> None:
        """Add a closed line; `ring` does not repeat its first point."""
        self.way([*ring, ring[0]], **tags)

    def xml(self, generator: str) -> str:
        """Write everything as OpenStreetMap XML.

        Parameters
        ----------
        generator : str
            What the file says that made it.
        """
        return "".join(self._lines(generator))

    def _lines(self, generator: str) -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8"?>\n'
        yield f'<osm version="0.6" generator={quoteattr(generator)}>\n'
        places = self.projection.to_lon_lat(np.array(list(self._ids), float).reshape(-1, 2))
        for (lon, lat), number in zip(places.tolist(), self._ids.values(), strict=True):
            tags = self._tags.get(number, {})
            yield f'<node id="{number}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"'
            yield f">{_xml(tags)}</node>\n" if tags else "/>\n"
        for number, (nodes, tags) in enumerate(self._ways, start=1):
            refs = "".join(f'<nd ref="{n}"/>' for n in nodes)
            yield f'<way id="{number}" version="1">{refs}{_xml(tags)}</way>\n'
        yield "</osm>\n"


def _xml(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
