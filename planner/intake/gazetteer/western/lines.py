"""Western address lines: which of their words are the street, and which the number."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Final

from planner.intake.gazetteer.western.streets import (
    UNIT_WORDS,
    fold_text,
    is_letter,
    is_number,
    join_name,
    number_key,
    words,
)

__all__ = ["Line", "Reading", "exact_readings", "loose_readings", "read_line"]

LONGEST: Final = 6  # words of a street, as Avenue of the Americas South West
_UNIT_WORDS = UNIT_WORDS | {"bldg"}
_MOST_WORDS = 24  # readings grow by the square of the words, and nobody's address has more


@dataclass(frozen=True, slots=True)
class Line:
    """An address cut into words.

    Parameters
    ----------
    tokens : tuple of str
        Folded words, numbers and commas.
    """

    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a line.

    Parameters
    ----------
    street : str
        Reduced words of the street (see `planner.intake.gazetteer.western.streets.join_name`).
    numbers : tuple of str
        Number keys to be tried, the likeliest first; empty where the line gives none.
    rest : tuple of str
        Words outside street and number: town, quarter, postcode, flat.
    dangling : bool
        Whether a word stands right behind the street, or before it, that the reading leaves unread.
    """

    street: str
    numbers: tuple[str, ...]
    rest: tuple[str, ...]
    dangling: bool = False


def read_line(text: str) -> Line:
    """Cut an address into words."""
    return Line(words(fold_text(text))[:_MOST_WORDS])


def exact_readings(line: Line, streets: Container[str]) -> list[Reading]:
    """Give the readings whose street is known, the longest street names first."""
    found: list[tuple[int, int, str]] = []
    for i, j in _windows(line.tokens, LONGEST):
        key = join_name(line.tokens[i:j])
        if key in streets and not any(a <= i and j <= b for a, b, _ in found):
            found.append((i, j, key))
    return [r for i, j, key in found for r in _readings(line.tokens, i, j, key)]


def loose_readings(line: Line) -> list[Reading]:
    """Give every reading of words beside a number as a street, known or not."""
    found: list[Reading] = []
    for i, j in _windows(line.tokens, LONGEST - 1):
        found += [r for r in _readings(line.tokens, i, j, join_name(line.tokens[i:j])) if r.numbers]
    if not found:
        found = [
            Reading(join_name(line.tokens[i:j]), (), line.tokens[j:])
            for i, j in _windows(line.tokens, LONGEST - 1)
            if i == 0
        ]
    return found


def _windows(tokens: tuple[str, ...], longest: int) -> Iterator[tuple[int, int]]:
    """Give runs of words without a break, long ones first."""
    n = len(tokens)
    for size in range(min(longest, n), 0, -1):
        for i in range(n - size + 1):
            if "," not in tokens[i : i + size]:
                yield i, i + size


def _readings(tokens: tuple[str, ...], i: int, j: int, key: str) -> list[Reading]:
    """Read the number before the street, and the number behind it."""
    found: list[Reading] = []
    house = _house_before(tokens, i)
    if house is not None:
        left, letter = house
        numbers = list(_spellings(tokens[left], letter))
        if left and is_number(tokens[left - 1]):
            numbers.insert(0, number_key(f"{tokens[left - 1]}-{tokens[left]}"))
        rest = tokens[: max(left - 1, 0)] + tokens[j:]
        found.append(Reading(key, tuple(dict.fromkeys(numbers)), rest, _word(tokens, j)))
    right = j if j < len(tokens) and tokens[j] != "," else j + 1
    if right < len(tokens) and is_number(tokens[right]) and (right == j or len(tokens[right]) < 5):
        letter = tokens[right + 1] if right + 1 < len(tokens) else ""
        letter = letter if is_letter(letter) else ""
        numbers = list(_spellings(tokens[right], letter))
        if right + 1 < len(tokens) and is_number(tokens[right + 1]):
            numbers.append(number_key(f"{tokens[right]}-{tokens[right + 1]}"))
        rest = tokens[:i] + tokens[right + 1 :]
        found.append(Reading(key, tuple(dict.fromkeys(numbers)), rest, _word(tokens, i - 1)))
    return found or [Reading(key, (), tokens[:i] + tokens[j:])]


def _house_before(tokens: tuple[str, ...], i: int) -> tuple[int, str] | None:
    """Find the number that stands before a street: ``12``, ``12 B`` or ``12 B 5``, and its letter."""
    at = i - 1
    if at > 0 and tokens[at] == ",":
        at -= 1
        if at > 0 and tokens[at - 1] != ",":
            return None
    home = at > 1 and is_number(tokens[at]) and is_letter(tokens[at - 1])
    if home and is_number(tokens[at - 2]):
        return at - 2, tokens[at - 1]
    letter = tokens[at] if at > 0 and is_letter(tokens[at]) else ""
    at -= bool(letter)
    if at < 0 or not is_number(tokens[at]) or (at and tokens[at - 1] in _UNIT_WORDS):
        return None
    return at, letter


def _word(tokens: tuple[str, ...], i: int) -> bool:
    return 0 <= i < len(tokens) and len(tokens[i]) > 1 and tokens[i][0].isalpha()


def _spellings(number: str, letter: str) -> Iterator[str]:
    """Give the number with its letter, then without, then the first of a range, then as block and house."""
    key = number_key(number)
    if letter and key[-1:].isdigit():
        yield key + letter
    yield key
    bare = key.rstrip("abcdefghijklmnopqrstuvwxyz")
    if bare != key:
        yield bare
    if "-" in key:
        yield key.split("-")[0]
    elif bare.isdigit() and 3 <= len(bare) <= 5:
        yield number_key(f"{bare[:-2]}-{bare[-2:]}") + key[len(bare) :]
