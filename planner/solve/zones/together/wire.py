"""Numbers and arrays through a pipe: what processes of one search tell each other, and no code ever."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import IO, Any, Final

import numpy as np

from planner.solve.zones.contiguity import Near, Support
from planner.solve.zones.instance import Instance, Rows
from planner.solve.zones.track import Track

__all__ = ["Message", "hear", "instance_of", "is_in", "put_in", "say", "state_of", "told_of"]

Message = dict[str, Any]
"""Names, each with a number, a text, a list of them, or an array of numbers."""

_NESTED: Final = {"support": Support, "near": Near}
_STATE: Final = (
    "pair", "aim_m", "value_m", "bound_m", "method", "doing", "limit", "prize", "_priced_m", "_mark",
    "_previous",
)  # fmt: skip


def say(to: IO[bytes], message: Mapping[str, Any]) -> None:
    """Write a message: its plain values and the kinds of its arrays in a line of JSON, then the arrays.

    Raises `OSError`: nobody hears.
    """
    arrays = {n: np.ascontiguousarray(v) for n, v in message.items() if isinstance(v, np.ndarray)}
    plain = {n: v for n, v in message.items() if n not in arrays}
    kinds = [[n, a.dtype.str, list(a.shape)] for n, a in arrays.items()]
    head = json.dumps([plain, kinds]).encode()
    to.write(b"%d\n" % len(head) + head)
    for array in arrays.values():
        to.write(array.tobytes())
    to.flush()


def hear(source: IO[bytes]) -> Message | None:
    """Read the next message; None where the other side has ended, in the midst of one or not."""
    line = source.readline(32)
    try:
        plain, kinds = json.loads(source.read(int(line)))
    except ValueError:
        return None
    for name, kind, shape in kinds:
        dtype = np.dtype(kind)
        data = source.read(int(np.prod(shape, dtype=np.int64)) * dtype.itemsize)
        try:
            # of its own memory: what is read may be written on
            plain[name] = np.frombuffer(data, dtype).reshape(shape).copy()
        except ValueError:
            return None
    return plain


def told_of(instance: Instance) -> Message:
    """Lay a part out as arrays."""
    told: Message = {}
    for field in fields(instance):
        value = getattr(instance, field.name)
        if field.name in _NESTED:
            told |= {f"{field.name}.{n}": a for n, a in value._asdict().items()}
        elif field.name == "rows":
            told |= {f"rows.{f.name}": getattr(value, f.name) for f in fields(value)}
        else:
            told[field.name] = value
    return told


def instance_of(told: Mapping[str, Any]) -> Instance:
    """Put a part together again."""

    def those(kind: str) -> dict[str, Any]:
        start = f"{kind}."
        return {n.removeprefix(start): v for n, v in told.items() if n.startswith(start)}

    own: dict[str, Any] = {f.name: told[f.name] for f in fields(Instance) if f.name in told}
    for name, made in _NESTED.items():
        own[name] = made(**those(name))
    rows = those("rows")
    rows["name"] = tuple(rows["name"])
    return Instance(**own, rows=Rows(**rows))


def state_of(track: Track) -> Message:
    """Lay out what is known of a part."""
    return {f"track.{name}": getattr(track, name) for name in _STATE}


def is_in(message: Mapping[str, Any]) -> bool:
    """Tell whether a message says what is known of a part."""
    return "track.pair" in message


def put_in(track: Track, told: Mapping[str, Any]) -> None:
    """Make what is known of a part what another process knows of it."""
    for name in _STATE:
        value = told[f"track.{name}"]
        setattr(track, name, tuple(value) if name == "_mark" else value)
