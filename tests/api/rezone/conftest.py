"""One small office and its plan for all tests of re-zoning."""

from __future__ import annotations

import pytest

from planner.api.plan import Plan
from planner.api.zone import run
from planner.model.project import Project
from planner.plan.store.plans import store_plan
from tests.api.rezone.office import write_office


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two communities of nine buildings, three centres in each."""
    return write_office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="session")
def plan(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """As it comes back from its file."""
    path = tmp_path_factory.mktemp("plan") / "plan.gpkg"
    store_plan(run(project), path)
    return Plan.load(path)
