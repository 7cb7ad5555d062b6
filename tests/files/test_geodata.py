"""Map layers are opened by what they hold; nothing is fetched, nothing else is opened."""

from __future__ import annotations

import http.server
import json
import sqlite3
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
from shapely.geometry import Point, box

from planner.errors import InputError
from planner.files import layer_names, open_layer

RING = [[116.79, 32.59], [116.81, 32.59], [116.81, 32.61], [116.79, 32.59]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
KML = (
    '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark>'
    "<name>甲</name><Point><coordinates>116.8,32.6</coordinates></Point></Placemark></Document></kml>"
)


class Server:
    """A server of the loopback that remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(404)
                self.end_headers()

            do_POST = do_HEAD = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(
            target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()


@pytest.fixture
def server() -> Iterator[Server]:
    """Listen on the loopback while a test runs."""
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


def collection(**more: Any) -> dict[str, Any]:
    """Make a GeoJSON of one square."""
    feature = {"type": "Feature", "properties": {"社区": "甲"}, "geometry": SQUARE}
    return {"type": "FeatureCollection", "features": [feature], **more}


def foreign_crs(url: str) -> list[dict[str, Any]]:
    """Give coordinate systems that are an address."""
    return [
        {"type": "url", "properties": {"href": f"{url}/a", "url": f"{url}/b", "type": "proj4"}},
        {"type": "link", "properties": {"href": f"{url}/c", "type": "ogcwkt"}},
        {"type": "name", "properties": {"name": f"{url}/d"}},
        {"type": "name", "properties": {"name": f"/vsicurl/{url}/e"}},
        {"type": "EPSG", "properties": {"code": 4326, "href": f"{url}/f"}},
    ]


@pytest.mark.parametrize("nth", range(5))
@pytest.mark.parametrize("where", ["file", "feature", "geometry", "escaped"])
def test_a_coordinate_system_is_no_address(
    tmp_path: Path, server: Server, nth: int, where: str
) -> None:
    """A foreign member `crs` is dropped: the layer is read, in WGS-84, and nobody is asked."""
    value, crs = collection(), foreign_crs(server.url)[nth]
    feature = value["features"][0]
    at = {"feature": feature, "geometry": feature["geometry"]}.get(where, value)
    text = json.dumps(value)
    if where == "geometry":
        feature["geometry"] = {**SQUARE, "crs": crs}
        text = json.dumps(value)
    else:
        at["crs"] = crs
        text = json.dumps(value).replace('"crs"', '"\\u0063rs"' if where == "escaped" else '"crs"')
    path = tmp_path / "fences.geojson"
    path.write_text(text, "utf-8")
    read = open_layer(path)
    assert (len(read), read.crs.to_epsg()) == (1, 4326)
    assert server.asked == []


def test_the_old_way_asks(tmp_path: Path, server: Server) -> None:
    """GDAL alone sends a request for such a file: the bait is one."""
    path = tmp_path / "fences.geojson"
    path.write_text(json.dumps(collection(crs=foreign_crs(server.url)[0])), "utf-8")
    pyogrio.read_dataframe(path)
    assert server.asked


@pytest.mark.parametrize(
    ("stated", "epsg"),
    [
        ("urn:ogc:def:crs:EPSG::4549", 4549),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326),
        ("EPSG:4490", 4490),
    ],
)
def test_a_plain_coordinate_system_is_believed(tmp_path: Path, stated: str, epsg: int) -> None:
    """What names a system by its number stays; the layer is called as it would be without us."""
    path = tmp_path / "社区.geojson"
    crs = {"type": "name", "properties": {"name": stated}}
    path.write_text(json.dumps(collection(crs=crs)), "utf-8")
    read = open_layer(path)
    assert read.crs.to_epsg() in (epsg, None if epsg == 4326 else epsg)
    assert [name for name, _ in layer_names(path)] == ["社区"]


POINTING = {
    "wfs.geojson": "<OGRWFSDataSource><URL>{url}/wfs?</URL></OGRWFSDataSource>",
    "vrt.gpkg": '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/{url}/a.geojson'
    "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
    "oapif.geojson": '{{"links": [{{"rel": "data", "href": "{url}/collections"}}], "conformsTo": []}}',
    "gdalg.geojson": '{{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read {url}/a"}}',
    "gdalg-too.geojson": '{{"type": "FeatureCollection", "features": [], "x": {{"type": "gdal_streamed_alg",'
    ' "command_line": "gdal vector pipeline ! read {url}/a"}}}}',
    "address.geojson": "{url}/a.geojson",
    "vsi.geojson": "/vsicurl/{url}/a.geojson",
    "csw.geojson": "<OGRCSWDataSource><URL>{url}</URL></OGRCSWDataSource>",
    "gml.kml": '<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" xsi:schemaLocation='
    '"http://x {url}/a.xsd"/>',
    "entity.kml": '<!DOCTYPE kml [<!ENTITY a SYSTEM "{url}/a">]><kml>&a;</kml>',
    "list.csv.geojson": "id,geometry\n1,POINT(0 0)\n",
    "esri.geojson": '{{"geometryType": "esriGeometryPolygon", "features": [], "url": "{url}"}}',
    "tab.tab": '!table\n!version 300\nDefinition Table\n  Type LINKED Charset "Neutral"\n',
}


@pytest.mark.parametrize("name", POINTING)
def test_a_file_that_points_elsewhere_is_refused(tmp_path: Path, server: Server, name: str) -> None:
    """Whatever its ending, what is no layer of a known kind is not handed to GDAL."""
    path = tmp_path / name
    path.write_text(POINTING[name].format(url=server.url), "utf-8")
    if name == "gdalg-too.geojson":
        assert not len(open_layer(path))
    else:
        with pytest.raises(InputError, match="cannot be read as a map layer"):
            open_layer(path)
    assert server.asked == []


def test_a_table_made_by_a_module_is_refused(tmp_path: Path) -> None:
    """A virtual table of SQLite may open any file; only those of a GeoPackage's index are known."""
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"a": [1]}, geometry=[Point(1, 1)], crs=4326).to_file(path, layer="a")
    assert len(open_layer(path)) == 1
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA writable_schema=ON")
        sql = "CREATE VIRTUAL TABLE b USING VirtualOGR('/vsicurl/http://127.0.0.1:1/a')"
        db.execute("INSERT INTO sqlite_master VALUES ('table', 'b', 'b', 0, ?)", (sql,))
        db.commit()
    with pytest.raises(InputError, match="GeoPackage"):
        open_layer(path)


