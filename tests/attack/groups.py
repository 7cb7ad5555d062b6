"""The attacks by kind: each group tells of one attack after another whether it was held."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio

from planner.api.plan import Plan
from planner.errors import OutputError, PlannerError, PrivacyError
from planner.files import atomic_write, mark_as_read, open_layer, run_beside, write_files
from planner.plan.store import plans, store_plan
from planner.privacy import Secrets, released
from planner.privacy.audience import Audience
from tests.attack import reconstruct
from tests.attack.forms import FORMS, carried
from tests.attack.plan_files import MUTANTS, contradict, load_and_use, mutate
from tests.files.test_beside import BAIT, CHILD
from tests.files.test_geodata import POINTING, Server, collection, foreign_crs
from tests.files.test_untouched import OURS, THEIRS
from tests.files.test_write import SLOW
from tests.plans import make_plan_tables
from tests.privacy.hiding import HIDDEN, SECRETS, in_places

__all__ = ["GROUPS", "Group"]

NOTHING = Secrets({})
Attacks = Callable[[Path], Iterator[bool]]


@dataclass(frozen=True, slots=True)
class Group:
    """One kind of attack.

    Parameters
    ----------
    name : str
    attacks : callable
        Gives for each attack whether it was held; handed a folder of its own.
    works : callable
        Gives the same of something deliberately leaky, or made the old way: it does not hold.
    sample : int
        So many of the attacks are part of the default tests.
    """

    name: str
    attacks: Attacks
    works: Attacks
    sample: int = 12


def _refuses(act: Callable[[], object], *kinds: type[PlannerError]) -> bool:
    try:
        act()
    except kinds:
        return True
    return False


# --- what a file says -----------------------------------------------------------------------------------


def hidden_texts(_: Path) -> Iterator[bool]:
    """Names, ids, phones and numbers in every place of every kind of file."""
    for secret in HIDDEN.values():
        for name, data in in_places(secret).values():
            for audience in (Audience.MEETING, Audience.PUBLIC):
                yield _withheld(name, data, audience, SECRETS)


def _withheld(name: str, data: bytes, audience: Audience, secrets: Secrets = NOTHING) -> bool:
    try:
        released(data, name, audience, secrets)
    except PrivacyError:
        return True
    return False


def shown_forms(_: Path) -> Iterator[bool]:
    """What gives a person away by its form, in pages, data, tables and reports."""
    for text in FORMS:
        for name, data in carried(text):
            yield _withheld(name, data, Audience.MEETING)


def leaky_texts(_: Path) -> Iterator[bool]:
    """The same files from a writer that asks nobody: whoever opens them reads the text."""
    for text in FORMS[::9]:
        for name, data in carried(text):
            yield text not in _read_plainly(name, data)


def _read_plainly(name: str, data: bytes) -> str:
    if name.endswith(".xlsx"):
        import io

        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(data))
        return "\n".join(str(c.value) for s in book for row in s.iter_rows() for c in row)
    text = data.decode()
    return "\n".join(map(str, json.loads(text).values())) if name.endswith(".json") else text


# --- what follows from counts ---------------------------------------------------------------------------


def towns_and_pairs(_: Path) -> Iterator[bool]:
    """Hidden counts of random towns, and of pairs of plans, by whole-number programming."""
    from planner.plan.compare import compared
    from planner.privacy.attack import determined, page_sums
    from planner.render.map.pair import compare_payload
    from tests.attack.test_hidden_counts import TERMS, page_of, towns
    from tests.plan.test_compare import movable, recut

    for nth, tables in enumerate(towns(200)):
        page = page_of(tables)
        wrong = determined(page_sums([page]), TERMS.smallest)
        yield not wrong
        if nth % 10:
            continue
        homes, block = tables.units["households"].to_numpy(), np.array(page[0]["units"]["block"])
        size = np.bincount(block)[block]
        hidden = np.flatnonzero((homes > 0) & ((size > 1) | (homes < TERMS.smallest))).tolist()
        empty = page[0]["meta"]["empty"]
        known = reconstruct.known_units(*reconstruct.page_sums(page[0]), hidden[:12], empty=empty)
        yield from (unit not in known for unit in hidden[:12])
    before = make_plan_tables(moved=False)
    for count in range(1, 21):
        after = recut(before, movable(before, count))
        for pages in (
            [compare_payload(compared(before, after))],
            [page_of(before), page_of(after)],
        ):
            yield not determined(page_sums(pages), TERMS.smallest)


def old_pages(_: Path) -> Iterator[bool]:
    """A page as it was written before: most of what it hides comes back, and is right."""
    from tests.attack.test_hidden_counts import OLD

    n, sums = reconstruct.old_sums(OLD)
    hidden = [u for u, h in enumerate(OLD["units"]["homes"]) if h < 0]
    known = reconstruct.known_units(n, sums, hidden, reconstruct.old_prices(OLD))
    yield from (OLD["truth"][u] != value for u, value in known.items())


# --- plan files of strangers ----------------------------------------------------------------------------


def _plan_in(folder: Path) -> Path:
    path = folder / "plan.gpkg"
    store_plan(make_plan_tables(nx=6, ny=3, nc=4), path)
    return path


def mutants(folder: Path) -> Iterator[bool]:
    """Damaged in every table, note and stretch of bytes: refused, or used without an internal error."""
    plan = _plan_in(folder)
    other, path = Plan.load(plan), folder / "mutant.gpkg"
    for seed in range(3 * len(MUTANTS)):
        mutate(plan, path, seed)
        try:
            load_and_use(path, other, folder / f"out-{seed}")
            yield True
        except Exception:  # noqa: BLE001 - this is what an internal error is
            yield False


def contradictions(folder: Path) -> Iterator[bool]:
    """Tables and figures that contradict each other are refused."""
    for _, path in contradict(_plan_in(folder), folder):
        yield _refuses(lambda p=path: Plan.load(p), PlannerError)


def believed(folder: Path) -> Iterator[bool]:
    """The same files, read as before without the audit: all are taken for plans."""
    audit = plans.require_coherent
    plans.require_coherent = lambda _: None  # type: ignore[assignment]
    try:
        yield from contradictions(folder)
    finally:
        plans.require_coherent = audit


# --- what is written over -------------------------------------------------------------------------------

WAYS = ("itself", "link", "hard link", "dots")


def _reached(sheet: Path, way: str) -> Path:
    other = sheet.parent / f"other{sheet.suffix}"
    if way == "link":
        other.symlink_to(sheet)
    elif way == "hard link":
        os.link(sheet, other)
    return {"itself": sheet, "dots": sheet.parent / ".." / sheet.parent.name / sheet.name}.get(
        way, other
    )


def inputs_and_others(folder: Path) -> Iterator[bool]:
    """Inputs under each of their names, and files of other people, as targets of a run."""
    kinds = [(e, w) for e in ("xlsx", "csv", "gpkg", "osm", "toml", "html") for w in WAYS]
    for nth, (ending, way) in enumerate(kinds):
        for replacing in (False, True):
            place = folder / f"{nth}-{replacing}"
            place.mkdir()
            sheet = place / f"households.{ending}"
            sheet.write_bytes(b"years of work")
            target = _reached(sheet, way)
            mark_as_read(sheet)
            held = _refuses(
                lambda t=target, r=replacing: atomic_write(t, b"new", replacing=r), OutputError
            )
            yield held and sheet.read_bytes() == b"years of work"
    for name, content in THEIRS.items():
        place = folder / name
        place.mkdir()
        (place / name).write_bytes(content)
        held = _refuses(lambda p=place: write_files(p, OURS), OutputError)
        yield held and {p.name: p.read_bytes() for p in place.iterdir()} == {name: content}


def plain_writes(folder: Path) -> Iterator[bool]:
    """A writer that renames over whatever is there: the input is gone."""
    for way in WAYS:
        place = folder / way.replace(" ", "-")
        place.mkdir()
        sheet = place / "households.csv"
        sheet.write_bytes(b"years of work")
        _reached(sheet, way).write_bytes(b"new")
        yield sheet.read_bytes() == b"years of work"


def killed_writers(folder: Path) -> Iterator[bool]:
    """Processes killed while they write: each file is whole, old or new, and strays go."""
    old = {"big.bin": b"old", "small.txt": b"old"}
    chance = random.Random(7)
    for _ in range(30):
        write_files(folder, old)
        command = [sys.executable, "-c", SLOW, str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as run:
            assert run.stdout is not None
            run.stdout.readline()
            time.sleep(chance.random() * 0.5)
            run.send_signal(signal.SIGKILL)
        whole = (folder / "big.bin").read_bytes() in (b"old", b"n" * 8_000_000)
        modes = [p.stat().st_mode & 0o077 for p in folder.glob(".planner-tmp-*")]
        write_files(folder, old)
        yield whole and not any(modes) and {p.name for p in folder.iterdir()} == set(old)


PLAIN = """import sys
print("go", flush=True)
while True:
    with open(sys.argv[1], "wb") as f:
        for _ in range(400):
            f.write(b"n" * 20000)
            f.flush()
