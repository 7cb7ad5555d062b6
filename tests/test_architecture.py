"""The plan of the house: who may import whom, what lies in which room, and what no file may do."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import planner

ROOT = Path(planner.__file__).parent
PROJECT = ROOT.parent

CONTRACT: dict[str, set[str]] = {
    "errors": set(),
    "files": {"errors"},
    "model": {"errors"},
    "network": {"errors", "files", "model"},
    "intake": {"errors", "files", "model"},
    "privacy": {"errors", "model"},
    "solve": {"errors", "model"},
    "demand": {"errors", "files", "model", "network", "intake"},
    "plan": {"errors", "model", "solve", "demand", "network", "intake"},
    "render": {"errors", "files", "model", "plan", "privacy"},
    "api": {
        "errors",
        "files",
        "model",
        "network",
        "intake",
        "privacy",
        "solve",
        "demand",
        "plan",
        "render",
    },
    "cli": {"errors", "model", "api"},
}
"""Each wing and what it may import; the rows are in the order of the data, and no row names a later one."""
DOORS = {"__init__", "__main__"}
SOLVER_PACKAGES = {"numpy", "scipy", "highspy", "numba", "ortools", "planner"}
OPTIONAL = {
    "distributed",
    "httpx",
    "pyarrow",
    "playwright",
    "IPython",
    "ipywidgets",
    "matplotlib",
    "ortools",
    "pypinyin",
}
SAYS_NOTHING = {"util", "utils", "common", "helper", "helpers", "misc", "base", "manager"}
WRITES = {
    "write_text", "write_bytes", "touch", "mkdir", "makedirs", "mkdtemp", "mkstemp", "NamedTemporaryFile",
    "TemporaryDirectory", "TemporaryFile", "SpooledTemporaryFile", "copyfile", "copy2", "copytree",
    "rename", "rmtree", "unlink", "symlink_to", "hardlink_to", "to_csv", "to_excel", "to_file", "to_parquet",
    "to_feather", "to_pickle", "savez", "savetxt", "tofile", "write_dataframe",
}  # fmt: skip
MOST_LINES, MOST_PARAMETERS, MOST_BODY, MOST_FILES = 400, 8, 60, 12
LONELY = 60
"""A module that one other alone imports has at least so many lines, or is part of that one."""


@cache
def sources() -> tuple[tuple[str, Path, ast.Module], ...]:
    """Give every module of the product: its wing, its file, its syntax tree."""
    return tuple(
        (
            path.relative_to(ROOT).parts[0].removesuffix(".py"),
            path,
            ast.parse(path.read_text("utf-8")),
        )
        for path in sorted(ROOT.rglob("*.py"))
    )


def dotted(path: Path) -> str:
    """Name the module that a file is."""
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


@cache
def modules() -> frozenset[str]:
    """Name every module of the product."""
    return frozenset(dotted(path) for _, path, _ in sources())


@cache
def imported(tree: ast.AST) -> tuple[tuple[str, int], ...]:
    """Give the dotted names that a tree imports, wherever it does, and the lines."""
    return tuple(_imported(tree))


def _imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert not node.level, "relative imports hide where a name comes from"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield (full if full in modules() else node.module), node.lineno


def early(tree: ast.Module) -> Iterator[str]:
    """Give the packages that a module imports when it is loaded."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Give every function of the product and where it stands."""
    for _, path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(PROJECT)}:{node.lineno} {node.name}", node


def breaches(wing: str, where: str, tree: ast.AST) -> list[str]:
    """List the imports of a module that its wing is not allowed."""
    return [
        f"{where}:{line} imports {name}"
        for name, line in imported(tree)
        if name.startswith("planner.")
        and (target := name.split(".")[1]) != wing
        and target not in CONTRACT[wing]
    ]


