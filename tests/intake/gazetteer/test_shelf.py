"""A kept gazetteer answers like a new one, or is not believed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.intake.gazetteer import shelf
from planner.intake.gazetteer.geocode import geocode
from planner.intake.gazetteer.index import Gazetteer
from tests.conftest import ReadOnce


@pytest.fixture(scope="module")
def made(helsinki_pbf: Path, read_once: ReadOnce) -> Gazetteer:
    """The gazetteer of central Helsinki."""
    e = read_once(helsinki_pbf)
    return Gazetteer.build(e.addresses, e.buildings, e.streets, e.places)


@pytest.fixture(scope="module")
def kept(made: Gazetteer) -> bytes:
    """The same as a file."""
    return shelf.to_bytes(made, "f" * 64)


def test_it_answers_like_the_one_that_was_built(made: Gazetteer, kept: bytes) -> None:
    """Every known address, half a letter off too, has the same answer."""
    back = shelf.from_bytes(kept, "f" * 64)
    assert back is not None
    labels = [str(t) for t in made.points.label[::7]]
    texts = [*labels, *(t[1:] for t in labels[::5]), *(f"{t}, Tampere" for t in labels[::9])]
    pd.testing.assert_frame_equal(geocode(texts, back), geocode(texts, made))
    assert shelf.to_bytes(back, "f" * 64) == kept


@given(st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_any_text_is_answered_alike(made: Gazetteer, kept: bytes, text: str) -> None:
    """Whatever is asked."""
    back = shelf.from_bytes(kept, "f" * 64)
    assert back is not None
    assert geocode([text], back).equals(geocode([text], made))


def test_it_is_not_used_for_other_sources(kept: bytes) -> None:
    """Another fingerprint, or another format, is another gazetteer."""
    assert shelf.from_bytes(kept, "e" * 64) is None
    assert shelf.from_bytes(kept.replace(shelf.FORMAT, b"planner-gazetteer-0", 1), "f" * 64) is None


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_damage_is_noticed(kept: bytes, data: st.DataObject) -> None:
    """Cut short or with one byte changed it is refused or not used; nothing else is ever raised."""
    at = data.draw(st.integers(0, len(kept) - 1))
    flip = bytearray(kept)
    flip[at] ^= data.draw(st.integers(1, 255))
    for damaged in (kept[:at], bytes(flip)):
        try:
            assert shelf.from_bytes(damaged, "f" * 64) is None
        except ValueError:
            continue


@pytest.mark.parametrize("data", [b"", b"\n\n\n", b"PK\x03\x04", b"planner-gazetteer-2\nff\nff\n"])
def test_foreign_files_are_refused(data: bytes) -> None:
    """What is no gazetteer at all is never read as one."""
    with pytest.raises(ValueError, match="gazetteer"):
        shelf.from_bytes(data, "ff")


def test_pickles_are_not_opened() -> None:
    """An array file that carries a pickle, under a right seal, is refused."""
    import hashlib
    import io

    body = io.BytesIO()
    np.savez(body, xy=np.array([{}], object), lon_lat=np.zeros(1), told=np.zeros(1))
    seal = hashlib.sha256(body.getvalue()).hexdigest().encode()
    data = b"\n".join((shelf.FORMAT, b"f", seal, body.getvalue()))
    with pytest.raises(ValueError, match=r"pickle|damaged|gazetteer|allow_pickle"):
        shelf.from_bytes(data, "f")


def test_the_fingerprint_is_of_the_contents(tmp_path: Path) -> None:
    """A changed byte, another datum or a missing table changes it; another name does not."""
    one, two = tmp_path / "a.osm", tmp_path / "b.osm"
    one.write_bytes(b"abc")
    two.write_bytes(b"abc")
    first = shelf.fingerprint_of((one, None), also=("wgs84",))
    assert shelf.fingerprint_of((two, None), also=("wgs84",)) == first
    assert shelf.fingerprint_of((one, two), also=("wgs84",)) != first
    assert shelf.fingerprint_of((one, None), also=("gcj02",)) != first
    two.write_bytes(b"abd")
    assert shelf.fingerprint_of((two, None), also=("wgs84",)) != first
