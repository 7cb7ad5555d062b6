"""Choosing the centres among the candidates (择优选户): from a project's files to a proposal.

The same sheets, streets and fences as for a plan; what is decided here is who should be a centre.  The
proposal writes a members' sheet with the new centres marked, from which `planner zone` goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from planner.api.opening import Estimate, Opened, online_of, open_project
from planner.api.progress import Clock, Event, Listener
from planner.api.site.candidates import list_candidates, mean_scores
from planner.api.site.communities import beyond_rules, fence_table
from planner.api.site.counts import counts_of
from planner.api.site.handover import marked_members, next_project
from planner.api.site.proposal import (
    Outcome,
    chosen_table,
    left_table,
    one_more,
    one_more_table,
    uncovered_table,
)
from planner.api.site.quarters import Quarter, choose, make_quarters
from planner.api.site.scoring import scoring_table
from planner.demand.demand import build_demand
from planner.demand.ground import Ground
from planner.demand.locate import Located
from planner.errors import ConfigError, Finding
from planner.files import Content, write_files
from planner.intake.nominations import WAYS, read_nominations, read_objections
from planner.intake.residents import Residents
from planner.model.project import Project
from planner.model.service_sheets import OBJECTIONS
from planner.privacy import Secrets, released
from planner.privacy.audience import Audience
from planner.privacy.person import People, Person
from planner.render.books.proposal_book import proposal_bytes, proposal_lines
from planner.render.text.notice import notice_text

__all__ = ["SITING_STAGES", "Proposal", "site"]

SITING_STAGES = ("read", "ground", "geocode", "demand", "site", "choose")
BOOK, SHEET, FILE = "proposal.internal.xlsx", "members.xlsx", "planner.toml"
NOTICE = "notice.public.md"


@dataclass(frozen=True, eq=False)
class Proposal:
    """Who should be a centre, and why.

    Parameters
    ----------
    chosen : DataFrame
        See `planner.api.site.proposal.chosen_table`.
    left : DataFrame
        Everyone else who could have been, see `planner.api.site.proposal.left_table`.
    uncovered : DataFrame
        Units whose homes no centre reaches as the rules ask, see `planner.api.site.proposal.uncovered_table`.
    fences : DataFrame
        Sums of each fence, with the proven bound, see `planner.api.site.communities.fence_table`.
    figures : mapping
        Plain values: ``count, asked`` (``count``, ``fewest`` or ``present``)``, households, located,
        members, members_located, walk_m`` (mean over the homes)``, walk_before_m`` (with today's
        centres, at best; None where some fence has none)``, value_m, bound_m, optimality_gap`` (for
        this number in each fence)``, score, score_before`` (means of the chosen and of today's centres,
        None if none is stated)``, uncovered`` (homes)``, score_m, strength_m, strengths, criteria, limit_m,
        publish_names, network, synthetic, title, seed``; ``one_more`` (of each community what one centre more
        would change, see `planner.api.site.proposal.one_more_table`) and ``one_point`` (how many of those
        left out would be chosen with one point of score more; None where points are worth nothing).
    findings : tuple of Finding
        What was noticed in the input.
    members : Residents
        As read, for the sheet that is handed on.
    sources : tuple of Path
        Their files.
    project_file : Path or None
        The project file, where it is known.
    scoring : DataFrame
        How each was nominated, the points, and what one more would change; see
        `planner.api.site.scoring.scoring_table`.
    """

    chosen: pd.DataFrame
    left: pd.DataFrame
    uncovered: pd.DataFrame
    fences: pd.DataFrame
    figures: Mapping[str, Any]
    findings: tuple[Finding, ...]
    members: Residents
    sources: tuple[Path, ...]
    project_file: Path | None = None
    inputs: tuple[Path, ...] = field(default=())
    scoring: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def centres(self) -> tuple[str, ...]:
        """Ids of the chosen, sorted."""
        return tuple(sorted(self.chosen["candidate_id"]))

    def save(
        self, folder: str | Path, *, people: People | None = None, replacing: bool = False
    ) -> dict[str, Path]:
        """Write the proposal, and what `planner zone` goes on from.

        Parameters
        ----------
        folder : str or Path
            Made if it is absent.
        people : People, optional
            Names beside the ids, see `planner.api.people.people_of`; with them the list to be published
            (公示) is written too.
        replacing : bool
            Files that were edited since may be lost.

        Returns
        -------
        dict of str to Path
            ``proposal.internal.xlsx``; ``members.xlsx``, a copy of the members' sheet with the chosen marked;
            and ``planner.toml``, the project file for it, where the present one can be rewritten.  These
            are the office's own, readable by their owner alone; ``notice.public.md`` is for anyone.

        Raises
        ------
        ConfigError
            One of them would overwrite a file of the project.
        OutputError
            The folder cannot be written.
        PrivacyError
            The list to be published would tell of somebody else.
        """
        where = Path(folder)
        tables = (self.chosen, self.left, self.uncovered, self.fences, self.scoring)
        book = proposal_bytes(tables, self.figures, people)
        files: dict[str, Content] = {
            BOOK: released(book, BOOK, Audience.INTERNAL),
            SHEET: marked_members(self.sources, self.members, self.centres),
        }
        if self.project_file is not None:
            text = next_project(self.project_file, where, SHEET)
            files |= {} if text is None else {FILE: text.encode()}
        own_files = tuple(files)
        if people is not None and len(self.scoring):
            files[NOTICE] = self.notice(people).encode()
        # the very sheet that was read may lie in the folder that is written to
        own = {p.resolve() for p in self.inputs}
        if clash := [name for name in files if (where / name).resolve() in own]:
            raise ConfigError.of("would-change-input", name=clash[0], where=where)
        return write_files(where, files, private=own_files, replacing=replacing)

    def notice(self, people: People) -> str:
        """Write the list to be published, past the gate: ids, and names where the project says so.

        Parameters
        ----------
        people : People
            Whom it must not name; see `planner.api.people.people_of`.

        Raises
        ------
        PrivacyError
            It would tell of somebody who was not chosen, or more than a name of who was.
        """
        known = {i: people.members[i].name for i in self.centres if i in people.members}
        names = {i: n for i, n in known.items() if n} if self.figures["publish_names"] else {}
        ways = {code: (zh, en) for code, (zh, en, _) in WAYS.items()}
        listed = self.chosen[["candidate_id", "fence"]].merge(
            self.scoring[["candidate_id", "way"]], on="candidate_id", how="left"
        )
        text = notice_text(listed, ways, names, self.figures)
        secrets = Secrets.of(None, people, shown=map(Person, names.values()))
        released(text.encode(), NOTICE, Audience.PUBLIC, secrets)
        return text

    @property
    def lines(self) -> tuple[str, ...]:
        """What it comes to, a line each, in Chinese and English."""
        return tuple(proposal_lines(self.figures))

    def __repr__(self) -> str:
        f = self.figures
        return (
            f"<Proposal: {f['count']} of {f['count'] + len(self.left)} candidates, "
            f"mean walk {f['walk_m']:.0f} m, proven within {100 * f['optimality_gap']:.2f} % of the best>"
        )


def site(
    project: Project | str | Path,
    *,
    count: int | None = None,
    fewest: bool = False,
    force: Sequence[str] = (),
    forbid: Sequence[str] = (),
    offline: bool = False,
    consent: Callable[[Estimate], bool] | None = None,
    listener: Listener | None = None,
) -> Proposal:
    """Choose the centres among the candidates.

    Candidates are the members marked so in the column 候选户/candidate, everyone if nobody is marked,
    and whoever is forced.  A home counts the metres to its centre, and what the rules charge beyond the
    walk limit; `planner.model.project.Siting` says what scores and strengths are worth beside that.

    Parameters
    ----------
    project : Project or path
        As for `planner.run`; with a path the proposal can hand on a project file too.
    count : int, optional
        How many; as many as are marked as centres today if None, and where nobody is, the fewest.
    fewest : bool
        The fewest that suffice: no zone over its ceilings, and every home that has a candidate within
        the walk limit has a centre within it.
    force, forbid : sequence of str
        Ids of members who must, and must not, be chosen.
    offline, consent, listener
        See `planner.run`.

    Returns
    -------
    Proposal

    Raises
    ------
    ConfigError
        Nobody can be chosen, an id is unknown, or both a count and the fewest are asked for.
    InfeasibleError
        So many cannot be chosen.
    InputError, NetworkError
        A file cannot be used as it is.
    """
    if count is not None and (fewest or count < 1):
        raise ConfigError(
            "ask for a number of centres or for the fewest, not both"
            if fewest
            else f"{count} centres cannot be chosen: at least 1",
            zh="数量与最少数量不能同时指定" if fewest else f"不能选出 {count} 名中心户：至少为 1",
        )
    file = None if isinstance(project, Project) else Path(project)
    task = project if isinstance(project, Project) else Project.read(project)
    tell = listener or (lambda _: None)
    opened, located = _located(task, offline, consent, listener)
    ground, members = opened.ground, opened.members
    tell(Event("demand", 0.0))
    # Who is a centre today must not shape the units: a stairwell with two of them would be cut.
    nobody = located.members.assign(is_centre=False)
    demand = build_demand(located.households, nobody, ground.network, task.rules)
    tell(Event("demand", 1.0))
    nominated = read_nominations(task.inputs.member_files, members, task.siting.criteria)
    objections = _objections(task)
    # A member who stands in the sheet twice is nominated once.
    known = nominated.frame.assign(id=members.kept["id"].to_numpy()).drop_duplicates("id")
    candidates, aside, said = list_candidates(
        task.siting, located, demand, known, force, forbid, objections
    )
    tell(Event("site", 0.0))
    quarters = make_quarters(demand, candidates, ground.network, task.rules)
    tell(Event("site", 1.0))
    unit = demand.member_unit[located.members["is_centre"].to_numpy(bool)]
    present = unit[unit >= 0]
    asked = "count" if count else "fewest" if fewest or not len(present) else "present"
    total = None if asked == "fewest" else count or len(present)
    counts, enough = counts_of(quarters, total, task.search.seed, tell)
    outcomes = _chosen(quarters, counts, asked == "fewest" and enough, task, tell)
    fences = fence_table(outcomes, demand, ground.network, present)
    uncovered = uncovered_table(outcomes, candidates, demand)
    chosen = chosen_table(outcomes, candidates, demand)
    tell(Event("choose", 1.0))
    said += () if enough else (Finding.of("siting-not-enough"),)
    said += beyond_rules(quarters, counts) if asked != "fewest" else ()
    left = left_table(outcomes, candidates, aside)
    scored = scoring_table(known, chosen, left, task.siting, objections)
    found = (*demand.findings, *nominated.findings)
    more = one_more(one_more_table(outcomes, candidates), scored)
    return Proposal(
        chosen=chosen,
        left=left,
        scoring=scored,
        uncovered=uncovered,
        fences=fences,
        figures=_figures(task, asked, located, fences, uncovered, ground, members)
        | {**mean_scores(chosen, located, known), **more},
        findings=(*opened.findings, *located.findings, *found, *said),
        members=members,
        sources=tuple(p for p in task.inputs.member_files if isinstance(p, Path)),
        project_file=file,
        inputs=_input_files(task, file),
    )


def _objections(task: Project) -> dict[str, str]:
    file = task.siting.objections
    return {} if file is None else read_objections(file, told=task.inputs.told(OBJECTIONS))


def _input_files(task: Project, file: Path | None) -> tuple[Path, ...]:
    """Give every file that is read: none of them may be written over."""
    inputs = [getattr(task.inputs, n) for n in task.inputs.__slots__]
    files = (*inputs, *task.files, file)
    return tuple(p for p in files if isinstance(p, Path))


def _located(
    task: Project,
    offline: bool,
    consent: Callable[[Estimate], bool] | None,
    listener: Listener | None,
) -> tuple[Opened, Located]:
    """Read the files and place everyone; the first stages of a plan."""
    clock, online = Clock.of(listener), online_of(task, consent, offline=offline)
    opened = open_project(task, clock)
    with clock.stage("geocode"):
        return opened, opened.believed().placed(online, clock)


def _chosen(
    quarters: Sequence[Quarter], counts: Sequence[int], suffice: bool, task: Project, tell: Listener
) -> list[Outcome]:
    """Search each fence in earnest; larger ones longer."""
    size = np.array([len(q.units) * q.ways for q in quarters], float)
    seconds = min(task.siting.seconds, task.search.seconds) * size / max(size.sum(), 1.0)
    made = []
    for n, (q, k) in enumerate(zip(quarters, counts, strict=True)):
        answer = None
        if k:
            answer = choose(
                q,
                k,
                seconds=float(seconds[n]),
                seed=task.search.seed,
                gap=task.search.gap,
                suffice=suffice,
            )
        made.append(Outcome(q, answer))
        tell(Event("choose", 0.5 + 0.5 * (n + 1) / len(quarters), q.name))
    return made


def _figures(
    task: Project,
    asked: str,
    located: Located,
    fences: pd.DataFrame,
    uncovered: pd.DataFrame,
    ground: Ground,
    members: Residents,
) -> dict[str, Any]:
    homes = fences["households"].to_numpy(float)
    walk, before = fences["walk_m"].to_numpy(float), fences["walk_before_m"].to_numpy(float)
    live = np.isfinite(walk)
    value, bound = (
        float(fences.loc[live, "value_m"].sum()),
        float(fences.loc[live, "bound_m"].sum()),
    )

    def mean(values: np.ndarray, at: np.ndarray) -> float:
        return round(float((values[at] * homes[at]).sum() / max(homes[at].sum(), 1.0)), 1)

    return {
        "count": int(fences["centres"].sum()),
        "before": int(fences["centres_before"].sum()),
        "asked": asked,
        "households": len(located.households),
        "located": int(homes.sum()),
        "members": len(located.members),
        "members_located": int(located.members["lon"].notna().sum()),
        "walk_m": mean(walk, live),
        # A mean of some fences alone could not be compared.
        "walk_before_m": mean(before, live) if np.isfinite(before[live]).all() else None,
        "value_m": value,
        "bound_m": bound,
        "optimality_gap": max(value - bound, 0.0) / value if value > 0 else 0.0,
        "misfit": float(fences["misfit"].sum()),
        "uncovered": int(uncovered["households"].sum()),
        "score_m": task.siting.score_m,
        "strength_m": task.siting.strength_m,
        "strengths": list(task.siting.strengths),
        "criteria": dict(task.siting.criteria),
        "publish_names": task.siting.publish_names,
        "limit_m": task.rules.walk.limit_m,
        **ground.walked_on,
        "synthetic": members.synthetic,
        "title": task.title,
        "seed": task.search.seed,
    }
