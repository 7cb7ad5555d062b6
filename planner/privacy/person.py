"""What the office's sheets say of each resident, for the one file that may tell it.

A plan holds no names: they rejoin it here, at the last door, in memory, for an internal map or for the
gate, and are stored nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["People", "Person"]


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """What the sheets say of one household or member.

    Parameters
    ----------
    name : str
        Of the householder or member; "" if not given.
    phone, office_phone : str
        As written.  Only what stands under 办公电话/office phone is an office phone.
    room : str
        As written; the address as written where the sheet has no column for rooms.
    care : tuple of str
        Flags such as 独居; the header, or what the cell says.
    doubtful : bool
        Whether a cell about care says neither yes nor no nor what it is; it is in `care` then, to be safe.
    """

    name: str = ""
    phone: str = ""
    office_phone: str = ""
    room: str = ""
    care: tuple[str, ...] = ()
    doubtful: bool = False


@dataclass(frozen=True, eq=False)
class People:
    """What the office's sheets say of everyone.

    Parameters
    ----------
    households, members : mapping of str to Person
        By the ids of the plan.
    private : mapping of str to frozenset of str
        What the sheets hold that no public or meeting file may: what it is, to the strings.
    """

    households: Mapping[str, Person] = field(default_factory=dict)
    members: Mapping[str, Person] = field(default_factory=dict)
    private: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def secrets(self) -> Mapping[str, frozenset[str]]:
        """Give the strings that must not show, by what they are."""
        return self.private

    def __repr__(self) -> str:
        """Never a name."""
        return f"<People: {len(self.households)} households, {len(self.members)} members>"
