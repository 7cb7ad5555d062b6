"""One pass over an OpenStreetMap file: objects become arrays, nothing is interpreted yet."""

from __future__ import annotations

import bz2
import gzip
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from xml.parsers import expat

import numpy as np
import osmium.io
import osmium.osm

from planner.errors import NetworkError
from planner.files import mark_as_read
from planner.model.arrays import Floats, Ints
from planner.network.streets.cut import Bounds, filter_within

__all__ = ["SUFFIXES", "Scan", "scan"]

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
"""How the names of OpenStreetMap files end."""
DEGREE = 1e-7  # OpenStreetMap counts in ten-millionths of a degree
PROLOGUE = 65536  # bytes: a document type stands before the first element


@dataclass(frozen=True, eq=False)
class Scan:
    """What a file holds.

    Parameters
    ----------
    node_id : ndarray of int64, shape (n,)
        Sorted; only nodes with a valid place.
    node_lon_lat : ndarray of float64, shape (n, 2)
        Degrees, WGS-84.
    tagged : tuple of (int, dict)
        Position and tags of the nodes that carry tags.
    way_id : ndarray of int64, shape (w,)
    way_tags : tuple of dict
    refs, offset : ndarray
        ``refs[offset[i]:offset[i + 1]]`` are the positions of way i's nodes, -1 where the file lacks
        the node or its place.
    relations : tuple of (int, dict, tuple of (int, str))
        Id, tags, and the ways with their roles of each multipolygon or tagged relation.
    data_date : str
        ISO date, "" where the file does not say.
    generator : str
        What wrote the file, "" where it does not say.
    counts : dict
        What was dropped.
    """

    node_id: Ints
    node_lon_lat: Floats
    tagged: tuple[tuple[int, dict[str, str]], ...]
    way_id: Ints
    way_tags: tuple[dict[str, str], ...]
    refs: Ints
    offset: Ints
    relations: tuple[tuple[int, dict[str, str], tuple[tuple[int, str], ...]], ...]
    data_date: str
    generator: str
    counts: dict[str, int]


def scan(path: str | Path, bounds: Bounds | None = None) -> Scan:
    """Read an OpenStreetMap file into arrays.

    Parameters
    ----------
    path : str or Path
        ``.osm.pbf``, ``.osm``, ``.osm.gz`` or ``.osm.bz2``.
    bounds : tuple, optional
        What lies elsewhere is not read: west, south, east, north in degrees.

    Raises
    ------
    NetworkError
        The file is missing, cut short, declares entities, or is no OpenStreetMap file.
    """
    path = Path(path)
    _refuse(path)
    mark_as_read(path)
    raw = _Raw()
    try:
        date, generator = _header(path)
        within = None if bounds is None else filter_within(path, bounds)
        raw.read(path, want_dates=not date, within=within)
        raw.leave_out(_deleted(path))
    except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:
        raise NetworkError.of("extract-unreadable", path=path, error=error) from error
    if not raw.node_id:
        raise NetworkError.of("extract-without-nodes", path=path)
    return raw.finish(date or raw.newest, generator)


def _refuse(path: Path) -> None:
    if not path.exists():
        raise NetworkError.of("streets-missing", path=path)
    if not path.is_file():
        raise NetworkError.of("streets-not-file", path=path)
    if not path.name.lower().endswith(SUFFIXES):
        raise NetworkError.of(
            "extract-of-unknown-kind",
            path=path,
            names=", ".join(SUFFIXES),
            names_zh="、".join(SUFFIXES),
        )
    if path.stat().st_size == 0:
        raise NetworkError.of("extract-empty", path=path)
    if not path.name.lower().endswith(".pbf"):  # PBF holds no XML
        _refuse_doctype(path)


def _refuse_doctype(path: Path) -> None:
    """Plain OpenStreetMap XML has no document type: entities are how XML files attack."""
    try:
        with _opened(path) as stream:
            head = stream.read(PROLOGUE)
    except (OSError, EOFError) as error:
        raise NetworkError.of("extract-packed-badly", path=path, error=error) from error
    head = head.replace(b"\x00", b"").lower()  # UTF-16 is XML too
    if b"<!doctype" in head or b"<!entity" in head:
        raise NetworkError.of("extract-with-entities", path=path)
    if b"<osm" not in head:
        raise NetworkError.of("extract-not-osm", path=path)


def _opened(path: Path) -> IO[bytes]:
    suffix = path.suffix.lower()
    if suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path))
    return cast("IO[bytes]", bz2.open(path)) if suffix == ".bz2" else path.open("rb")


def _header(path: Path) -> tuple[str, str]:
    """Read the date of the data and the name of what wrote the file."""
    with osmium.io.Reader(str(path), osmium.osm.osm_entity_bits.NOTHING) as reader:
        header = reader.header()
        dates = (header.get(key, "")[:10] for key in ("osmosis_replication_timestamp", "timestamp"))
        return next(filter(None, dates), ""), header.get("generator", "")