"""


def killed_plainly(folder: Path) -> Iterator[bool]:
    """The same with a writer that opens the file itself: it is torn."""
    path = folder / "big.bin"
    for _ in range(4):
        path.write_bytes(b"old")
        with subprocess.Popen(
            [sys.executable, "-c", PLAIN, str(path)], stdout=subprocess.PIPE
        ) as run:
            assert run.stdout is not None
            run.stdout.readline()
            while path.stat().st_size in (3, 0, 8_000_000):
                time.sleep(0.001)
            run.send_signal(signal.SIGKILL)
        yield path.read_bytes() in (b"old", b"n" * 8_000_000)


# --- what is read ---------------------------------------------------------------------------------------


def layers(folder: Path) -> Iterator[bool]:
    """Layers that point to a server of the loopback: none is asked."""
    server = Server()
    try:
        for nth, text in enumerate(_pointing(server.url)):
            before = len(server.asked)
            for ending in ("geojson", "gpkg", "kml"):
                path = folder / f"{nth}.{ending}"
                path.write_text(text, "utf-8")
                with suppress(Exception):  # GDAL raises many kinds, the readers tell them all
                    open_layer(path)
                yield len(server.asked) == before
    finally:
        server.http.shutdown()
        server.http.server_close()


def _pointing(url: str) -> Iterator[str]:
    for crs in foreign_crs(url):
        yield json.dumps(collection(crs=crs))
        yield json.dumps(collection(crs=crs)).replace('"crs"', '"\\u0063rs"')
        value = collection()
        value["features"][0]["crs"] = crs
        yield json.dumps(value)
        value["features"][0]["geometry"] = {**value["features"][0]["geometry"], "crs": crs}
        yield json.dumps(value)
    for text in POINTING.values():
        yield text.format(url=url)


def layers_by_gdal(folder: Path) -> Iterator[bool]:
    """One of them, opened by GDAL alone: it asks."""
    server = Server()
    try:
        path = folder / "a.geojson"
        path.write_text(json.dumps(collection(crs=foreign_crs(server.url)[0])), "utf-8")
        with suppress(Exception):
            pyogrio.read_dataframe(path)
        yield not server.asked
    finally:
        server.http.shutdown()
        server.http.server_close()


def children(folder: Path) -> Iterator[bool]:
    """Modules of a stranger's folder, under each name that a child might look for."""
    for name in BAIT:
        yield _child(folder, name, lambda: run_beside(CHILD, data=b"[]", seconds=60))