def plain_writes(tree: ast.AST) -> Iterator[int]:
    """Give the lines on which a file, a folder or a temporary file is made, moved or deleted."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        literal = bool(node.args) and isinstance(node.args[0], ast.Constant)  # a Series, not a path
        labels = name == "rename" and (
            literal or {k.arg for k in node.keywords} & {"columns", "index"}
        )
        if name in WRITES and not labels:
            yield node.lineno
        elif name in ("open", "fdopen", "ZipFile"):
            first = 0 if isinstance(node.func, ast.Attribute) and name == "open" else 1
            words = [
                *node.args[first : first + 1],
                *(k.value for k in node.keywords if k.arg == "mode"),
            ]
            modes = [w.value for w in words if isinstance(w, ast.Constant)]
            in_memory = name == "ZipFile" and node.args and isinstance(node.args[0], ast.Name)
            if any(set(str(m)) & set("wax+") for m in modes) and not in_memory:
                yield node.lineno


def test_imports_flow_one_way() -> None:
    """No wing imports one that the contract does not allow it, at the top or inside a function."""
    wrong: list[str] = []
    for wing, path, tree in sources():
        if wing not in DOORS:
            assert wing in CONTRACT, f"{path.name}: a new wing needs a row in the contract"
            wrong += breaches(wing, str(path.relative_to(PROJECT)), tree)
    assert not wrong, "\n".join(wrong)


def test_the_contract_has_no_arrow_up() -> None:
    """The rows are an order: what a wing may import stands above it."""
    above: set[str] = set()
    for wing, allowed in CONTRACT.items():
        assert allowed <= above, f"{wing} may import {allowed - above}, which comes after it"
        above.add(wing)


def test_every_permission_is_used() -> None:
    """What nobody needs is not allowed."""
    used: dict[str, set[str]] = defaultdict(set)
    for wing, _, tree in sources():
        used[wing] |= {n.split(".")[1] for n, _ in imported(tree) if n.startswith("planner.")}
    idle = {
        wing: allowed - used[wing] for wing, allowed in CONTRACT.items() if allowed - used[wing]
    }
    assert not idle


@pytest.mark.parametrize(
    ("wing", "line"),
    [
        ("demand", "import planner.render.map.page"),
        ("demand", "def f():\n    from planner.cli import main"),
        ("intake", "from planner import network"),
        ("model", "from planner.intake.sheets.read import read_table"),
        ("solve", "if True:\n    from planner.plan import store"),
        ("render", "from planner.api.plan import Plan"),
    ],
)
def test_an_arrow_up_is_seen(wing: str, line: str) -> None:
    """The contract fails on what it forbids, wherever in a module it stands."""
    if line == "from planner import network":
        line = "import planner.network"
    assert breaches(wing, "x.py", ast.parse(line))


@pytest.mark.parametrize(
    "line",
    [
        "open('a', 'w')", "path.open('wb')", "open(name, mode='a')", "path.write_text(x)", "frame.to_csv(p)",
        "os.fdopen(d, 'r+')", "shutil.copy2(a, b)", "tempfile.mkstemp()", "zipfile.ZipFile('a.zip', 'w')",
        "path.mkdir()", "layer.to_file(p)", "path.rename(other)",
    ],
)  # fmt: skip
def test_a_plain_write_is_seen(line: str) -> None:
    """The rule that one module alone writes fails on each way of writing."""
    assert list(plain_writes(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        "open('a')",
        "path.open('rb')",
        "ZipFile(buffer, 'w')",
        "t.replace('w', 'x')",
        "frame.rename(columns=names)",
        "series.rename('load')",
    ],
)
def test_reading_is_no_write(line: str) -> None:
    """What only reads, or packs in memory, is not taken for a write."""
    assert not list(plain_writes(ast.parse(line)))


def test_only_files_writes() -> None:
    """Files are written by planner/files/ alone, so that each appears whole or not at all."""
    wrong = [
        f"{path.relative_to(PROJECT)}:{line}"
        for wing, path, tree in sources()
        if wing != "files"
        for line in plain_writes(tree)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_circles() -> None:
    """Modules can be put in an order in which each imports only what comes before."""
    graph: dict[str, set[str]] = {}
    for wing, path, tree in sources():
        if wing not in DOORS:
            name = dotted(path)
            graph[name] = {
                n for n, _ in imported(_at_run_time(tree)) if n in modules() and n != name
            }
    tuple(TopologicalSorter(graph).static_order())


def _at_run_time(tree: ast.Module) -> ast.Module:
    body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
    ]
    return ast.Module(body, [])


def test_the_solver_sees_numbers_only() -> None:
    """The solve wing and the problem import arrays and solvers, never tables or geometry."""
    for wing, path, tree in sources():
        if wing == "solve" or dotted(path) in (
            "planner.model.problem",
            "planner.model.certificate",
        ):
            packages = {n.split(".")[0] for n, _ in imported(tree)} - sys.stdlib_module_names
            assert packages <= SOLVER_PACKAGES, f"{path.name}: {packages - SOLVER_PACKAGES}"


def test_optional_packages_are_imported_late() -> None:
    """No optional dependency is imported when a module is loaded."""
    for _, path, tree in sources():
        assert not set(early(tree)) & OPTIONAL, f"{path.name} imports {set(early(tree)) & OPTIONAL}"


def test_nothing_loads_code_from_data() -> None:
    """No pickle, eval or exec: a file that is read must never run."""
    for _, path, tree in sources():
        names = {n.split(".")[0] for n, _ in imported(tree)}
        assert not {"pickle", "joblib", "marshal", "shelve", "dill"} & names, path.name
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec"}, f"{path.name}:{node.lineno}"


def test_the_floor_plan_is_small() -> None:
    """At most twelve names at the top, and twelve files in a folder that has no sub-folders."""
    assert sorted(CONTRACT) == sorted(
        p.stem
        for p in ROOT.iterdir()
        if (p.suffix == ".py" or (p / "__init__.py").exists()) and p.stem not in DOORS
    )
    assert len(CONTRACT) <= MOST_FILES
    for folder in {path.parent for _, path, _ in sources()} - {ROOT}:
        files = [p for p in folder.glob("*.py") if not p.name.startswith("__")]
        nested = any((p / "__init__.py").exists() for p in folder.iterdir())
        assert nested or len(files) <= MOST_FILES, f"{folder.relative_to(ROOT)} has two subjects"


def test_one_name_one_room() -> None:
    """No two wings have a module of one name, except where the command line names what it calls."""
    rooms: dict[str, set[str]] = defaultdict(set)
    for wing, path, _ in sources():
        if wing not in ("cli", *DOORS) and not path.name.startswith("__"):
            rooms[path.stem].add(wing)
    assert not {name: wings for name, wings in rooms.items() if len(wings) > 1}
    assert not rooms.keys() & SAYS_NOTHING


def test_no_room_is_a_cupboard() -> None:
    """What one other module alone imports is part of it, unless it is a subject of its own."""
    users: dict[str, set[str]] = defaultdict(set)
    for wing, path, tree in sources():
        if wing not in DOORS:
            for name, _ in imported(tree):
                users[name].add(dotted(path))
    lonely = [
        dotted(path)
        for wing, path, _ in sources()
        if not path.name.startswith("__")
        and wing != "cli"
        and len(users[dotted(path)]) == 1
        and len(path.read_text("utf-8").splitlines()) < LONELY
    ]
    assert not lonely


def test_no_module_is_dead() -> None:
    """Each module is imported by another, or is a door."""
    users = {n for wing, path, tree in sources() for n, _ in imported(tree) if n != dotted(path)}
    face = {f"planner.{m}" for m in _face_modules()}
    dead = (
        {dotted(p) for w, p, _ in sources() if w not in DOORS and not p.name.startswith("__")}
        - users
        - face
    )
    assert not dead


def _face_modules() -> set[str]:
    tree = ast.parse((ROOT / "__init__.pyi").read_text("utf-8"))
    return {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}


def test_files_have_one_subject() -> None:
    """A file past 400 lines has two subjects."""
    long = {
        str(p.relative_to(ROOT)): n
        for _, p, _ in sources()
        if (n := len(p.read_text("utf-8").splitlines())) > MOST_LINES
    }
    assert not long


def test_functions_take_few_values() -> None:
    """At most eight parameters; more of them are a value that has no name yet."""
    many = []
    for where, node in functions():
        a = node.args
        names = [p.arg for p in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
        count = len(names) + bool(a.vararg) + bool(a.kwarg) - (names[:1] in (["self"], ["cls"]))
        # The options of a command are its parameters: the command line reads them off the function.
        command = where.startswith("planner/cli/")
        if count > MOST_PARAMETERS and node.name != "__init__" and not command:
            many.append(f"{where}: {count}")
    assert not many, "\n".join(many)


def test_functions_are_short() -> None:
    """A body of more than sixty lines does two things."""
    long = [
        f"{where}: {n}"
        for where, node in functions()
        if (n := (node.end_lineno or 0) - _first(node) + 1) > MOST_BODY
    ]
    assert not long, "\n".join(long)


def _first(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    has_text = ast.get_docstring(node) is not None and len(node.body) > 1
    return node.body[1 if has_text else 0].lineno


def test_findings_are_returned() -> None:
    """No function is handed a list of findings to fill."""
    filled = [
        where
        for where, node in functions()
        for p in (*node.args.args, *node.args.kwonlyargs)
        if p.annotation is not None and ast.unparse(p.annotation) in ("list[Finding]", "Notes")
    ]
    assert not filled, "\n".join(filled)


def test_tests_mirror_the_house() -> None:
    """Each module has its tests in the same place of the tree."""
    missing = set()
    for wing, path, _ in sources():
        if wing in DOORS or path.name.startswith("__"):
            continue
        folder = PROJECT / "tests" / path.relative_to(ROOT).parent
        if not [*folder.glob(f"test_{path.stem}.py"), *folder.glob(f"test_{path.stem}_*.py")]:
            missing.add(path.relative_to(ROOT).with_suffix("").as_posix())
    assert not missing


def test_tests_outweigh() -> None:
    """At least 0.8 lines of test for a line of source."""
    lines = sum(len(p.read_text("utf-8").splitlines()) for _, p, _ in sources())
    told = sum(len(p.read_text("utf-8").splitlines()) for p in (PROJECT / "tests").rglob("*.py"))
    assert told >= 0.8 * lines, f"{told} lines of test for {lines} of source"


def test_what_is_imported_is_public() -> None:
    """A module imports from another only what that one lists in `__all__`."""
    listed: dict[str, set[str]] = {}
    for _, path, tree in sources():
        for node in tree.body:
            target = (
                node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            )
            if isinstance(target, ast.Name) and target.id == "__all__":
                listed[dotted(path)] = set(ast.literal_eval(node.value))  # type: ignore[attr-defined]
    wrong = []
    for wing, path, tree in sources():
        if wing in DOORS:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module in modules():
                for alias in node.names:
                    known = listed.get(node.module, set()) | {
                        m.rpartition(".")[2]
                        for m in modules()
                        if m.rpartition(".")[0] == node.module
                    }
                    if alias.name not in known and not alias.name.startswith("__"):
                        wrong.append(
                            f"{path.relative_to(PROJECT)}:{node.lineno} {node.module}.{alias.name}"
                        )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("module", [m.name for m in pkgutil.walk_packages([str(ROOT)], "planner.")])
def test_public_names_are_sorted_and_real(module: str) -> None:
    """`__all__` is sorted and true, and every module but a package has it."""
    loaded = importlib.import_module(module)
    names = getattr(loaded, "__all__", None)
    assert names is not None or hasattr(loaded, "__path__")
    assert list(names or ()) == sorted(names or (), key=_isort_style)
    assert all(hasattr(loaded, name) for name in names or ())


def _isort_style(name: str) -> tuple[int, str]:
    kind = 0 if name.isupper() else 1 if name[:1].isupper() else 2
    return kind, name


def test_the_face_is_complete() -> None:
    """Each name of the public face can be had, and importing the face alone loads nothing heavy."""
    names = list(vars(planner)["__all__"])
    assert all(getattr(planner, name) is not None for name in names)
    assert names == sorted(names)
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
            {n.split(".")[0] for n, _ in imported(tree)}
            - sys.stdlib_module_names
            - {"planner"}
            - late
        ):
            assert alias.get(name, name).lower() in known, f"{path.name} imports {name}"
