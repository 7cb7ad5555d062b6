"""Walkable responsibility zones from resident addresses.

The public face: nothing is computed here, and each name is imported only when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.comparison import Comparison
    from planner.config import Project, Search
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
    from planner.estimator import CapacitatedZones
    from planner.examination import CheckReport, check
    from planner.fences import read_fences
    from planner.ground import Ground
    from planner.intake.address import Address, parse_address, parse_addresses
    from planner.intake.residents import read_households, read_members
    from planner.lookup import Lookup
    from planner.network.graph import WalkingNetwork
    from planner.network.straight import StraightNetwork
    from planner.pipeline import make_plan, run
    from planner.plan import Plan
    from planner.register import people_of
    from planner.reviewing import Review, review
    from planner.rules import Bound, RuleBook, WalkLimit
    from planner.siting import Proposal, site

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
    "planner.examination": ("CheckReport", "check"),
    "planner.comparison": ("Comparison",),
    "planner.config": ("Project", "Search"),
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
    "planner.estimator": ("CapacitatedZones",),
    "planner.fences": ("read_fences",),
    "planner.ground": ("Ground",),
    "planner.intake.address": ("Address", "parse_address", "parse_addresses"),
    "planner.intake.residents": ("read_households", "read_members"),
    "planner.lookup": ("Lookup",),
    "planner.network.graph": ("WalkingNetwork",),
    "planner.network.straight": ("StraightNetwork",),
    "planner.pipeline": ("make_plan", "run"),
    "planner.register": ("people_of",),
    "planner.plan": ("Plan",),
    "planner.reviewing": ("Review", "review"),
    "planner.rules": ("Bound", "RuleBook", "WalkLimit"),
    "planner.siting": ("Proposal", "site"),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
