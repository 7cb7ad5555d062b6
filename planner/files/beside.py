"""A module of this program run as a process of its own, which takes code from where it is installed alone.

A child that is begun in the usual way looks for modules in the folder where the user happens to stand, and
in what ``PYTHON...`` variables say: a file ``resource.py`` that came with a stranger's sheets would run.
Here it is begun isolated (``python -I``), stands in the program's own folder, and searches the
folders that its parent searches, but for the working folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["begin_beside", "run_beside", "search_path"]

_HOME = Path(__file__).resolve().parents[1]
_START = (
    "import json, runpy, sys; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


def run_beside(
    module: str, arguments: Sequence[str] = (), *, data: bytes, seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """Run a module of this program in a process of its own.

    Parameters
    ----------
    module : str
        Its dotted name; it is run as ``__main__``.
    arguments : sequence of str
        ``sys.argv[1:]`` of the child.
    data : bytes
        Its standard input.
    seconds : float
        It is killed after this time.

    Returns
    -------
    subprocess.CompletedProcess
        With its outputs as bytes, however it ended.

    Raises
    ------
    subprocess.TimeoutExpired, OSError
        It took too long, or could not be begun.
    """
    return subprocess.run(  # noqa: S603 - this very program
        _command(module, arguments),
        input=data,
        capture_output=True,
        timeout=seconds,
        check=False,
        cwd=_HOME,
    )


def begin_beside(module: str) -> subprocess.Popen[bytes]:
    """Begin a module of this program in a process of its own, with a pipe to it and one back.

    Raises `OSError`: it could not be begun.
    """
    return subprocess.Popen(  # noqa: S603 - this very program
        _command(module),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_HOME,
    )


def _command(module: str, arguments: Sequence[str] = ()) -> list[str]:
    # Isolated: neither the environment nor where the user stands may put code into the child.
    return [sys.executable, "-I", "-c", _START, json.dumps(search_path()), module, *arguments]


def search_path() -> list[str]:
    """Give the folders that a child looks for modules in: its parent's, never where the user stands."""
    here = Path(os.path.realpath(Path.cwd()))
    kept: list[str] = []
    for entry in sys.path:
        if not entry or not Path(entry).is_absolute():
            continue
        real = Path(os.path.realpath(entry))
        if real != here or real == _HOME.parent:
            kept.append(entry)
    return kept if str(_HOME.parent) in kept or _installed(kept) else [*kept, str(_HOME.parent)]


def _installed(folders: Sequence[str]) -> bool:
    return any((Path(folder) / "planner" / "files").is_dir() for folder in folders)
