"""One pass over a file: arrays, and files that are refused."""

from __future__ import annotations

import gzip

import pytest

from planner.errors import NetworkError
from planner.network import read_extract
from planner.network.streets.scan import scan
from tests.network.streets.files import NODES, way, write


def test_negative_and_repeated_ids_are_read(tmp_path):
    """Files from an editor have negative ids; of an object that comes twice the later one stands."""
    body = """
     <node id="-1" lat="32.6" lon="117.0" version="1"/>
     <node id="-2" lat="32.6" lon="117.5" version="1"/>
     <node id="-2" lat="32.6" lon="117.001" version="2"/>
    """
    body += way(-7, [-1, -2], highway="footway", name="南街")
    extract = read_extract(write(tmp_path / "a.osm", body))
    assert extract.streets["name"].tolist() == ["南街"]
    assert extract.streets.geometry.iloc[0].length == pytest.approx(0.001)
    assert extract.counts["duplicate_nodes"] == 1


def test_packed_files_are_read_alike(tmp_path):
    """A .osm.gz gives the same streets as the .osm that is packed in it."""
    plain = write(tmp_path / "a.osm", NODES + way(1, [1, 2, 3], highway="residential"))
    packed = tmp_path / "a.osm.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_extract(packed).streets.equals(read_extract(plain).streets)


def test_declared_entities_are_refused(tmp_path):
    """A file with a document type is refused unread: that is how XML files attack."""
    head = '<!DOCTYPE osm [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/hostname">]>\n'
    for name in ("a.osm", "b.osm.gz"):
        path = write(tmp_path / "plain.osm", NODES, head)
        packed = tmp_path / name
        data = path.read_bytes()
        packed.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
        with pytest.raises(NetworkError, match=r"document type or entities"):
            read_extract(packed)


def test_a_late_document_type_is_refused_too(tmp_path):
    """Entities behind a very long comment are not read either."""
    head = "<!--" + "x" * 200_000 + '--><!DOCTYPE osm [<!ENTITY a "aaaa">]>\n'
    with pytest.raises(NetworkError):
        read_extract(write(tmp_path / "a.osm", NODES, head))


@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_file_cut_short_is_refused(helsinki_pbf, tmp_path, share):
    """A truncated extract is an error that names the file, never half a network."""
    data = helsinki_pbf.read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(NetworkError, match=r"cut\.osm\.pbf") as caught:
        read_extract(path)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.osm", b"<osm version='0.6'><node id='1' lat='1'"),
        ("a.osm", b"hello"),
        ("a.osm", b"<html><body>404</body></html>"),
        ("a.osm", b""),
        ("a.osm", b"<osm version='0.6'></osm>"),
        ("a.osm.pbf", b"PK\x03\x04 not a pbf at all, but long enough to be read"),
        ("a.osm.gz", b"not packed"),
        ("a.osm.gz", gzip.compress(b"<osm>" + b"x" * 5000, mtime=0)[:40]),
        ("a.shp", b"\x00\x00\x27\x0a"),
    ],
)
def test_what_is_no_extract_is_refused(tmp_path, name, content):
    """Whatever is not an OpenStreetMap file ends in one error that says so."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(NetworkError, match=name.replace(".", r"\.")):
        read_extract(path)


def test_missing_files_and_folders_are_refused(tmp_path):
    """A path that leads nowhere, or to a folder, is named."""
    with pytest.raises(NetworkError, match="no such file"):
        read_extract(tmp_path / "gone.osm.pbf")
    with pytest.raises(NetworkError, match="not a file"):
        read_extract(tmp_path)


def test_references_become_positions(tmp_path):
    """Nodes are sorted by id, and each reference is the position of its node, -1 where there is none."""
    body = (
        '<node id="9" lat="32.6" lon="117.2" version="1"><tag k="barrier" v="gate"/></node>'
        '<node id="3" lat="32.6" lon="117.1" version="1"/>'
        '<node id="4" lat="91" lon="117.1" version="1"><tag k="barrier" v="gate"/></node>'
    )
    raw = scan(write(tmp_path / "a.osm", body + way(5, [9, 3, 4, 77]) + way(2, [3, 9])))
    assert raw.node_id.tolist() == [3, 9]
    assert raw.way_id.tolist() == [2, 5]
    assert raw.refs.tolist() == [0, 1, 1, 0, -1, -1]
    assert raw.offset.tolist() == [0, 2, 6]
    assert raw.tagged == ((1, {"barrier": "gate"}),)


def test_the_later_of_two_ways_stands(tmp_path):
    """As in a file of changes; relations likewise, and only those with tags are kept."""
    body = NODES + way(7, [1, 2], name="old") + way(7, [2, 3, 4], name="new")
    body += (
        '<relation id="1" version="1"><tag k="a" v="1"/></relation>'
        '<relation id="1" version="2"><tag k="a" v="2"/></relation><relation id="2" version="1"/>'
    )
    raw = scan(write(tmp_path / "a.osm", body))
    assert raw.way_tags == ({"name": "new"},)
    assert raw.refs.tolist() == [1, 2, 3]
    assert raw.counts["duplicate_ways"] == 1
    assert [r[:2] for r in raw.relations] == [(1, {"a": "2"})]


@pytest.mark.parametrize(
    ("head", "stamp", "date"),
    [
        ('generator="hand"', "2024-05-06T07:08:09Z", "2024-05-06"),
        ("", "1970-01-01T00:00:00Z", ""),
    ],
)
def test_the_date_of_the_data(tmp_path, head, stamp, date):
    """Where the header has none it is the newest way's, and none from a clock at zero."""
    path = write(tmp_path / "a.osm", NODES + way(1, [1, 2]).replace("2024-05-06T07:08:09Z", stamp))
    path.write_text(path.read_text("utf-8").replace("<osm ", f"<osm {head} "), "utf-8")
    assert scan(path).data_date == date


def test_deleted_objects_are_left_out(tmp_path):
    """What an editor marked as deleted, or a file holds as not visible, is not read, and counted."""
    body = NODES.replace('<node id="3"', '<node id="3" action="delete"')
    body += way(1, [1, 2, 3, 4]) + way(2, [1, 2]).replace("<way ", "<way action='delete' ")
    body += way(3, [4, 5]).replace("<way ", '<way visible="false" ') + way(4, [4, 5], name="b")
    body += '<relation id="1" version="1" action="delete"><tag k="a" v="1"/></relation>'
    raw = scan(write(tmp_path / "a.osm", body))
    assert raw.way_id.tolist() == [1, 4]
    assert raw.node_id.tolist() == [1, 2, 4, 5]
    assert raw.refs.tolist() == [0, 1, -1, 2, 2, 3]
    assert raw.relations == ()
    assert raw.counts["deleted_objects"] == 4


def test_what_comes_back_is_there(tmp_path):
    """Of an object that comes twice the later version stands, visible or not."""
    gone = way(1, [1, 2]).replace("<way ", '<way visible="false" ')
    raw = scan(write(tmp_path / "a.osm", NODES + gone + way(1, [1, 2, 3])))
    assert raw.refs.tolist() == [0, 1, 2]
    raw = scan(write(tmp_path / "b.osm", NODES + way(1, [1, 2, 3]) + gone))
    assert raw.way_id.tolist() == []
