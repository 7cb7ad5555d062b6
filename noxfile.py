"""What must hold, one session a promise: ``nox -l`` lists them, ``nox -s lint`` runs one.

``.ci/run`` calls the test command of the README and then the sessions here.
"""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.options.sessions = [
    *("lint", "types", "house", "acceptance", "browser", "notebooks", "parquet", "processes"),
]
nox.options.default_venv_backend = (
    "none"  # in the environment of the caller, which has the extra dev
)


@nox.session
def lint(session: nox.Session) -> None:
    """Hold ruff's rules and format."""
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the product."""
    session.run("pyright", *session.posargs)


@nox.session
def house(session: nox.Session) -> None:
    """Hold the import contract and the plan of the house."""
    session.run("python", "-m", "pytest", "-q", "tests/test_architecture.py")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the default tests on both cores."""
    session.run("python", "-m", "pytest", "-n", "2", *session.posargs)


@nox.session
def acceptance(session: nox.Session) -> None:
    """Walk the whole way of an office again and again: bad inputs, canaries, random lives of plans."""
    session.run("python", "-m", "pytest", "-q", "-n", "2", *(session.posargs or ["--whole"]))


@nox.session
def browser(session: nox.Session) -> None:
    """Open every kind of page in a real Chromium, offline; it is asked for, not skipped."""
    asked = {"PLANNER_REQUIRE_BROWSER": "1"}
    session.run(
        "python", "-m", "pytest", "-q", "-n", "2", "tests/browser", *session.posargs, env=asked
    )


@nox.session(venv_backend="venv")
def chromium90(session: nox.Session) -> None:
    """Open every kind of page in the oldest browser that is promised, driven as its time drove it."""
    try:
        session.install("playwright==1.30.0")
        own = session.run(
            "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", silent=True
        )
        # the venv's old driver first, then the checkout, then all else of the caller
        path = os.pathsep.join((str(own).strip(), str(Path.cwd()), sysconfig.get_path("purelib")))
        program = session.run(
            "python", "-m", "tests.browser.npm", silent=True, env={"PYTHONPATH": path}
        )
    except CommandFailed:
        session.skip("the browser of 2021 or its driver cannot be had here")
    asked = {"PLANNER_CHROMIUM": str(program).strip(), "PLANNER_REQUIRE_BROWSER": "1"}
    chosen = session.posargs or ["tests/browser"]
    # a benchmark is named as python names it: -m tests.benchmarks.public_page
    run = [] if chosen[0] == "-m" else ["-m", "pytest", "-q", "-n", "2"]
    session.run("python", *run, *chosen, env={**asked, "PYTHONPATH": path})


@nox.session
def notebooks(session: nox.Session) -> None:
    """Run each notebook from top to bottom."""
    apart = ("-n", "2", "--dist", "worksteal")  # all lie in one file, which one worker would take
    session.run("python", "-m", "pytest", "-q", *apart, "tests/notebooks", *session.posargs)


@nox.session
def parquet(session: nox.Session) -> None:
    """Read and write Parquet, which the default tests do without."""
    rooms = (
        "tests/api/test_views.py",
        "tests/render/test_shareable.py",
        "tests/intake/sheets/formats",
    )
    session.run("python", "-m", "pytest", "-q", "-k", "parquet", *rooms, *session.posargs)


@nox.session
def processes(session: nox.Session) -> None:
    """Kill drivers and workers for real; run a cluster of programs."""
    session.run("python", "-m", "pytest", "-q", "-n", "2", "tests/processes", *session.posargs)


@nox.session(venv_backend="venv")
def minimum(session: nox.Session) -> None:
    """Install the lowest version of each direct dependency; run the tests from sheets to plans."""
    session.install("uv")
    lowest = ("--resolution", "lowest-direct", "-e", ".[test,online]")
    session.run(
        "uv", "pip", "install", "-q", *lowest, env={"VIRTUAL_ENV": session.virtualenv.location}
    )
    session.run("planner", "demo", "--town", "bagongshan", "--out", session.create_tmp())
    chosen = session.posargs or [
        "tests/intake",
        "tests/network",
        "tests/demand",
        "tests/plan",
        "tests/api",
    ]
    # what old versions warn of is not ours to mend
    warned = ("-o", "filterwarnings=default")
    session.run("python", "-m", "pytest", "-q", "-n", "2", *warned, *chosen)


@nox.session
def build(session: nox.Session) -> None:
    """Build wheel and sdist twice: the same bytes, all in them; run the demonstrations of the wheel."""
    session.run("python", "-m", "tests.packaging")


@nox.session
def mutants(session: nox.Session) -> None:
    """Put faults into the modules that must be right, and list those that no test sees.

    ``nox -s mutants -- planner/plan/staffing.py`` tries one module.
    """
    session.run("python", "-m", "tests.mutants", *session.posargs)
