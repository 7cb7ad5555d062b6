"""What a user of geopandas, scikit-learn, networkx, osmnx or Jupyter would write, line by line.

Each snippet is run with the names of `world`; its last line is an expression.  What stands beside it must be
true of the value, or is the error that is raised; an error is the planner's own, in words that help.
"""

from __future__ import annotations

import copy
import pickle
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely

import planner

__all__ = ["SNIPPETS", "world"]

LON, LAT, STEP = 117.0, 32.6, 0.0002

SNIPPETS: tuple[tuple[str, str], ...] = (
    # --- frames go in wherever files do
    ("make_plan(points, workers, detour_factor=1.3)", "len(it.zones) == 2"),
    ("make_plan(homes, members, detour_factor=1.3)", "len(it.households) == 12"),
    ("make_plan(points, workers, streets)", "it.provenance['network'] == 'streets'"),
    ("make_plan(points, workers, graph)", "it.provenance['network'] == 'streets'"),
    ("make_plan(points, workers, WalkingNetwork.from_graph(graph))", "len(it.zones) == 2"),
    ("make_plan(points, workers, folder / 'streets.geojson')", "len(it.zones) == 2"),
    ("make_plan(points, workers, str(folder / 'streets.fgb'))", "len(it.zones) == 2"),
    ("make_plan(points.to_crs(3857), workers.to_crs(32650), streets)", "len(it.zones) == 2"),
    ("make_plan(folder / 'homes.csv', folder / 'members.csv', streets)", "len(it.zones) == 2"),
    ("make_plan([points[:6], points[6:]], workers, streets)", "len(it.households) == 12"),
    ("make_plan(points.set_index('id'), workers.set_index('id'), streets)", "len(it.households) == 12"),
    ("make_plan(points, workers, streets, fences=fences)", "set(it.zones['fence']) == {'东', '西'}"),
    ("make_plan(points, workers, streets, fences=folder / 'fences.geojson')", "len(it.zones) == 2"),
    ("make_plan(points, workers, streets, ties=ties)", "it.certificate.ties is not None"),
    ("make_plan(points, workers, streets, previous=plan)", "it.provenance['homes_moved'] == 0"),
    ("make_plan(points, workers, streets, previous=folder / 'out')", "it.provenance['homes_moved'] == 0"),
    ("make_plan(points, workers, streets, previous=before)", "it.provenance['homes_moved'] is not None"),
    ("make_plan(points, workers, streets, previous=before.set_index('id')['centre'])", "len(it.zones) == 2"),
    ("make_plan(addresses, people, streets, buildings=buildings)", "(it.households['zone'] != '').all()"),
    ("make_plan(points, workers, streets, rules='one-plus-ten')", "it.rules.name == 'one-plus-ten'"),
    ("make_plan(points, workers, streets, rules={'walk': {'limit_m': 300}})", "it.rules.walk.limit_m == 300"),
    ("make_plan(points, workers, streets, rules=folder / 'rules.toml')", "it.rules.walk.limit_m == 400"),
    ("make_plan(points, workers, streets, search={'seed': 3})", "it.provenance['seed'] == 3"),
    ("make_plan(points, workers, streets, bounds=fences)", "len(it.zones) == 2"),
    ("make_plan(points, workers, streets, bounds=(1, 2))", "ConfigError: bounds"),
    ("make_plan(points, workers, streets, title='试点')", "it.provenance['title'] == '试点'"),
    ("run(folder)", "len(it.zones) == 2"),
    ("run(str(folder / 'planner.toml'))", "len(it.zones) == 2"),
    ("run(Project(Inputs(points, workers, streets)))", "len(it.zones) == 2"),
    ("run({'inputs': {'households': points, 'members': workers, 'streets': streets}})", "len(it.zones) == 2"),
    # --- readers
    ("read_households(homes).kept", "len(it) == 12"),
    ("read_households(points).kept[['lon', 'lat']]", "it.notna().all().all()"),
    ("read_households([homes[:5], homes[5:]]).kept['file'].unique()", "len(it) == 2"),
    ("read_households(str(folder / 'homes.csv')).kept", "len(it) == 12"),
    ("read_households([folder / 'homes.csv']).rows_read", "it == 12"),
    ("read_households(gpd.read_file(folder / 'homes.fgb')).rows_read", "it == 12"),
    ("read_households(folder / 'homes.fgb').rows_read", "it == 12"),
    ("read_households(folder / 'homes.shp').rows_read", "it == 12"),
    ("read_households(folder / 'homes.kml').rows_read", "it == 12"),
    ("read_households(points.to_crs(3857)).kept['lat'].round(4).iloc[0]", "it == 32.6"),
    ("read_households(faulty).findings", "any(f.file == 'households' and f.row == 7 for f in it)"),
    ("read_households(faulty.rename(index=str)).findings", "any(f.file == 'households.iloc' for f in it)"),
    ("read_members(workers).kept['is_centre'].sum()", "it == 2"),
    ("read_members(members.assign(是否中心户=[False, True, True])).kept['is_centre'].sum()", "it == 2"),
    ("read_fences(fences)", "list(it['fence']) == ['东', '西']"),
    ("read_fences(fences.geometry)", "len(it) == 2"),
    ("read_fences(fences.to_crs(3857)).crs.to_epsg()", "it == 4326"),
    ("check(points, members=workers)", "it.exit_code == 0"),
    ("check(faulty, members=members).table()", "7 in set(it['row'])"),
    ("check(folder / 'planner.toml')", "it.exit_code == 0"),
    ("parse_address('幸福路12号3栋')", "it.road_number == '12号'"),
    # --- errors are the planner's own, and help
    ("make_plan(points, workers)", "NetworkError: detour_factor"),
    ("make_plan(points, None, streets)", "InputError: members"),
    ("make_plan(42, workers, streets)", "InputError: households"),
    ("make_plan(points, workers, streets, rules='one-plus-eleven')", "ConfigError: one-plus-ten?"),
    ("make_plan(points, workers, streets, rules='bagongshan-1-5-51')", "ConfigError: bagongshan-1-5-15?"),
    ("make_plan(points, workers, streets, rules=15)", "ConfigError: rules"),
    ("make_plan(points, workers, streets, search=60)", "ConfigError: search"),
    ("make_plan(points, workers, streets, fence=fences)", "ConfigError: fences?"),
    ("make_plan(points, workers, streets, fences=7)", "InputError: fences"),
    ("make_plan(points.set_crs(None, allow_override=True), workers, streets)", "InputError: CRS"),
    ("make_plan(points.drop(columns='geometry')[['id']], workers, streets)", "SchemaError: address"),
    ("make_plan(points, workers, streets.set_crs(None, allow_override=True))", "NetworkError: CRS"),
    ("make_plan(points, workers, streets.drop(columns='geometry'))", "NetworkError: geometry"),
    ("make_plan(points, workers.assign(centre=False), streets)", "ConfigError: centre"),
    ("make_plan(points[:0], workers, streets)", "SheetError: households"),
    ("read_households(None)", "InputError: households"),
    ("read_households([])", "InputError: households"),
    ("read_households({'id': [1]})", "InputError: households"),
    ("read_households('nowhere.csv')", "SheetError: nowhere.csv"),
    ("read_fences(homes)", "InputError: fences"),
    ("run('nowhere.toml')", "ConfigError: nowhere.toml"),
    ("run(points)", "ConfigError: make_plan"),
    ("Plan.load(folder / 'homes.csv')", "InputError: homes.csv"),
    ("WalkingNetwork.from_graph(nx.Graph())", "NetworkError: graph"),
    ("WalkingNetwork.from_graph(streets)", "NetworkError: from_lines"),
    # --- the plan in Jupyter
    ("Plan.load(folder / 'out')", "len(it.zones) == 2"),
    ("Plan.load(str(folder / 'out' / 'plan.gpkg'))", "len(it.zones) == 2"),
    ("plan.households[plan.households['zone'] != ''].to_crs(32650).total_bounds", "len(it) == 4"),
    ("plan.zones.dissolve('fence')", "len(it) >= 1"),
    ("plan.households.merge(homes, left_on='household_id', right_on='编号')", "len(it) == 12"),
    ("repr(plan)", "'路' not in it and len(it) < 300"),
    ("repr(read_households(homes))", "'路' not in it and len(it) < 300"),
    ("repr(Project(Inputs(points, workers, streets)))", "'路' not in it"),
    ("plan.plot()", "type(it).__name__.startswith('Axes')"),
    ("plan.explore()", "'Map' in type(it).__name__"),
    ("plan.report()", "'责任区' in it.text"),
    ("plan.to_geojson()", "it.startswith('{')"),
    ("plan.to_kml(folder / 'made' / 'zones.kml')", "it.is_file()"),
    ("copy.deepcopy(plan).problem.load.flags.writeable", "it is False"),
    ("pickle.loads(pickle.dumps(plan)).problem.fingerprint() == plan.problem.fingerprint()", "it"),
    ("pickle.loads(pickle.dumps(parse_address('幸福路12号3栋'))) == parse_address('幸福路12号3栋')", "it"),
    # --- other solvers, and the search by itself
    ("WalkingNetwork.from_graph(graph).to_graph().number_of_edges()", "it > 0"),
    ("nx.shortest_path_length(WalkingNetwork.from_graph(graph).to_graph(), 0, 3, weight='length')", "it > 0"),
    ("Problem.from_frames(units, pairs, centres=centres)", "it.n_units == 3"),
    ("Plan.from_assignment(plan.problem, plan_zone, plan=plan).certificate", "it.cost_m > 0"),
    ("compare([plan, plan]).table()", "len(it) == 2"),
    ("CapacitatedZones(2, size_min=5, size_max=7, random_state=0).fit_predict(xy)", "len(set(it)) == 2"),
    ("CapacitatedZones(2).fit(pd.DataFrame(xy, columns=['x', 'y'])).labels_", "len(it) == 12"),
)  # fmt: skip


