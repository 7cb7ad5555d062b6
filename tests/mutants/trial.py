"""Runs the tests of one module against its faults, each in a process forked from one that is warm.

What the module does not touch is imported once; each fork loads the module with its fault and all that
leans on it, runs the tests up to the first that fails, and is gone.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

import pytest

__all__ = ["PROJECT", "Warm", "dotted", "mirrored"]

PROJECT = Path(__file__).resolve().parents[2]
SLOW = 5.0
"""A run that takes so many times as long as the tests do without a fault hangs: that is seen too."""
PASSED, HANGS = 0, -1


def mirrored(module: Path) -> list[Path]:
    """Find the tests of a module: those that stand where it stands."""
    inside = module.relative_to(PROJECT / "planner")
    folder = PROJECT / "tests" / inside.parent
    return sorted(
        [*folder.glob(f"test_{inside.stem}.py"), *folder.glob(f"test_{inside.stem}_*.py")]
    )


def dotted(path: Path) -> str:
    """Name the module that a file is."""
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


class Warm:
    """A process that has imported all that a module does not touch, ready to be forked."""

    def __init__(self, module: Path, tests: Sequence[Path], log: Path | None = None) -> None:
        self.module, self.name = module, dotted(module)
        self.tests = [str(t) for t in tests]
        self.compiles = "compiled" in module.read_text("utf-8")
        _warm(self.name)
        self.patience = 600.0
        began = time.perf_counter()
        if self.run(ast.parse(module.read_text("utf-8")), log) != PASSED:
            raise SystemExit(f"the tests of {self.name} fail without any fault")
        self.patience = 10.0 + SLOW * (time.perf_counter() - began)

    def run(self, tree: ast.Module, log: Path | None = None) -> int:
        """Run the tests on a changed module: 0 where they pass, negative where they hang."""
        with tempfile.TemporaryDirectory() as folder:
            child = os.fork()
            if not child:
                _be_the_child(self, tree, Path(folder), log)
            return _waited(child, self.patience)


def _warm(name: str) -> None:
    """Import the product but for what leans on a module, and the packages that this needs."""
    sources = {dotted(p): p for p in sorted((PROJECT / "planner").rglob("*.py"))}
    needs = {n: {*_imports(p, sources), *_folders(n)} for n, p in sources.items()}
    leaning = {name}
    while more := {n for n, needed in needs.items() if needed & leaning} - leaning:
        leaning |= more
    for other in sources:
        if other not in leaning and not other.endswith("__main__"):
            importlib.import_module(other)
    outside = {n for needed in needs.values() for n in needed if not n.startswith("planner")}
    for package in sorted(outside | {"hypothesis", "openpyxl", "pytest"}):
        if importlib.util.find_spec(package) is not None:
            importlib.import_module(package)
    assert name not in sys.modules, f"{name} is loaded by what does not import it"


def _folders(name: str) -> Iterator[str]:
    """Give the packages that are loaded before a module."""
    while name := name.rpartition(".")[0]:
        yield name


def _imports(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """Give what a module imports when it is loaded: modules of the product, and packages."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [*(n for n in full if n in known), node.module]
        else:
            continue
        for name in names:
            yield name if name.startswith("planner") else name.partition(".")[0]


class _Altered(SourceFileLoader):
    """Loads one module from a changed tree."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        super().__init__(name, str(path))
        self.tree = tree

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.tree, self.path, "exec")

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)


def _be_the_child(warm: Warm, tree: ast.Module, folder: Path, log: Path | None) -> None:
    """Run the tests and end the process."""
    code = 1
    try:
        os.setsid()
        told = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(told, stream)
        os.environ["CI"] = "1"  # hypothesis tries the same examples each time, and keeps none
        sys.meta_path.insert(0, _Altered(warm.name, warm.module, tree))  # type: ignore[arg-type]
        if warm.compiles:  # machine code of the true module must not be taken for the other's
            import numba

            numba.config.CACHE_DIR = str(folder / "numba")  # type: ignore[attr-defined]
        words = [
            "-x",
            "-q",
            "--assert=plain",
            "-p",
            "no:cacheprovider",
            f"--basetemp={folder / 'tmp'}",
        ]
        words += [f"--rootdir={PROJECT}", *warm.tests]
        code = int(pytest.main(words, plugins=[_QuickFirst()]))
    except BaseException:  # noqa: BLE001 - a fork must never go on as its parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class _QuickFirst:
    """Puts the tests that try many examples last: most faults are seen before."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: item.get_closest_marker("hypothesis") is not None)


def _waited(child: int, seconds: float) -> int:
    """Wait for a process; end it, and what it started, where it takes too long."""
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                child = 0
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        return HANGS
    finally:
        if child:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
