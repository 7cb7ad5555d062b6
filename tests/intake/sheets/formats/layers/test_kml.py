"""KML of any program: columns keep their names, shapes their rings, folders their placemarks."""

# ruff: noqa: E501 - markup and cases are easier read on one line

from __future__ import annotations

import pytest
import shapely

from planner.intake.sheets.formats.books.sparse import WorkbookError
from planner.intake.sheets.formats.layers.kml import layers_of_kml

SQUARE = "116.8,32.6 116.9,32.6 116.9,32.7 116.8,32.7"


def document(inside: str, prefix: str = "") -> str:
    """Write a document."""
    space = f"xmlns{':' + prefix[:-1] if prefix else ''}='http://www.opengis.net/kml/2.2'"
    return f"<{prefix}kml {space}><{prefix}Document><{prefix}name>文件</{prefix}name>{inside}</{prefix}Document></{prefix}kml>"


def mark(name: str, inside: str) -> str:
    """Write a placemark."""
    return f"<Placemark id='7'><name>{name}</name>{inside}</Placemark>"


def polygon(*rings: str) -> str:
    """Write a polygon; the first ring is its outline."""
    sides = ["outerBoundaryIs"] + ["innerBoundaryIs"] * (len(rings) - 1)
    return "<Polygon>" + "".join(
        f"<{side}><LinearRing><coordinates>{ring}</coordinates></LinearRing></{side}>"
        for side, ring in zip(sides, rings, strict=True)
    ) + "</Polygon>"  # fmt: skip


def test_what_placemarks_say() -> None:
    """In data of either kind, in tables of their descriptions, and by name; nothing else is a column."""
    data = "<ExtendedData><Data name='编号'><displayName>x</displayName><value>A1</value></Data></ExtendedData>"
    simple = "<ExtendedData><SchemaData schemaUrl='#s'><SimpleData name='编号'>A2</SimpleData></SchemaData></ExtendedData>"
    table = "<description><![CDATA[<table><tr><td>编号</td><td>A3</td></tr><tr><td>地址</td><td>甲路&amp;1号</td></tr><tr><td>户</td><td>&lt;Null&gt;</td></tr></table>]]></description>"
    plain = "<description>只是说明</description><address>x</address><visibility>1</visibility>"
    point = "<Point><coordinates> 116.8,32.6,0 </coordinates></Point>"
    (layer,) = layers_of_kml(
        document(
            "".join(mark(f"户{k}", x + point) for k, x in enumerate((data, simple, table, plain)))
        ),
        "h",
    )
    assert layer.headers == ("Name", "编号", "地址")
    assert layer.rows == [
        ["户0", "A1", None],
        ["户1", "A2", None],
        ["户2", "A3", "甲路&1号"],
        ["户3", None, None],
    ]
    assert layer.shapes is not None
    assert list(layer.shapes) == [shapely.Point(116.8, 32.6)] * 4
    assert layer.crs.to_epsg() == 4326


def test_shapes() -> None:
    """Rings are closed and told; holes, several parts, lines; what has no shape has none."""
    hole = "116.82,32.62 116.84,32.62 116.84,32.64 116.82,32.62"
    several = f"<MultiGeometry>{polygon(SQUARE + ' 116.8,32.6')}{polygon(hole)}</MultiGeometry>"
    line = f"<LineString><coordinates>{SQUARE}</coordinates></LineString>"
    marks = (polygon(SQUARE), polygon(SQUARE + " 116.8,32.6", hole), several, line, "")
    (layer,) = layers_of_kml(document("".join(mark("x", m) for m in marks)), "h")
    assert layer.shapes is not None
    assert layer.closed == (0,)
    kinds = [None if s is None else s.geom_type for s in layer.shapes]
    assert kinds == ["Polygon", "Polygon", "MultiPolygon", "LineString", None]
    assert layer.shapes[1].area == pytest.approx(0.01 - 0.0002)


def test_folders_are_layers() -> None:
    """Those that have a name; the rest belongs to the file."""
    text = document(
        f"{mark('0', '')}<Folder><name>东</name>{mark('1', '')}<Folder>{mark('2', '')}</Folder></Folder>"
        f"<Folder><name>西</name>{mark('3', '')}</Folder>"
    )
    layers = layers_of_kml(text, "h")
    assert [(v.name, [row[0] for row in v.rows]) for v in layers] == [
        ("h", ["0"]),
        ("东", ["1", "2"]),
        ("西", ["3"]),
    ]


def test_prefixes_and_entities() -> None:
    """Any prefix will do; entities of one's own are refused."""
    marks = "<k:Placemark><k:name>甲</k:name><k:Point><k:coordinates>1,2</k:coordinates></k:Point></k:Placemark>"
    (layer,) = layers_of_kml(document(marks, "k:"), "h")
    assert layer.rows == [["甲"]]
    with pytest.raises(WorkbookError):
        layers_of_kml("<!DOCTYPE kml [<!ENTITY a 'b'>]>" + document(mark("&a;", "")), "h")
