"""People planted in every column of the sheets appear in no file for others, no log, no cache, no error."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl
import pytest

from planner.api.people import people_of
from planner.api.plan import Plan
from planner.api.scenarios import compare
from planner.files import atomic_write
from planner.plan.store import store_plan
from planner.privacy import SEAL, parts_of
from planner.privacy.audience import AUDIENCE_OF, Audience
from tests.acceptance.canaries import CENTRES, Canaries, files_of, write_office
from tests.commanded import planner


@dataclass(frozen=True)
class Office:
    """A project, what was planted in it, and where its results lie."""

    project: Path
    canaries: Canaries
    out: Path
    said: str


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Plan the office once, through the command line."""
    import contextlib
    import io

    folder = tmp_path_factory.mktemp("canaries")
    canaries = Canaries()
    project = write_office(folder / "input", canaries)
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        assert planner(patch, "zone", project, "--out", folder / "out") == 0
    return Office(project, canaries, folder / "out", said.getvalue())


def test_the_canaries_can_be_found(office: Office) -> None:
    """They are in the sheets, so a search that finds none elsewhere means something."""
    seen = [office.canaries.found_in((office.project.parent / f"{n}.xlsx").read_bytes(), n)
            for n in ("homes", "members")]  # fmt: skip
    assert set(seen[0]) | set(seen[1]) == set(office.canaries.planted.values())
    assert len(office.canaries.planted) > 2000


def test_no_result_of_a_plan_holds_a_person(office: Office) -> None:
    """Not the map, not the summaries, and not even the plan file and the roster: they know ids alone."""
    files = {p.name for p in files_of(office.out)}
    assert files == set(AUDIENCE_OF)
    for path in files_of(office.out):
        assert not office.canaries.found_in(path.read_bytes(), path.name), path.name
    assert not office.canaries.shown(office.said)


def test_files_of_residents_are_their_owners_alone(office: Office) -> None:
    """What is internal cannot be read by other users of the machine; the rest can."""
    for name, audience in AUDIENCE_OF.items():
        mode = (office.out / name).stat().st_mode & 0o077
        assert (mode == 0) == (audience is Audience.INTERNAL), name


def test_no_cache_holds_a_person(office: Office) -> None:
    """Whatever lies beside the project but its own sheets."""
    for path in files_of(office.project.parent):
        if path.name not in ("homes.xlsx", "members.xlsx"):
            assert not office.canaries.found_in(path.read_bytes(), path.name), path.name


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("audience", ["public", "meeting", "internal"])
def test_maps(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    audience: str,
    named: bool,
) -> None:
    """A map shows people only where it may: centres on a public one, the register on an internal one."""
    path = tmp_path / "map.html"
    words = ["--project", office.project] if named else []
    done = planner(
        monkeypatch, "map", office.out / "plan.gpkg", "--audience", audience, "--out", path, *words
    )
    assert done == 0
    told = capfd.readouterr()
    assert not office.canaries.shown(told.out + told.err)
    found = set(office.canaries.found_in(path.read_bytes(), path.name))
    centres = {f"a name in members row {b + 2}" for b in CENTRES}
    if not named or audience == "meeting":
        assert not found
    elif audience == "public":
        assert found == centres
    else:
        homes = {f"a name in homes row {i + 2}" for i in range(120)}
        assert centres | homes <= found
        assert not [w for w in found if "id number in members" in w and "address" not in w]
    text = "\n".join(p.text for p in parts_of(path.read_bytes(), "map.html"))
    assert ("0554-6601007" in text) == (named and audience == "public")
    assert ("PH00007" in text) == (audience == "internal")
    assert ("PM0003" in text) == (audience == "internal")
    assert ("PM0007" in text) == (audience != "public")
    assert ("内部资料" in text) == (audience == "internal")


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("audience", list(Audience))
def test_layers_cards_and_reports(office: Office, audience: Audience, named: bool) -> None:
    """What a plan hands on holds no person but the centres, for the public, if it is told them."""
    plan = Plan.load(office.out)
    people = people_of(office.project, plan) if named else None
    made: dict[str, str | Path] = {
        "zones.geojson": plan.to_geojson(audience=audience, people=people),
        "zones.kml": plan.to_kml(audience=audience, people=people),
        "explored.html": plan.explore(audience=audience, people=people).get_root().render(),
        "report.md": plan.report(people=people).text,
        "card.html": plan._repr_html_(),
        "scenarios.html": compare([plan, plan]).page(),
    }
    centres = {f"a name in members row {b + 2}" for b in CENTRES} if named else set()
    for name, text in made.items():
        found = set(office.canaries.found_in(str(text).encode(), name))
        public = audience is Audience.PUBLIC and name.startswith(("zones", "explored"))
        assert found == (centres if public else set()), name


