"""Official names of counties and towns, known by the city that they belong to.

`divisions.txt.gz` holds one county a line: province, city (``-`` where the county answers to the
province), county, then its towns.  The names are those that the National Bureau of Statistics
publishes (codes of 2023), as gathered by modood/Administrative-divisions-of-China (MIT).
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from planner.intake.address.grammar.lexicon import BARE_CITIES, PROVINCES

__all__ = ["Divisions", "divisions", "short_name"]

_TAIL = re.compile(
    "(?<=[一-龥][一-龥])(?:[一-龥]{1,3}族|各族)*(?:自治[县旗州]|民族乡|民族镇|街道办事处|街道|苏木|地区|林区|特区)$|(?<=[一-龥][一-龥])[省市区县旗盟镇乡]$"
)


def short_name(name: str) -> str:
    """Drop the ending of an official name: ``八公山区`` gives ``八公山``.

    Returns
    -------
    str
        The name itself where fewer than two characters would be left.
    """
    short = _TAIL.sub("", name)
    return short if len(short) >= 2 else name


@dataclass(frozen=True)
class Divisions:
    """What belongs to what.

    Parameters
    ----------
    counties : dict of str to frozenset of str
        County, official or short name -> short names of its possible cities and provinces.
    county_lengths : dict of str to tuple of int
        First two characters -> lengths of the counties that begin so.
    official : frozenset of str
        Official names among the counties.
    towns : dict of str to dict
        Short name of a city or, for counties without one, of a province -> first two characters
        -> names of its towns, official and short.
    """

    counties: dict[str, frozenset[str]]
    county_lengths: dict[str, tuple[int, ...]]
    official: frozenset[str]
    towns: dict[str, dict[str, tuple[str, ...]]]


def _city_short(name: str) -> str:
    for length in range(len(name), 1, -1):
        if name[:length] in BARE_CITIES:
            return name[:length]
    return short_name(name)


def _province_short(name: str) -> str:
    return next((short for short in PROVINCES if name.startswith(short)), short_name(name))


@lru_cache(maxsize=1)
def divisions() -> Divisions:
    """Load the names; the first call takes some 0.1 s."""
    packed = files("planner.intake.address").joinpath("divisions.txt.gz").read_bytes()
    counties: dict[str, set[str]] = {}
    official: set[str] = set()
    towns: dict[str, dict[str, set[str]]] = {}
    for line in gzip.decompress(packed).decode("utf-8").splitlines():
        province, city, county, *names = line.split(" ")
        # A dash: counties that stand under their province, without a city between.
        above = _province_short(province) if city == "-" else _city_short(city)
        official.add(county)
        # People write 八公山 for 八公山区.
        for form in {county, short_name(county)}:
            counties.setdefault(form, set()).update({above, _province_short(province)})
        table = towns.setdefault(above, {})
        for name in names:
            for form in (name, short_name(name)):
                table.setdefault(form[:2], set()).add(form)
    lengths: dict[str, set[int]] = {}
    for name in counties:
        lengths.setdefault(name[:2], set()).add(len(name))
    return Divisions(
        {name: frozenset(above) for name, above in counties.items()},
        {head: tuple(sorted(sizes)) for head, sizes in lengths.items()},
        frozenset(official),
        {
            above: {
                head: tuple(sorted(forms, key=lambda f: (-len(f), f))) for head, forms in t.items()
            }
            for above, t in towns.items()
        },
    )
