"""The shape of the code: who may import whom, and what no file may do."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import planner

ROOT = Path(planner.__file__).parent
PROJECT = ROOT.parent

LEAVES = {"errors", "findings", "projection"}
WAIST = LEAVES | {"affinity", "model", "schema", "rules", "tables"}
ALLOWED: dict[str, set[str]] = {
    "errors": {"findings"},  # for the type checker only
    "findings": set(),
    "projection": set(),
    "affinity": set(),
    "certificate": set(),
    "model": {"affinity", "certificate", "errors"},
    "schema": {"errors", "findings", "tables"},
    "rules": {"errors"},
    "config": {"errors", "findings", "levels", "rules", "tieprices"},
    "tieprices": {"errors"},
    "levels": {"errors"},
    "tables": {"findings", "model", "rules"},
    "intake": LEAVES | {"model", "schema", "intake"},
    "network": LEAVES | {"model", "schema", "network"},
    "places": LEAVES | {"model"},
    "sketch": {"projection"},
    "townplan": {"projection"},
    "town": {"projection", "sketch", "townplan"},
    "handwriting": set(),
    "towntext": set(),
    "townsfolk": {"town", "handwriting"},
    "demand": WAIST | {"places", "network", "intake"},
    "estimator": {"errors", "solve"},
    "solve": {"affinity", "model", "rules", "errors", "solve"},
    "audit": WAIST - {"tables"},
    "zones": WAIST,
    "colours": WAIST,
    "measures": WAIST,
    "coverage": WAIST,
    "rezone": {"model", "solve", "errors"},
    "negotiate": WAIST | {"audit", "solve"},
    "staffing": WAIST | {"demand", "places", "network", "solve"},
    "store": WAIST,
    "namebook": WAIST | {"measures", "intake"},
    "lookup": WAIST | {"namebook", "intake"},
    "history": {"tables"},
    "changefile": {"errors"},
    "changes": WAIST | {"audit", "changefile", "history", "revision", "rezone", "solve"},
    "comparison": WAIST | {"measures"},
    "restaffing": WAIST | {"solve"},
    "revision": WAIST | {"coverage", "measures", "restaffing", "rezone", "zones"},
    "render": WAIST | {"comparison", "history", "measures", "render"},
}
TOP = (
    "advice",
    "borders", "outlines", "fences", "spots",
    "ground", "choices", "reviewing", "trust", "online", "locate", "placing", "standing", "assembly",
    "examination", "plan",
    "register", "bonds", "stamping", "mentoring", "pipeline", "demo",
    "candidates", "choosing", "handover", "proposing", "siting",
    "cli", "__init__", "__main__",
)  # fmt: skip
SOLVER_PACKAGES = {"numpy", "scipy", "highspy", "numba", "planner"}
OPTIONAL = {"httpx", "playwright", "IPython", "ipywidgets", "matplotlib", "pypinyin"}
SAYS_NOTHING = {"util", "utils", "common", "helper", "helpers", "misc", "base", "manager"}


def sources() -> Iterator[tuple[str, Path, ast.Module]]:
    """Give every module of the product: its room, its file, its syntax tree."""
    for path in sorted(ROOT.rglob("*.py")):
        room = path.relative_to(ROOT).parts[0].removesuffix(".py")
        yield room, path, ast.parse(path.read_text("utf-8"))


def imported(tree: ast.AST, *, deep: bool = True) -> Iterator[str]:
    """Give the dotted names that a tree imports; only at module level unless `deep`."""
    nodes = ast.walk(tree) if deep else iter(_top_level(tree))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "planner":
                yield from (f"planner.{alias.name}" for alias in node.names)
            else:
                yield node.module


def _top_level(tree: ast.AST) -> list[ast.stmt]:
    return [node for node in getattr(tree, "body", []) if not isinstance(node, ast.If)]


def test_imports_flow_one_way() -> None:
    """No room imports one that the table does not allow it."""
    wrong: list[str] = []
    for room, path, tree in sources():
        if room in TOP:
            continue
        assert room in ALLOWED, f"{path.name}: a new room needs a row in the table"
        for name in imported(tree):
            if name.startswith("planner."):
                target = name.split(".")[1]
                if target != room and target not in ALLOWED[room]:
                    wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_no_circles() -> None:
    """Modules can be put in an order in which each imports only what comes before."""
    names = {m.name for m in pkgutil.walk_packages([str(ROOT)], "planner.")}
    graph: dict[str, set[str]] = {}
    for _, path, tree in sources():
        module = ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        if module == "planner":
            continue
        graph[module] = {n for n in _runtime_imports(tree) if n in names and n != module}
    tuple(TopologicalSorter(graph).static_order())


def _runtime_imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = []
    yield from imported(tree)


def test_the_solver_sees_numbers_only() -> None:
    """The solve wing and the model import arrays and solvers, never tables or geometry."""
    for room, path, tree in sources():
        if room in {"solve", "model"}:
            packages = {name.split(".")[0] for name in imported(tree)} - _standard_library()
            assert packages <= SOLVER_PACKAGES, f"{path.name}: {packages - SOLVER_PACKAGES}"


def _standard_library() -> set[str]:
    import sys

    return set(sys.stdlib_module_names)


def test_optional_packages_are_imported_late() -> None:
    """No optional dependency is imported when a module is loaded."""
    for _, path, tree in sources():
        early = {name.split(".")[0] for name in imported(tree, deep=False)} & OPTIONAL
        assert not early, f"{path.name} imports {early} at the top"


def test_only_outputs_writes() -> None:
    """Files are written by planner/files.py alone, so that each appears whole or not at all."""
    for _, path, tree in sources():
        if path.name == "outputs.py":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                text = [a.value for a in node.args if isinstance(a, ast.Constant)]
                writes = name in {"write_text", "write_bytes"} or (
                    name == "open" and any(isinstance(t, str) and t[:1] in "wax" for t in text[1:2])
                )
                assert not writes, f"{path.relative_to(ROOT)}:{node.lineno} writes a file"


def test_nothing_loads_code_from_data() -> None:
    """No pickle, eval or exec: a file that is read must never run."""
    for _, path, tree in sources():
        assert not {"pickle", "joblib", "marshal", "shelve"} & set(imported(tree)), path.name
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec"}, f"{path.name}:{node.lineno}"


def test_names_say_something() -> None:
    """No drawer for odds and ends."""
    for _, path, _ in sources():
        assert path.stem not in SAYS_NOTHING


def test_files_have_one_subject() -> None:
    """A file past 450 lines has two subjects."""
    long = {
        p.name: n for _, p, _ in sources() if (n := len(p.read_text("utf-8").splitlines())) > 450
    }
    assert not long


@pytest.mark.parametrize("module", [m.name for m in pkgutil.walk_packages([str(ROOT)], "planner.")])
def test_public_names_are_sorted_and_real(module: str) -> None:
    """`__all__` is sorted, complete and true, wherever it is given."""
    loaded = importlib.import_module(module)
    names = getattr(loaded, "__all__", [])
    assert list(names) == sorted(names, key=_isort_style)
    assert all(hasattr(loaded, name) for name in names)


def _isort_style(name: str) -> tuple[int, str]:
    kind = 0 if name.isupper() else 1 if name[:1].isupper() else 2
    return kind, name


def test_the_face_is_complete() -> None:
    """Each name of the public face can be had, and importing the face alone loads nothing heavy."""
    import subprocess
    import sys

    assert all(getattr(planner, name) is not None for name in planner.__all__)
    heavy = "('numpy', 'pandas', 'shapely', 'folium')"
    code = f"import sys, planner; print(*(m for m in {heavy} if m in sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert loaded.stdout.strip() == ""


def test_every_import_is_declared() -> None:
    """What the product imports stands in pyproject.toml."""
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    texts = [*declared["dependencies"]]
    for extra in declared["optional-dependencies"].values():
        texts += extra
    known = {t.split(">")[0].split("[")[0].lower().replace("-", "_") for t in texts}
    alias = {"xstatic": "xstatic_leaflet", "sklearn": "scikit_learn"}
    late = {"IPython", "python_calamine"}
    for _, path, tree in sources():
        for name in (
            {n.split(".")[0] for n in imported(tree)} - _standard_library() - {"planner"} - late
        ):
            assert alias.get(name, name).lower() in known, f"{path.name} imports {name}"
