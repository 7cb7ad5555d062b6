"""The privacy gate: it reads the finished file and refuses to release what its audience must not see."""

from planner.privacy.gate import check_page, released
from planner.privacy.marks import is_citizen_number, marks_in
from planner.privacy.reader import Part, parts_of
from planner.privacy.secrets import SEAL, UNKNOWN, Secrets

__all__ = [
    "SEAL",
    "UNKNOWN",
    "Part",
    "Secrets",
    "check_page",
    "is_citizen_number",
    "marks_in",
    "parts_of",
    "released",
]