@pytest.mark.parametrize(
    "ending", ["gpkg", "geojson", "shp", "fgb", "kml", "gpx", "zip", "tab", "mif"]
)
def test_usual_layers_are_read(tmp_path: Path, ending: str) -> None:
    """Each kind that an office hands in comes through the door with its rows."""
    point = ending == "gpx"
    shapes = [Point(116.8, 32.6)] if point else [box(116.79, 32.59, 116.8, 32.6)]
    frame = gpd.GeoDataFrame({"name": ["甲"]}, geometry=shapes, crs=4326)
    path = tmp_path / f"layer.{ending}"
    if ending == "zip":
        frame.to_file(tmp_path / "layer.shp", encoding="utf-8")
        with zipfile.ZipFile(path, "w") as archive:
            for part in tmp_path.glob("layer.*"):
                if part != path:
                    archive.write(part, part.name)
    elif point:
        frame.to_file(path, driver="GPX", layer="waypoints")
    elif ending == "kml":
        path.write_text(KML, "utf-8")
    else:
        frame.to_file(path)
    assert len(open_layer(path, layer="waypoints" if point else None)) == 1
    assert layer_names(path)


def test_drivers_come_back(tmp_path: Path) -> None:
    """Whoever uses GDAL besides has all of it again."""
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(collection()), "utf-8")
    before = pyogrio.list_drivers()
    open_layer(path)
    with pytest.raises(InputError):
        open_layer(tmp_path / "nothing.gpkg")
    assert pyogrio.list_drivers() == before
    assert pyogrio.get_gdal_config_option("GDAL_SKIP") is None
    assert pyogrio.get_gdal_config_option("GDAL_HTTP_PROXY") is None