def world(folder: Path) -> dict[str, Any]:
    """Give the names that a snippet may use; the files lie in a folder, the plan is made once."""
    k = np.arange(1, 13)
    lon, lat = LON + k * STEP, np.full(12, LAT)
    ids = [f"H{i}" for i in k]
    road = [f"甲路{i}号" for i in k]
    homes = pd.DataFrame({"编号": ids, "地址": road, "经度": lon, "纬度": lat})
    spots = gpd.points_from_xy(lon, lat)
    points = gpd.GeoDataFrame({"id": ids}, geometry=spots, crs=4326)
    at = [1, 4, 8]
    members = pd.DataFrame(
        {
            "编号": ["M2", "M5", "M9"],
            "地址": [road[i] for i in at],
            "经度": lon[at],
            "纬度": lat[at],
            "是否中心户": ["是", "否", "是"],
        }
    )
    workers = gpd.GeoDataFrame(
        {"id": members["编号"], "centre": [True, False, True]}, geometry=spots[at], crs=4326
    )
    columns = [LON + i * 0.0005 for i in range(7)]
    lines = [
        shapely.LineString([(columns[0], y), (columns[-1], y)]) for y in (LAT - 1e-4, LAT + 1e-4)
    ]
    lines += [shapely.LineString([(x, LAT - 1e-4), (x, LAT + 1e-4)]) for x in columns]
    streets = gpd.GeoDataFrame({"name": ["甲路"] * len(lines)}, geometry=lines, crs=4326)
    middle = (lon[5] + lon[6]) / 2
    halves = [shapely.box(LON - 1e-3, LAT - 1e-3, middle, LAT + 1e-3),
              shapely.box(middle, LAT - 1e-3, LON + 5e-3, LAT + 1e-3)]  # fmt: skip
    fences = gpd.GeoDataFrame({"name": ["西", "东"]}, geometry=halves, crs=4326)
    faulty = homes.copy()
    faulty.loc[7, ["地址", "经度", "纬度"]] = ["", np.nan, np.nan]
    before = pd.DataFrame({"id": ids, "centre": ["M2"] * 6 + ["M9"] * 6})
    named = {
        "homes": homes, "points": points, "members": members, "workers": workers, "streets": streets,
        "fences": fences, "faulty": faulty, "before": before, "graph": osmnx_like(columns),
        "addresses": homes[["编号", "地址"]],
        "people": members[["编号", "地址", "是否中心户"]],
        "buildings": homes.rename(columns={"编号": "楼栋编号"}),
        "ties": pd.DataFrame({"甲": ["H1"], "乙": ["H2"], "关系": ["亲属"]}),
        "xy": np.column_stack([lon * 94_000, lat * 111_000]),
        "units": pd.DataFrame({"unit": ["a", "b", "c"], "households": [3, 4, 5]}),
        "centres": pd.DataFrame({"centre": ["x", "y"], "unit": ["a", "c"]}),
        "pairs": pd.DataFrame({"unit": ["a", "a", "b", "b", "c"], "centre": ["x", "y", "x", "y", "y"],
                               "walk_m": [0.0, 90.0, 40.0, 50.0, 0.0]}),
    }  # fmt: skip
    _write(folder, named)
    tools = {name: getattr(planner, name) for name in vars(planner)["__all__"]}
    tools["make_plan"] = partial(planner.make_plan)
    world = {**named, **tools, "np": np, "pd": pd, "gpd": gpd, "nx": nx, "copy": copy}
    return {**world, "pickle": pickle, "planner": planner, "folder": folder, "Path": Path}


