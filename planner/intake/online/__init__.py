"""Online geocoding services: off unless one is named; buildings are sent, never people."""

from planner.intake.online.ask import Lookup, lookup
from planner.intake.online.cache import AnswerCache
from planner.intake.online.estimate import Estimate, estimate
from planner.intake.online.sent import Audit, Sent
from planner.intake.online.settings import SERVICES, ProviderSettings

__all__ = [
    "SERVICES",
    "AnswerCache",
    "Audit",
    "Estimate",
    "Lookup",
    "ProviderSettings",
    "Sent",
    "estimate",
    "lookup",
]