def test_check_and_review(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Only the office's own marked copies and its review workbook hold people; reports and logs do not."""
    planner(monkeypatch, "check", office.project, "--id-numbers", "--out", tmp_path / "checked")
    planner(monkeypatch, "review", office.project, "--doubtful", "--out", tmp_path / "review.xlsx")
    told = capfd.readouterr()
    assert not office.canaries.shown(told.out + told.err)
    own = {"homes.checked.xlsx", "members.checked.xlsx", "review.xlsx"}
    for path in files_of(tmp_path):
        if path.name in own:
            assert path.stat().st_mode & 0o077 == 0, path.name
        else:
            assert not office.canaries.found_in(path.read_bytes(), path.name), path.name


def test_apply(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Changes are replayed without a person in the results; one in a note stops the map, and is not told."""
    from planner.plan.provenance import plan_fingerprint

    plan = Plan.load(office.out / "plan.gpkg")
    secret = next(iter(office.canaries.planted))
    changes = {
        "format": "planner-changes-1",
        "plan": plan_fingerprint(plan),
        "created": "2026-05-18T09:30:00Z",
    }
    changes |= {"moves": [], "locks": [], "unlocked": []}
    for text, code in (("门口有坡道", 0), ("1号楼101室独居", 5), (f"电话 {phones(office)[0]}", 2)):
        note = {"lon": 116.8005, "lat": 32.6005, "text": text}
        path = tmp_path / "changes.json"
        path.write_text(json.dumps({**changes, "notes": [note]}), "utf-8")
        out = tmp_path / f"out{code}{len(text)}"
        assert planner(monkeypatch, "apply", office.out / "plan.gpkg", path, "--out", out) == code
        assert (out / "map.html").exists() == (code == 0)
    told = capfd.readouterr()
    assert not office.canaries.shown(told.out + told.err)
    assert secret not in told.err


def test_a_plan_that_knew_nobody_learns_from_its_sheets(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`map --project` gives a plan of old its digests: from then on each door knows its people."""
    plan = Plan.load(office.out / "plan.gpkg")
    assert plan.knows_people
    note = {k: v for k, v in plan.provenance.items() if k != SEAL}
    name = next(c for c, where in office.canaries.planted.items() if "a name in homes" in where)
    label = [f"{name}家", *plan.units["label"].tolist()[1:]]
    for kept, labels, code in (("good", plan.units["label"].tolist(), 0), ("bad", label, 5)):
        bare = replace(plan, provenance=note, units=plan.units.assign(label=labels))
        made = tmp_path / f"{kept}.gpkg"
        atomic_write(made, lambda path, bare=bare: store_plan(bare, path), private=True)
        words = ("map", made, "--out", tmp_path / f"{kept}.html")
        assert planner(monkeypatch, *words) == 5
        assert planner(monkeypatch, *words, "--project", office.project) == code
        assert Plan.load(made).knows_people
        if code == 0:
            assert not office.canaries.found_in(made.read_bytes(), made.name)
        assert planner(monkeypatch, *words, "--force") == code


def phones(office: Office) -> list[str]:
    """Give the phones that were planted."""
    return [c for c, where in office.canaries.planted.items() if where.startswith("a phone")]


def test_a_person_in_a_column_that_is_drawn_is_not_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A householder's name, a phone or an id number as a building: labels are built, never copied."""
    for kind in ("name", "phone", "number"):
        canaries = Canaries()
        named = getattr(canaries, kind)("the building column")
        project = write_office(tmp_path / kind, canaries, building=f"{named}家")
        if kind == "name":
            book = openpyxl.load_workbook(project.parent / "homes.xlsx")
            book["居民"]["B60"] = named
            book.save(project.parent / "homes.xlsx")
        out = tmp_path / f"out {kind}"
        assert planner(monkeypatch, "zone", project, "--out", out) == 0
        told = capfd.readouterr()
        assert not canaries.shown(told.out + told.err)
        for path in files_of(out):
            assert not canaries.found_in(path.read_bytes(), path.name), path.name


def test_failing_runs_tell_no_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Bad input of many kinds ends in an error that names file, row and column, and nobody."""
    canaries = Canaries()
    project = write_office(tmp_path / "input", canaries)
    sheet = project.parent / "homes.xlsx"
    spoilt = {
        "no place": lambda page: page.delete_cols(5, 3),
        "two of one header": lambda page: page.cell(1, 14, "家庭住址"),
        "clashing ids": lambda page: [page.cell(r, 1, "PH00001") for r in range(2, 60)],
        "names as ids": lambda page: [page.cell(r, 1, page.cell(r, 2).value) for r in range(2, 60)],
        "metres": lambda page: [page.cell(r, 6, 500000 + r) for r in range(2, 122)],
        "names as loads": lambda page: [
            page.cell(r, 12, page.cell(r, 2).value) for r in range(2, 122)
        ],
        "no header": lambda page: page.delete_rows(1),
        "a phone as header": lambda page: page.cell(1, 16, page.cell(2, 4).value),
        "an id number as header": lambda page: page.cell(1, 16, page.cell(2, 3).value),
        "a phone as sheet": lambda page: setattr(page, "title", str(page.cell(2, 4).value)),
    }
    whole = sheet.read_bytes()
    for what, spoil in spoilt.items():
        sheet.write_bytes(whole)
        book = openpyxl.load_workbook(sheet)
        spoil(book["居民"])
        book.save(sheet)
        out = tmp_path / f"out {what}"
        planner(monkeypatch, "zone", project, "--out", out)
        planner(monkeypatch, "check", project, "--out", out / "checked")
        told = capfd.readouterr()
        assert not canaries.shown(told.out + told.err), what
        for path in files_of(out):
            if not path.name.endswith((".checked.xlsx", ".internal.xlsx", "plan.gpkg")):
                assert not canaries.found_in(path.read_bytes(), path.name), (what, path.name)


def test_people_are_read_for_the_plan_that_they_belong_to(office: Office, tmp_path: Path) -> None:
    """Sheets that were changed since are refused: a name must not come to a wrong door."""
    from planner.errors import InputError

    plan = Plan.load(office.out / "plan.gpkg")
    people = people_of(office.project, plan)
    assert len(people.members) == 24
    assert not office.canaries.shown(repr(people) + repr(people.members["PM0007"]))
    other = write_office(tmp_path / "other", Canaries())
    book = openpyxl.load_workbook(other.parent / "members.xlsx")
    book["党员"]["B3"] = "某某"
    book.save(other.parent / "members.xlsx")
    with pytest.raises(InputError, match="not those"):
        people_of(other, plan)
