"""Online geocoding services: off unless one is named; buildings are sent, never people."""

from planner.intake.providers.audit import Audit, Sent
from planner.intake.providers.cache import AnswerCache
from planner.intake.providers.estimate import Estimate, estimate
from planner.intake.providers.lookup import Lookup, lookup
from planner.intake.providers.settings import SERVICES, ProviderSettings

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