def _deleted(path: Path) -> set[tuple[str, int]]:
    """Objects that an editor marked ``action="delete"``: osmium does not hand that mark out."""
    if path.name.lower().endswith(".pbf"):
        return set()
    found: set[tuple[str, int]] = set()

    def started(name: str, told: dict[str, str]) -> None:
        if told.get("action") == "delete" and name in ("node", "way", "relation"):
            found.add((name[0], int(told["id"])))

    parser = expat.ParserCreate()
    parser.StartElementHandler = started
    with _opened(path) as stream:
        parser.ParseFile(stream)
    return found


class _Raw:
    """Lists that grow while the file goes by."""

    def __init__(self) -> None:
        self.node_id: list[int] = []
        self.node_xy: list[tuple[int, int]] = []
        self.tagged: list[tuple[int, dict[str, str]]] = []
        self.ways: dict[int, tuple[dict[str, str], array[int]]] = {}
        self.ways_read = self.ways_again = 0
        self.relations: dict[int, tuple[dict[str, str], tuple[tuple[int, str], ...]]] = {}
        self.newest = ""
        self.gone: set[tuple[str, int]] = set()

    def read(self, path: Path, *, want_dates: bool, within: Any = None) -> None:
        newest = None
        thing: Any
        things = osmium.FileProcessor(str(path))
        for thing in things if within is None else things.with_filter(within):
            if not thing.visible:
                self.gone.add((thing.type_str(), thing.id))
                continue
            if self.gone:
                self.gone.discard((thing.type_str(), thing.id))
            if thing.is_node():
                place = thing.location
                self.node_id.append(thing.id)
                self.node_xy.append((place.x, place.y))
                if thing.tags:
                    self.tagged.append((thing.id, dict(thing.tags)))
            elif thing.is_way():
                # Of a way that comes twice the later one stands, as in a file of changes.
                refs = array("q", [node.ref for node in thing.nodes])
                self.ways[thing.id] = dict(thing.tags), refs
                self.ways_read += 1
                if want_dates and (newest is None or thing.timestamp > newest):
                    newest = thing.timestamp
            elif thing.is_relation() and thing.tags:
                members = tuple((m.ref, m.role) for m in thing.members if m.type == "w")
                self.relations[thing.id] = dict(thing.tags), members
        if newest is not None and newest.year > 1970:  # files without time stamps say 1970
            self.newest = newest.date().isoformat()

    def leave_out(self, deleted: set[tuple[str, int]]) -> None:
        """Drop objects that an editor marked as deleted, or whose last version is not visible."""
        self.gone |= deleted
        self.ways_again = self.ways_read - len(self.ways)
        for kind, number in self.gone:
            if kind == "w":
                self.ways.pop(number, None)
            elif kind == "r":
                self.relations.pop(number, None)

    def finish(self, date: str, generator: str) -> Scan:
        ids = np.asarray(self.node_id, np.int64)
        lon_lat = np.asarray(self.node_xy, np.float64) * DEGREE
        ok = (np.abs(lon_lat[:, 0]) <= 180) & (np.abs(lon_lat[:, 1]) <= 90)
        counts = {"invalid_locations": int((~ok).sum()), "deleted_objects": len(self.gone)}
        nodes = [number for kind, number in self.gone if kind == "n"]
        ok &= ~np.isin(ids, np.array(nodes, np.int64))
        ids, lon_lat = ids[ok], lon_lat[ok]
        order = np.argsort(ids, kind="stable")
        ids, lon_lat = ids[order], lon_lat[order]
        # Of a node that comes twice the later one stands, as in a file of changes.
        last = np.append(ids[1:] != ids[:-1], True)[: len(ids)]
        counts["duplicate_nodes"] = int((~last).sum())
        ids, lon_lat = ids[last], lon_lat[last]
        places = _positions(ids, np.array([i for i, _ in self.tagged], np.int64)).tolist()
        tagged = dict(zip(places, (tags for _, tags in self.tagged), strict=True))
        counts["duplicate_ways"] = self.ways_again
        ways = sorted(self.ways)
        runs = [self.ways[way][1] for way in ways]
        return Scan(
            ids,
            lon_lat,
            tuple((at, tagged[at]) for at in sorted(tagged) if at >= 0),
            np.asarray(ways, np.int64),
            tuple(self.ways[way][0] for way in ways),
            _positions(ids, np.frombuffer(b"".join(runs), np.int64)),
            np.cumsum([0, *map(len, runs)], dtype=np.int64),
            tuple((number, *self.relations[number]) for number in sorted(self.relations)),
            date,
            generator,
            counts,
        )


def _positions(ids: Ints, wanted: Ints) -> Ints:
    at = np.searchsorted(ids, wanted)
    at[at == len(ids)] = 0
    return np.where(ids[at] == wanted, at, -1) if len(ids) else np.full(len(wanted), -1)
