"""Walkable responsibility zones from resident addresses.

The public face: nothing is computed here, and each name is imported only when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.api.check.check import CheckReport, check
    from planner.api.estimator import CapacitatedZones
    from planner.api.people import people_of
    from planner.api.plan import Plan
    from planner.api.review.review import Review, review
    from planner.api.site.site import Proposal, site
    from planner.api.zone import make_plan, run
    from planner.demand.ground import Ground
    from planner.errors import (
        ConfigError,
        DatumError,
        InfeasibleError,
        InputError,
        MissingExtraError,
        NetworkError,
        OutputError,
        PlannerError,
        PrivacyError,
        SchemaError,
        SheetError,
    )
    from planner.intake.address.parse import Address, parse_address, parse_addresses
    from planner.intake.fences.read import read_fences
    from planner.intake.residents import read_households, read_members
    from planner.model.project import Project, Search
    from planner.model.rules import Bound, RuleBook, WalkLimit
    from planner.network.graph import WalkingNetwork
    from planner.network.straight import StraightNetwork
    from planner.plan.compare import Comparison
    from planner.plan.lookup import Lookup

__all__ = [
    "Address",
    "Bound",
    "CapacitatedZones",
    "CheckReport",
    "Comparison",
    "ConfigError",
    "DatumError",
    "Ground",
    "InfeasibleError",
    "InputError",
    "Lookup",
    "MissingExtraError",
    "NetworkError",
    "OutputError",
    "Plan",
    "PlannerError",
    "PrivacyError",
    "Project",
    "Proposal",
    "Review",
    "RuleBook",
    "SchemaError",
    "Search",
    "SheetError",
    "StraightNetwork",
    "WalkLimit",
    "WalkingNetwork",
    "check",
    "make_plan",
    "parse_address",
    "parse_addresses",
    "people_of",
    "read_fences",
    "read_households",
    "read_members",
    "review",
    "run",
    "site",
]

_ROOMS = {
    "planner.api.check.check": ("CheckReport", "check"),
    "planner.plan.compare": ("Comparison",),
    "planner.model.project": ("Project", "Search"),
    "planner.errors": (
        "ConfigError",
        "DatumError",
        "InfeasibleError",
        "InputError",
        "MissingExtraError",
        "NetworkError",
        "OutputError",
        "PlannerError",
        "PrivacyError",
        "SchemaError",
        "SheetError",
    ),
    "planner.api.estimator": ("CapacitatedZones",),
    "planner.intake.fences.read": ("read_fences",),
    "planner.demand.ground": ("Ground",),
    "planner.intake.address.parse": ("Address", "parse_address", "parse_addresses"),
    "planner.intake.residents": ("read_households", "read_members"),
    "planner.plan.lookup": ("Lookup",),
    "planner.network.graph": ("WalkingNetwork",),
    "planner.network.straight": ("StraightNetwork",),
    "planner.api.zone": ("make_plan", "run"),
    "planner.api.people": ("people_of",),
    "planner.api.plan": ("Plan",),
    "planner.api.review.review": ("Review", "review"),
    "planner.model.rules": ("Bound", "RuleBook", "WalkLimit"),
    "planner.api.site.site": ("Proposal", "site"),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
