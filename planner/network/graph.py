"""The walking network: pedestrian streets as a graph, and homes joined to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import STRtree

import planner.network.distance as distance
import planner.network.mesh as build
import planner.network.voronoi as voronoi
from planner.errors import Finding, NetworkError
from planner.model.arrays import Bools, Floats, Geometries, Ints, Ints32
from planner.model.plane import LocalProjection
from planner.network.digraph import graph_of, runs_of_graph
from planner.network.doors import barriers_in, noded_ways, own_ways, read_layer, to_degrees
from planner.network.frontage import frontage_links
from planner.network.joining import WATER, Barriers, locate, nearest_edge, stub_edges
from planner.network.pieces import gated_pieces, territory_lines
from planner.network.streets.gates import gates_to_shut
from planner.network.streets.strokes import Redrawn, Runs, Strokes, redrawn
from planner.network.values import Piece, Snaps, Territory, Walks

if TYPE_CHECKING:
    import geopandas as gpd

    from planner.network.streets.osm import Extract

__all__ = ["WalkingNetwork"]

AROUND_M = 150.0  # how far beyond its own units a fenced group's street pieces are given


@dataclass(frozen=True, eq=False)
class WalkingNetwork:
    """Pedestrian streets as a graph in a local plane, undirected, with all its pieces.

    Build it with `from_osm` or `from_lines`.  Spatial indexes are made when first asked for.

    Parameters
    ----------
    projection : LocalProjection
        The plane.
    node_xy : ndarray of float64, shape (n, 2)
        Crossings and ends, metres in the plane.
    edges : ndarray of int32, shape (e, 2)
        The nodes that each edge joins.
    length_m : ndarray of float64, shape (e,)
    shape_xy, shape_offset : ndarray
        ``shape_xy[shape_offset[i]:shape_offset[i + 1]]`` is the line of edge i, ends included.
    attach : ndarray of bool, shape (e,)
        Whether homes may join the edge: not in tunnels, not indoors, not on a stub.
    piece : ndarray of int32, shape (e,)
        Which connected piece of street each edge is of, 0 for the longest.
    barriers : Barriers
        What access legs do not cross where it can be helped.
    source : str
        Where the streets are from.
    findings : tuple of Finding
        What was read otherwise than it was drawn, and how often.
    """

    projection: LocalProjection
    node_xy: Floats
    edges: Ints32
    length_m: Floats
    shape_xy: Floats
    shape_offset: Ints
    attach: Bools
    piece: Ints32
    barriers: Barriers = field(
        default_factory=lambda: Barriers(np.zeros(0, object), np.zeros(0, np.int8))
    )
    source: str = ""
    findings: tuple[Finding, ...] = ()

    mode = "streets"

    @classmethod
    def from_osm(
        cls,
        source: str | Path | Extract,
        *,
        projection: LocalProjection | None = None,
        strokes: Strokes | None = None,
    ) -> WalkingNetwork:
        """Build the network of an OpenStreetMap extract.

        Parameters
        ----------
        projection : LocalProjection, optional
            By default centred on the streets.
        strokes : Strokes, optional
            Links and barriers that the office draws.

        Raises
        ------
        NetworkError
            The file cannot be read, or holds no street for walkers.
        """
        from planner.network.streets.osm import Extract, read_extract

        extract = source if isinstance(source, Extract) else read_extract(source)
        ways = extract.ways
        if not len(ways.attach):
            raise NetworkError.of("extract-not-walkable", source=extract.source)
        plane = projection or LocalProjection.around(*ways.lon_lat.T)
        xy = plane.to_xy(*ways.lon_lat.T)
        blocked = ways.blocked.copy()
        steps = build.steps(ways.node, ways.offset)
        shut = gates_to_shut(xy, steps, ways.private, blocked)
        blocked[shut] = True
        node, offset, attach = build.split_runs(ways.node, ways.offset, ways.attach, blocked)
        node, origin = build.without_passages(node, blocked, len(xy))
        office = redrawn(Runs(xy[origin], node, offset, attach), strokes, plane)
        # Streets that were left out are no finding: an extract is full of them, and nobody drew it here.
        counts = extract.counts
        told = {"trunk-walked": counts.get("trunk_ways_walked", 0), "gates-shut": len(shut)}
        told["streets-deleted"] = counts.get("deleted_objects", 0)
        said = Finding.counted(told)
        return cls._of(office, plane, barriers_in(extract.barriers, plane), extract.source, said)

    @classmethod
    def from_lines(
        cls,
        source: str | Path | gpd.GeoDataFrame,
        *,
        projection: LocalProjection | None = None,
        barriers: gpd.GeoDataFrame | None = None,
        strokes: Strokes | None = None,
        name: str = "",
    ) -> WalkingNetwork:
        """Build the network of one's own street layer.

        Lines meet at shared vertices, and where an end lies within half a metre of another line.

        Parameters
        ----------
        source : path or GeoDataFrame
            Lines, in any CRS.
        projection : LocalProjection, optional
            By default centred on the lines.
        barriers : GeoDataFrame, optional
            What access legs should not cross, in any CRS; a column ``kind`` (water, rail, wall) if it
            has one, else all count as water.
        strokes : Strokes, optional
            Links and barriers that the office draws.
        name : str
            What findings call the layer; that of its file if "".

        Raises
        ------
        NetworkError
            The layer cannot be read, has no CRS, or holds no lines.
        """
        own, frame = read_layer(source)
        name = name or own
        ways = own_ways(to_degrees(frame, name), name)
        runs, plane, noded = noded_ways(ways, projection)
        office = redrawn(runs, strokes, plane)
        barred = None if barriers is None else to_degrees(barriers, f"barriers of {name}")
        told = {"streets-left-out": ways.left_out, "streets-joined": noded.joined}
        said = Finding.counted({**told, "streets-apart": noded.apart}, {"file": name})
        return cls._of(office, plane, barriers_in(barred, plane), name, said)

    @classmethod
    def from_graph(cls, graph: Any, *, projection: LocalProjection | None = None) -> WalkingNetwork:
        """Build the network of a networkx graph in the form of osmnx; edges meet at its nodes alone.

        Parameters
        ----------
        graph : networkx graph
            Nodes with ``x, y``; edges with ``geometry`` where they bend, and tags if it has any.
        projection : LocalProjection, optional
            By default centred on the nodes.

        Raises
        ------
        NetworkError
            It is no such graph, or nobody walks on it.
        """
        read = runs_of_graph(graph, projection)
        told = {"streets-left-out": read.left_out, "graph-lengths": read.other_lengths}
        said = Finding.counted(told, {"file": "graph"})
        office = redrawn(read.runs, None, read.plane)
        return cls._of(office, read.plane, barriers_in(None, read.plane), "graph", said)

    def to_graph(self) -> Any:
        """Give the network as a `networkx.MultiDiGraph` of osmnx's form: degrees, metres, both directions."""
        return graph_of(self)

    @classmethod
    def _of(
        cls,
        office: Redrawn,
        plane: LocalProjection,
        barriers: Barriers,
        source: str,
        findings: tuple[Finding, ...],
    ) -> WalkingNetwork:
        made = build.build_edges(*office.runs)
        if not len(made.ends):
            raise NetworkError.of("streets-no-length", source=source)
        barriers = barriers.joined(office.bars)
        whole = cls(
            projection=plane,
            node_xy=made.node_xy,
            edges=made.ends,
            length_m=made.length_m,
            shape_xy=made.xy,
            shape_offset=made.offset,
            attach=made.attach,
            piece=made.piece,
            barriers=barriers,
            source=source,
            findings=(*findings, *office.findings),
        )
        # A compound behind a gate is ground of its own, however small: its people live there.
        own = np.isin(made.piece, whole.gated)
        stubs = stub_edges(made.piece, made.length_m, whole.edge_lines, made.attach, barriers)
        return replace(whole, attach=made.attach & (own | ~stubs))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All pieces of street, the longest first."""
        return self._pieces

    @cached_property
    def _pieces(self) -> tuple[Piece, ...]:
        length = np.bincount(self.piece, self.length_m)
        ends = np.unique(np.column_stack([np.repeat(self.piece, 2), self.edges.ravel()]), axis=0)
        nodes = np.bincount(ends[:, 0])
        middle = [np.bincount(ends[:, 0], self.node_xy[ends[:, 1], d]) / nodes for d in (0, 1)]
        at = self.projection.to_lon_lat(np.column_stack(middle))
        return tuple(
            Piece(int(n), float(m), float(lon), float(lat))
            for n, m, (lon, lat) in zip(nodes, length, at, strict=True)
        )

    @property
    def gated(self) -> Ints:
        """Pieces that end at a gate or wall, on the other side of which another piece goes on."""
        return self._gated

    @cached_property
    def _gated(self) -> Ints:
        return gated_pieces(self.node_xy, self.edges, self.piece)

    def pieces_of(self, snaps: Snaps) -> Ints:
        """Give the piece of street that each home joins, -1 for none, shape (n,)."""
        return np.where(snaps.edge >= 0, self.piece[snaps.edge], -1)

    def rejoined(self, snaps: Snaps, at: ArrayLike, pieces: ArrayLike, max_m: float) -> Snaps:
        """Join some homes to certain pieces of street, where one is near and on the same bank.

        Parameters
        ----------
        at : array_like of int
            Which homes.
        pieces : array_like of int
            Pieces that they may join.
        max_m : float
            Longest access leg; who is further off stays as he is.
        """
        rows = np.asarray(at, np.int64)
        made, worst = self._joined(snaps.home_xy[rows], max_m, np.isin(self.piece, pieces))
        good = (made.edge >= 0) & (worst < WATER)
        return snaps.replaced(rows[good], made.take(good))

    @cached_property
    def edge_lines(self) -> Geometries:
        """Edges as LineStrings in the plane, shape (e,)."""
        which = np.repeat(np.arange(len(self.edges)), np.diff(self.shape_offset))
        return np.asarray(shapely.linestrings(self.shape_xy, indices=which), object)

    @cached_property
    def _joinable(self) -> tuple[Ints, STRtree]:
        at = np.flatnonzero(self.attach)
        at = (
            at if len(at) else np.arange(len(self.edges))
        )  # all in tunnels: rather there than nowhere
        return at, STRtree(self.edge_lines[at])

    @cached_property
    def mesh(self) -> distance.Mesh:
        """Nodes and edges as numbers alone."""
        return distance.Mesh(len(self.node_xy), self.edges, self.length_m)

    def snap(self, lon: ArrayLike, lat: ArrayLike, *, max_m: float | None = None) -> Snaps:
        """Join homes to the nearest street that they reach without crossing a barrier.

        Parameters
        ----------
        lon, lat : array_like of float, shape (n,)
            Degrees, WGS-84.
        max_m : float, optional
            Longest access leg; beyond it a home is not joined.

        Returns
        -------
        Snaps
            `edge` is -1 for homes that are not joined, or have no place.
        """
        return self._joined(self.projection.to_xy_or_nan(lon, lat), max_m)[0]

    def _joined(
        self, home: Floats, max_m: float | None, among: Bools | None = None
    ) -> tuple[Snaps, NDArray[np.int8]]:
        """Join homes in the plane; also give the weight of what each leg crosses."""
        n = len(home)
        edge, worst = np.full(n, -1, np.int64), np.zeros(n, np.int8)
        along, access, xy = np.zeros(n), np.full(n, np.inf), np.full((n, 2), np.nan)
        on = np.flatnonzero(np.isfinite(home).all(axis=1))
        points = np.asarray(shapely.points(home[on]), object)
        at, tree = self._joinable
        if among is not None:
            at = at[among[at]]
            tree = STRtree(self.edge_lines[at])
        found, barred = nearest_edge(points, self.edge_lines[at], tree, self.barriers, max_m)
        ok = found >= 0
        on, points = on[ok], points[ok]
        edge[on], worst[on] = at[found[ok]], barred[ok]
        place, leg, xy[on] = locate(points, self.edge_lines[edge[on]])
        along[on] = np.minimum(build.quantised(place), self.length_m[edge[on]])
        # Never quite zero, so that only homes on one spot are no walk apart.
        access[on] = np.maximum(build.quantised(leg), build.QUANTUM_M)
        return Snaps(edge.astype(np.int32), along, access, xy, home, worst > 0), worst

    def walks(self, sources: Snaps, targets: Snaps, *, limit_m: float | None) -> Walks:
        """Give the walks of all pairs no longer than `limit_m` metres; None for all pairs.

        Returns
        -------
        Walks
            Symmetric to the last bit; 0 for homes on one spot.
        """
        return distance.walks(self.mesh, sources, targets, limit_m)

    def nearest(self, sources: Snaps, targets: Snaps) -> tuple[Ints32, Floats]:
        """Nearest source of each target, and the walk; -1 and infinite where there is none."""
        return distance.nearest(self.mesh, sources, targets)

    def adjacency(self, snaps: Snaps, group: ArrayLike | None = None) -> Ints32:
        """Walk-adjacent units: neighbouring cells of the network Voronoi diagram, and frontages.

        For every unit u and centre c of one group, some unit v adjacent to u has a walk to c that is
        shorter, or equal with v before u (c itself comes first).

        Parameters
        ----------
        snaps : Snaps
            Units, shape (n,).
        group : array_like of int, shape (n,), optional
            Fences: each group is alone on the network.

        Returns
        -------
        ndarray of int32, shape (k, 2)
            u < v, sorted.
        """
        names = np.zeros(len(snaps), np.int64) if group is None else np.asarray(group, np.int64)
        beside = frontage_links(snaps, names, self.edges, self.edge_lines, self.length_m)
        return voronoi.adjacency(self.mesh, snaps, names, beside)

    def territory(self, snaps: Snaps, group: ArrayLike | None = None) -> Territory:
        """Pieces of street, each with the unit whose cell it lies in.

        Parameters
        ----------
        snaps : Snaps
            Units, shape (n,).
        group : array_like of int, shape (n,), optional
            Fences: each group is alone on the network, and gets the streets around its own units.
        """
        names = np.zeros(len(snaps), np.int64) if group is None else np.asarray(group, np.int64)
        # Else each fence would be given the streets of the whole town, a hundred times over.
        around = None if group is None else AROUND_M
        return territory_lines(self.mesh, self.edge_lines, snaps, names, around)

    def coverage(self, lon: ArrayLike, lat: ArrayLike, within_m: float = 300.0) -> float:
        """Share of the points, 0 to 1, with a street within `within_m` metres.

        Parameters
        ----------
        lon, lat : array_like of float, shape (n,)
            Degrees, WGS-84; points without a place are left out.
        """
        home = self.projection.to_xy_or_nan(lon, lat)
        home = home[np.isfinite(home).all(axis=1)]
        if not len(home):
            return 0.0
        tree = self._joinable[1]
        hit = tree.query_nearest(shapely.points(home), max_distance=within_m, all_matches=False)[0]
        return len(np.unique(hit)) / len(home)
