"""The walking network: pedestrian streets as a graph, and homes joined to it."""

from __future__ import annotations

from dataclasses import dataclass, field
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
from planner.errors import NetworkError
from planner.model.plane import LocalProjection
from planner.network.doors import barriers_in, plane_or_nan, read_layer, to_degrees
from planner.network.frontage import frontage_links
from planner.network.joining import Barriers, locate, nearest_edge
from planner.network.pieces import cut_line, territory_lines
from planner.network.values import Snaps, Territory, Walks

if TYPE_CHECKING:
    import geopandas as gpd

    from planner.network.streets.osm import Extract

__all__ = ["Island", "WalkingNetwork"]

TOLERANCE_M = 0.5


@dataclass(frozen=True)
class Island:
    """A piece of the street network that hangs together but not with the rest; it is left out.

    Parameters
    ----------
    nodes : int
        Crossings and ends.
    length_m : float
        Metres of street.
    lon, lat : float
        Middle of its nodes, degrees WGS-84.
    """

    nodes: int
    length_m: float
    lon: float
    lat: float


@dataclass(frozen=True, eq=False)
class WalkingNetwork:
    """Pedestrian streets as a graph in a local plane, undirected, all of one piece.

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
        Whether homes may join the edge: not in tunnels, not indoors.
    islands : tuple of Island
        Pieces that hang together but not with the rest; left out.
    share_kept : float
        Share of the street length that was kept, 0 to 1.
    barriers : Barriers
        What access legs do not cross where it can be helped.
    source : str
        Where the streets are from.
    counts : dict of str to int
        What was dropped on the way.
    """

    projection: LocalProjection
    node_xy: NDArray[np.float64]
    edges: NDArray[np.int32]
    length_m: NDArray[np.float64]
    shape_xy: NDArray[np.float64]
    shape_offset: NDArray[np.int64]
    attach: NDArray[np.bool_]
    islands: tuple[Island, ...] = ()
    share_kept: float = 1.0
    barriers: Barriers = field(
        default_factory=lambda: Barriers(np.zeros(0, object), np.zeros(0, np.int8))
    )
    source: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def mode(self) -> str:
        """What walks are measured along."""
        return "streets"

    @classmethod
    def from_osm(
        cls, source: str | Path | Extract, *, projection: LocalProjection | None = None
    ) -> WalkingNetwork:
        """Build the network of an OpenStreetMap extract.

        Parameters
        ----------
        source : path or Extract
        projection : LocalProjection, optional
            By default centred on the streets.

        Raises
        ------
        NetworkError
            The file cannot be read, or holds no street for walkers.
        """
        from planner.network.streets.osm import Extract, read_extract

        extract = source if isinstance(source, Extract) else read_extract(source)
        ways = extract.ways
        if not len(ways.attach):
            raise NetworkError(
                f"{extract.source}: holds no streets that a pedestrian may walk",
                remedy="export a larger area, or give your own street layer",
            )
        plane = projection or LocalProjection.around(*ways.lon_lat.T)
        node, offset, attach = build.split_runs(ways.node, ways.offset, ways.attach, ways.blocked)
        node, origin = build.without_passages(node, ways.blocked, len(ways.lon_lat))
        made = build.build_edges(plane.to_xy(*ways.lon_lat[origin].T), node, offset, attach)
        return cls._of(made, plane, barriers_in(extract.barriers, plane), extract.source)

    @classmethod
    def from_lines(
        cls,
        source: str | Path | gpd.GeoDataFrame,
        *,
        projection: LocalProjection | None = None,
        barriers: gpd.GeoDataFrame | None = None,
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

        Raises
        ------
        NetworkError
            The layer cannot be read, has no CRS, or holds no lines.
        """
        name, frame = read_layer(source)
        lines = to_degrees(frame, name).geometry.explode(index_parts=False)
        lines = lines[lines.geom_type.isin(["LineString", "LinearRing"]) & ~lines.is_empty]
        shapes = shapely.force_2d(lines.to_numpy())
        if not len(shapes):
            raise NetworkError(
                f"{name}: holds no lines", remedy="give a layer of street centre lines"
            )
        lon_lat, which = shapely.get_coordinates(shapes, return_index=True)
        if not np.isfinite(lon_lat).all():
            raise NetworkError(
                f"{name}: has coordinates that are not numbers", remedy="mend the layer"
            )
        plane = projection or LocalProjection.around(*lon_lat.T)
        bounds = np.flatnonzero(np.diff(which)) + 1
        parts = sorted(np.split(plane.to_xy(*lon_lat.T), bounds), key=lambda p: p.tolist())
        xy, node, offset = build.node_lines(parts, TOLERANCE_M)
        made = build.build_edges(xy, node, offset, np.ones(len(offset) - 1, bool))
        if not len(made.ends):
            raise NetworkError(f"{name}: its lines have no length", remedy="mend the layer")
        barred = None if barriers is None else to_degrees(barriers, f"barriers of {name}")
        return cls._of(made, plane, barriers_in(barred, plane), name)

    @classmethod
    def _of(
        cls, made: build.Edges, plane: LocalProjection, barriers: Barriers, source: str
    ) -> WalkingNetwork:
        if not len(made.ends):
            raise NetworkError(
                f"{source}: its streets have no length", remedy="export a larger area"
            )
        middles = [(piece.x, piece.y) for piece in made.islands]
        islands = tuple(
            Island(piece.nodes, piece.length_m, float(lon), float(lat))
            for piece, (lon, lat) in zip(made.islands, plane.to_lon_lat(middles), strict=True)
        )
        return cls(
            projection=plane,
            node_xy=made.node_xy,
            edges=made.ends,
            length_m=made.length_m,
            shape_xy=made.xy,
            shape_offset=made.offset,
            attach=made.attach,
            islands=islands,
            share_kept=made.share_kept,
            barriers=barriers,
            source=source,
            counts={"zero_length": made.zero_length},
        )

    @cached_property
    def edge_lines(self) -> NDArray[Any]:
        """Edges as LineStrings in the plane, shape (e,)."""
        which = np.repeat(np.arange(len(self.edges)), np.diff(self.shape_offset))
        return np.asarray(shapely.linestrings(self.shape_xy, indices=which), object)

    @cached_property
    def _joinable(self) -> tuple[NDArray[np.int64], STRtree]:
        at = np.flatnonzero(self.attach)
        at = at if len(at) else np.arange(len(self.edges))
        return at, STRtree(self.edge_lines[at])

    @cached_property
    def _mesh(self) -> distance.Mesh:
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
        home = plane_or_nan(self.projection, lon, lat)
        n = len(home)
        edge, crosses = np.full(n, -1, np.int64), np.zeros(n, bool)
        along, access, xy = np.zeros(n), np.full(n, np.inf), np.full((n, 2), np.nan)
        on = np.flatnonzero(np.isfinite(home).all(axis=1))
        points = np.asarray(shapely.points(home[on]), object)
        at, tree = self._joinable
        found, barred = nearest_edge(points, self.edge_lines[at], tree, self.barriers, max_m)
        ok = found >= 0
        on, points = on[ok], points[ok]
        edge[on], crosses[on] = at[found[ok]], barred[ok]
        place, leg, xy[on] = locate(points, self.edge_lines[edge[on]])
        along[on] = np.minimum(build.quantised(place), self.length_m[edge[on]])
        # Never quite zero, so that only homes on one spot are no walk apart.
        access[on] = np.maximum(build.quantised(leg), build.QUANTUM_M)
        return Snaps(edge.astype(np.int32), along, access, xy, home, crosses)

    def walks(self, sources: Snaps, targets: Snaps, *, limit_m: float | None) -> Walks:
        """Give the walks of all pairs no longer than `limit_m` metres; None for all pairs.

        Parameters
        ----------
        sources, targets : Snaps
            Of this network.
        limit_m : float or None

        Returns
        -------
        Walks
            Symmetric to the last bit; 0 for homes on one spot.
        """
        return distance.walks(self._mesh, sources, targets, limit_m)

    def nearest(
        self, sources: Snaps, targets: Snaps
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Nearest source of each target, and the walk; -1 and infinite where there is none.

        Parameters
        ----------
        sources, targets : Snaps
            Of this network.
        """
        return distance.nearest(self._mesh, sources, targets)

    def adjacency(self, snaps: Snaps, group: ArrayLike | None = None) -> NDArray[np.int32]:
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
        return voronoi.adjacency(self._mesh, snaps, names, beside)

    def territory(self, snaps: Snaps, group: ArrayLike | None = None) -> Territory:
        """Pieces of street, each with the unit whose cell it lies in.

        Parameters
        ----------
        snaps : Snaps
            Units, shape (n,).
        group : array_like of int, shape (n,), optional
            Fences: each group is alone on the network, and gets the streets around its own units.

        Returns
        -------
        Territory
        """
        names = np.zeros(len(snaps), np.int64) if group is None else np.asarray(group, np.int64)
        return territory_lines(
            self._mesh, self.edge_lines, self.shape_xy, self.shape_offset, snaps, names,
            around=group is not None,
        )  # fmt: skip

    def path(self, a: Snaps, i: int, b: Snaps, j: int) -> NDArray[np.float64]:
        """Shortest walk from home i of `a` to home j of `b`, access legs included.

        Returns
        -------
        ndarray of float64, shape (k, 2)
            x and y in the plane.

        Raises
        ------
        NetworkError
            One of the homes is not joined to the network.
        """
        home, goal = a.take([i]), b.take([j])
        if home.edge[0] < 0 or goal.edge[0] < 0:
            raise NetworkError("no path: a home is not joined to the streets")
        if len(np.unique(np.concatenate(distance.same_home(home, goal)))) == 1:
            return np.vstack([home.home_xy, goal.home_xy])
        found = distance.route(self._mesh, home, goal)
        legs: list[NDArray[np.float64]] = [home.home_xy]
        if found is None:
            legs.append(self._stretch(int(home.edge[0]), home.along_m[0], goal.along_m[0]))
        else:
            edges, forward, start, end = found
            legs.append(self._stretch(int(home.edge[0]), home.along_m[0], start))
            legs += [
                self._shape(e) if ahead else self._shape(e)[::-1]
                for e, ahead in zip(edges, forward, strict=True)
            ]
            legs.append(self._stretch(int(goal.edge[0]), end, goal.along_m[0]))
        line = np.vstack([*legs, goal.home_xy])
        keep = np.append(True, (np.diff(line, axis=0) != 0).any(axis=1))
        return line[keep] if keep.sum() > 1 else line[[0, -1]]

    def _shape(self, edge: int) -> NDArray[np.float64]:
        return self.shape_xy[self.shape_offset[edge] : self.shape_offset[edge + 1]]

    def _stretch(self, edge: int, start_m: float, end_m: float) -> NDArray[np.float64]:
        return cut_line(self._shape(edge), float(start_m), float(end_m))

    def coverage(self, lon: ArrayLike, lat: ArrayLike, within_m: float = 300.0) -> float:
        """Share of the points, 0 to 1, with a street within `within_m` metres.

        Parameters
        ----------
        lon, lat : array_like of float, shape (n,)
            Degrees, WGS-84; points without a place are left out.
        within_m : float
        """
        home = plane_or_nan(self.projection, lon, lat)
        home = home[np.isfinite(home).all(axis=1)]
        if not len(home):
            return 0.0
        tree = self._joinable[1]
        hit = tree.query_nearest(shapely.points(home), max_distance=within_m, all_matches=False)[0]
        return len(np.unique(hit)) / len(home)