def _write(folder: Path, named: dict[str, Any]) -> None:
    """Lay the same out as files."""
    named["homes"].to_csv(folder / "homes.csv", index=False)
    named["members"].to_csv(folder / "members.csv", index=False)
    points, short = named["points"], named["points"].assign(addr="x")
    points.to_file(folder / "homes.fgb", engine="pyogrio")
    short.to_file(folder / "homes.shp", engine="pyogrio")
    points.to_file(folder / "homes.kml", engine="pyogrio", driver="KML")
    for name in ("streets", "fences"):
        named[name].to_file(folder / f"{name}.geojson", engine="pyogrio")
    named["streets"].to_file(folder / "streets.fgb", engine="pyogrio")
    (folder / "rules.toml").write_text("[walk]\nlimit_m = 400\n", "utf-8")
    (folder / "planner.toml").write_text(
        '[inputs]\nhouseholds = "homes.csv"\nmembers = "members.csv"\ndetour_factor = 1.3\n',
        "utf-8",
    )


def osmnx_like(columns: list[float]) -> Any:
    """Build a graph by hand in the form that osmnx gives: both directions, x and y, lengths, a CRS."""
    graph = nx.MultiDiGraph(crs="epsg:4326", simplified=True)
    n = len(columns)
    for k, x in enumerate(columns):
        graph.add_node(k, x=x, y=LAT - 1e-4, street_count=3)
        graph.add_node(n + k, x=x, y=LAT + 1e-4, street_count=3)
    along, across = 0.0005 * 93_900, 2e-4 * 110_900
    for row in (0, n):
        for k in range(n - 1):
            for a, b in ((row + k, row + k + 1), (row + k + 1, row + k)):
                graph.add_edge(a, b, osmid=k, highway="residential", length=along, oneway=False)
    for k in range(n):
        for a, b in ((k, n + k), (n + k, k)):
            graph.add_edge(a, b, osmid=100 + k, highway=["footway", "path"], length=across)
    return graph