def children_plainly(folder: Path) -> Iterator[bool]:
    """A child begun in the usual way takes one of them."""
    command = [sys.executable, "-m", CHILD]
    yield _child(
        folder,
        "json",
        lambda: subprocess.run(command, input=b"[]", capture_output=True, check=False),
    )


def _child(folder: Path, name: str, act: Callable[[], object]) -> bool:
    place, here = folder / name, Path.cwd()
    place.mkdir()
    (place / f"{name}.py").write_text(f"open({str(place / 'RAN')!r}, 'a').write('x')\n")
    os.chdir(place)
    try:
        act()
    finally:
        os.chdir(here)
    return not (place / "RAN").exists()


def sealed_names(_: Path) -> Iterator[bool]:
    """Names known by their digests alone, touched by other words."""
    names = [a + b for a in "赵钱孙李周吴郑王冯陈" for b in ("芳", "建国", "秀英", "小明")]
    seal = Secrets({"a resident's name": frozenset(names)}).seal()
    secrets = Secrets({}, seals=(seal,))
    for name in names:
        for text in (name, f"3号楼{name}家", f"联系{name}", f"访问、{name}", f"{name}同志负责"):
            yield _withheld("a.md", f"| {text} |".encode(), Audience.MEETING, secrets)


def unsealed_names(_: Path) -> Iterator[bool]:
    """The same page at a door that knows no names."""
    yield _withheld("a.md", "| 王芳 |".encode(), Audience.MEETING)


GROUPS = (
    Group("names, ids, phones hidden in files", hidden_texts, leaky_texts),
    Group("forms that give a person away", shown_forms, leaky_texts, 60),
    Group("names known by digests alone", sealed_names, unsealed_names),
    Group("hidden counts: 200 towns, 40 pairs", towns_and_pairs, old_pages, 14),
    Group("plan files of strangers, mutants", mutants, believed, 6),
    Group("plan files that contradict themselves", contradictions, believed, 30),
    Group("inputs and other people's files as targets", inputs_and_others, plain_writes, 60),
    Group("writers killed (SIGKILL)", killed_writers, killed_plainly, 2),
    Group("layers that point elsewhere", layers, layers_by_gdal, 30),
    Group("code in the working folder", children, children_plainly, 2),
)
