"""A gazetteer as bytes: built once, kept on the disk, and never believed without its seal.

The file is a line that names the format, the fingerprint of the sources, the SHA-256 of the rest, and
compressed JSON beside plain arrays; nothing in it can run.  It holds what the map and the office's
building table hold: no residents, and no accepted answers, which are read anew each time.
"""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.intake.gazetteer.index import Gazetteer, Points, Street
from planner.model.plane import LocalProjection

__all__ = ["FORMAT", "fingerprint_of", "from_bytes", "to_bytes"]

FORMAT: Final = b"planner-gazetteer-2"
_TEXTS: Final = ("label", "source", "place", "building")
_LARGEST: Final = 1 << 30  # bytes unpacked: a small file could otherwise fill the memory


def fingerprint_of(sources: Iterable[Path | None], *, also: Iterable[str] = ()) -> str:
    """Give the fingerprint of what a gazetteer is made of.

    Parameters
    ----------
    sources : iterable of Path or None
        Files, in a fixed order; their contents count, not their names.
    also : iterable of str
        What else decides, such as a datum.

    Returns
    -------
    str
        SHA-256 over the contents, `also`, and the code that reads them.

    Raises
    ------
    OSError
        A file cannot be read.
    """
    digest = hashlib.sha256(FORMAT + b"\n" + _code() + b"\n")
    for text in also:
        digest.update(text.encode("utf-8", "replace") + b"\x1f")
    for path in sources:
        digest.update(b"\x1e" if path is None else _digest(path))
    return digest.hexdigest()


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _code() -> bytes:
    """Digest the readers: a gazetteer that older code made is made again."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    read_by = ("intake/**/*.py", "intake/**/*.toml", "network/**/*.py")
    for path in sorted(path for pattern in read_by for path in root.glob(pattern)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.digest()


def to_bytes(gazetteer: Gazetteer, fingerprint: str) -> bytes:
    """Lay a gazetteer out as a file.

    Parameters
    ----------
    gazetteer : Gazetteer
        Its accepted answers are left out.
    fingerprint : str
        From `fingerprint_of`.

    Returns
    -------
    bytes
        The same for the same gazetteer.
    """
    points = gazetteer.points
    told = {
        "points": {name: getattr(points, name).tolist() for name in _TEXTS},
        "streets": {
            key: [s.name, s.block, s.extent, s.middle, {n: list(p) for n, p in s.numbers.items()}]
            for key, s in gazetteer.streets.items()
        },
        "names": gazetteer.names,
        "districts": gazetteer.districts,
        "bare_numbers": gazetteer.bare_numbers,
        "known": gazetteer.known,
        "plane": [gazetteer.projection.lon_0, gazetteer.projection.lat_0],
    }
    text = json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    out = io.BytesIO()
    # Level 1: somebody waits while it is built, and its size hardly matters.
    packed = np.frombuffer(zlib.compress(text, 1), np.uint8)
    for array in (points.xy, points.lon_lat, packed):
        np.save(out, array, allow_pickle=False)
    body = out.getvalue()
    seal = hashlib.sha256(body).hexdigest().encode()
    return b"\n".join((FORMAT, fingerprint.encode(), seal, body))


def from_bytes(data: bytes, fingerprint: str) -> Gazetteer | None:
    """Read a gazetteer back.

    Parameters
    ----------
    data : bytes
        From `to_bytes`, or anything else.
    fingerprint : str
        Of the sources as they are now.

    Returns
    -------
    Gazetteer or None
        None where the sources have changed since.

    Raises
    ------
    ValueError
        The bytes are not those of a gazetteer: cut short, damaged, or something else.
    """
    parts = data.split(b"\n", 3)
    if len(parts) != 4 or not parts[0].startswith(b"planner-gazetteer-"):
        raise ValueError("this is no gazetteer")
    if parts[0] != FORMAT or parts[1] != fingerprint.encode():
        return None
    body = parts[3]
    if hashlib.sha256(body).hexdigest().encode() != parts[2]:
        raise ValueError("the gazetteer is damaged")
    try:
        return _read(body)
    except (AttributeError, LookupError, TypeError, EOFError, zlib.error, OSError) as error:
        raise ValueError(f"the gazetteer is damaged ({type(error).__name__})") from None


def _read(body: bytes) -> Gazetteer:
    file = io.BytesIO(body)
    xy, lon_lat, packed = (np.load(file, allow_pickle=False) for _ in range(3))
    text = zlib.decompressobj().decompress(packed.tobytes(), _LARGEST)
    told: dict[str, Any] = json.loads(text)
    columns = {name: np.array(told["points"][name], object) for name in _TEXTS}
    points = Points(xy=xy, lon_lat=lon_lat, **columns)
    streets = {
        key: Street(name, _tuples(numbers), block, tuple(extent), tuple(middle))
        for key, (name, block, extent, middle, numbers) in told["streets"].items()
    }
    return Gazetteer(
        points,
        streets,
        _tuples(told["names"]),
        _tuples(told["districts"]),
        LocalProjection(*told["plane"]),
        _tuples(told["bare_numbers"]),
        known=told["known"],
    )


def _tuples(found: Mapping[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(places) for name, places in found.items()}
