"""The best reading of a line, and of thousands of lines at once on every core.

Reading is pure Python and takes a fraction of a millisecond a line, so a long column is shared with
processes of its own, each of which imports this grammar alone.  They are started as programs, not
forked: a notebook's threads and a script without a main guard do them no harm.  Lines go through
pipes and nowhere else.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

from planner.files import run_beside
from planner.intake.address.decode import Piece, best_path
from planner.intake.address.grammar.labels import Kind
from planner.intake.address.grammar.lattice import build_lattice
from planner.intake.address.latin import read_latin

__all__ = ["Line", "Reading", "read_line", "reading_ahead"]

WORTH_SHARING: Final = 3_000  # lines below which starting a process takes longer than it saves
MOST_PROCESSES: Final = 4
# What this process reads itself, of what each other does: it makes addresses of all of it besides.
OWN_SHARE: Final = 0.85
_MOST_SECONDS: Final = 600
_MODULE: Final = "planner.intake.address.parallel"
_MOST_KNOWN: Final = 131_072

Reading = tuple[Piece, ...]
"""The pieces of a line, from left to right, disjoint."""

_KINDS: Final = tuple(Kind)
Line = tuple[str, Reading]
"""What is read: a folded line, and the names in it that are known."""
_known: dict[Line, Reading] = {}


def _read(line: Line) -> Reading:
    text, names = line
    western = read_latin(text)
    return tuple(western if western is not None else best_path(build_lattice(text, names)))


def _keep(line: Line, reading: Reading) -> Reading:
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[line] = reading
    return reading


def read_line(line: Line) -> Reading:
    """Read one line, or remember how it was read.

    Parameters
    ----------
    line : Line
        Folded (see `planner.intake.address.fold.fold`), with its known names.
    """
    found = _known.get(line)
    return _keep(line, _read(line)) if found is None else found


@contextmanager
def reading_ahead(lines: Iterable[Line]) -> Iterator[Callable[[Line], Reading]]:
    """Have other processes read many lines while this one begins with the first of them.

    Parameters
    ----------
    lines : iterable of Line
        In the order in which they will be asked for.  With few new lines, or on a machine
        of one core, no process is started.

    Yields
    ------
    callable
        `read_line`, but for a line that another process reads it waits for that process.
    """
    new = [line for line in dict.fromkeys(lines) if line not in _known]
    processes = min(os.cpu_count() or 1, MOST_PROCESSES, 1 + len(new) // WORTH_SHARING)
    if processes < 2:
        yield read_line
        return
    own = int(len(new) * OWN_SHARE / (processes - 1 + OWN_SHARE))
    share = -(-(len(new) - own) // (processes - 1))
    awaited: dict[Line, tuple[Sequence[Line], Future[list[Reading]]]] = {}

    def read(line: Line) -> Reading:
        if line in awaited:
            others, reply = awaited[line]
            for other, reading in zip(others, reply.result(), strict=False):
                _keep(other, reading)
            for other in others:
                awaited.pop(other, None)
        return read_line(line)

    with ThreadPoolExecutor(processes - 1) as pool, _no_collection():
        for at in range(own, len(new), share):
            block = new[at : at + share]
            reply = pool.submit(_read_elsewhere, block)
            awaited.update((line, (block, reply)) for line in block)
        yield read


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the garbage collector from going over all that was read so far again and again."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _read_elsewhere(lines: Sequence[Line]) -> list[Reading]:
    """Read lines in a process of its own; give nothing where that cannot be done."""
    try:
        child = run_beside(
            _MODULE,
            data=json.dumps(lines).encode(),
            seconds=_MOST_SECONDS,
        )
        answer = json.loads(child.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return []
    return [_pieces(row) for row in answer]


def _pieces(row: Iterable[tuple[int, int, int]]) -> Reading:
    return tuple(Piece(start, end, _KINDS[kind]) for start, end, kind in row)


def _answer() -> None:
    """Read the lines on standard input and give their pieces on standard output, both JSON."""
    gc.disable()  # nothing here lives longer than the answer
    lines = json.load(sys.stdin)
    json.dump([_read((text, _pieces(names))) for text, names in lines], sys.stdout)


if __name__ == "__main__":
    _answer()
