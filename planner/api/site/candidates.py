"""Who may be chosen as a centre, and what each is worth beside the walks to their home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from planner.demand.demand import Demand
from planner.demand.locate import Located
from planner.errors import ConfigError, Finding
from planner.intake.nominations import strengths_of
from planner.model.project import Siting

__all__ = ["list_candidates", "mean_scores"]


def list_candidates(
    terms: Siting,
    located: Located,
    demand: Demand,
    known: pd.DataFrame,
    force: Sequence[str],
    forbid: Sequence[str],
    objections: Mapping[str, str] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[Finding, ...]]:
    """List who may be chosen, and who was named but may not.

    Parameters
    ----------
    terms : Siting
        What scores and strengths are worth; the roles asked for.
    known : DataFrame
        ``id, candidate, score, role, strengths`` as the sheet says.
    objections : mapping of str to str, optional
        What became of objections to some members; against whom one was upheld, that one is left out.

    Returns
    -------
    able : DataFrame
        ``id, fence, label, was_centre, score, role, strengths, unit, forced, merit_m``.
    aside : DataFrame
        Those who were left out, with ``cause``.

    Raises
    ------
    ConfigError
        Nobody is left, or the ids cannot be met.
    """
    people = located.members[["id", "fence", "label", "is_centre"]].copy()
    people = people.merge(known, on="id", how="left")
    people = people.rename(columns={"is_centre": "was_centre"})
    people["was_centre"] = people["was_centre"].astype(bool)
    people["candidate"] = people["candidate"].eq(True)
    people[["role", "strengths"]] = people[["role", "strengths"]].fillna("")
    people["unit"] = demand.member_unit
    people["forced"] = people["id"].isin(list(force))
    _check_named(people, force, forbid)
    # Where nobody is nominated everybody is: an office that asks for a proposal has often no list
    # yet.
    pool = people["candidate"] | people["forced"] | (not people["candidate"].any())
    cause = np.full(len(people), "", object)
    if terms.roles:
        cause[(~people["role"].isin(terms.roles) & ~people["forced"]).to_numpy()] = "role"
    upheld = [who for who, state in (objections or {}).items() if state == "upheld"]
    cause[people["id"].isin(upheld).to_numpy()] = "objection"
    cause[people["id"].isin(list(forbid)).to_numpy()] = "forbidden"
    cause[(people["unit"] < 0).to_numpy()] = "no_place"
    people = people.assign(cause=cause)[pool.to_numpy()].reset_index(drop=True)
    able = people[people["cause"] == ""].reset_index(drop=True)
    if not len(able):
        raise ConfigError.of("no-candidates")
    lost = able.iloc[:0] if not force else people[people["forced"] & (people["cause"] != "")]
    if len(lost) and lost["cause"].iloc[0] == "objection":
        raise ConfigError.of("forced-objected", member=lost["id"].iloc[0])
    if len(lost):
        raise ConfigError.of("forced-without-place", member=lost["id"].iloc[0])
    merit, said = _merit(able, terms)
    return able.assign(merit_m=merit), people[people["cause"] != ""], said


def _check_named(people: pd.DataFrame, force: Sequence[str], forbid: Sequence[str]) -> None:
    unknown = sorted({*force, *forbid} - set(people["id"]))
    if unknown:
        raise ConfigError.of("no-member", unknown=unknown[0])
    if both := sorted(set(force) & set(forbid)):
        raise ConfigError.of("forced-and-forbidden", member=both[0])
    units = people[people["forced"] & (people["unit"] >= 0)]
    if units["unit"].duplicated().any():
        pair = units[units["unit"].duplicated(keep=False)].sort_values("unit")["id"].tolist()[:2]
        raise ConfigError.of("forced-in-one-unit", one=pair[0], other=pair[1])


def _merit(able: pd.DataFrame, terms: Siting) -> tuple[np.ndarray, tuple[Finding, ...]]:
    """Metres, to each home, by which each candidate falls short of the best: points, and strengths."""
    score = able["score"].to_numpy(float)
    stated = np.isfinite(score)
    said: tuple[Finding, ...] = ()
    short = np.zeros(len(able))
    if stated.any():
        # Falling short of the best, and not the score itself: costs must not become negative.
        short = score[stated].max() - np.where(stated, score, score[stated].min())
        if not stated.all() and terms.score_m > 0:
            said = (Finding.of("score-missing", n=int((~stated).sum())),)
    merit = terms.score_m * short
    if terms.strengths:
        wanted = set(terms.strengths)
        lacks = [not wanted & set(strengths_of(text)) for text in able["strengths"]]
        merit = merit + terms.strength_m * np.array(lacks, float)
    return merit, said


def mean_scores(
    chosen: pd.DataFrame, located: Located, known: pd.DataFrame
) -> dict[str, float | None]:
    """Mean score of the chosen, and of the centres of today, among those who have one.

    `chosen`: with ``score``.
    `located`: everyone, with ``is_centre``.
    """
    people = located.members
    today = known.loc[known["id"].isin(people.loc[people["is_centre"], "id"]), "score"]
    values = {"score": chosen["score"], "score_before": today}
    return {k: round(float(v.mean()), 1) if v.notna().any() else None for k, v in values.items()}
