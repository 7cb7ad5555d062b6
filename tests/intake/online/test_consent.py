"""From a project file to an online service and back: consent, record, cross-check, kill, canaries."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from shapely import LineString

from planner.api.check.check import check
from planner.api.plan import Plan
from planner.api.progress import Event
from planner.api.review.review import review
from planner.api.zone import run
from planner.errors import ConfigError, OutputError
from planner.intake.online.consent import Online, Pace
from planner.intake.online.estimate import Estimate
from planner.intake.online.settings import SERVICES
from planner.model.project import Project
from tests.conftest import Cli
from tests.intake.online.conftest import HOME, KEYS, places, sent, serve, spot
from tests.intake.online.fake import Fake

__all__ = ["serve"]

Serve = Callable[..., Fake]
N = 12
NAMES = ("欧阳金雀", "钱多多", "赵小敏")
CANARIES = (*NAMES, "13912340001", "340403199001011234", "703室", "2单元", "H0001")


def write_project(
    folder: Path, fake: Fake, name: str = "amap", *, online: str = "", glued: str = ""
) -> Path:
    """Write an office's sheets with a person in every column; building 3 stands elsewhere on its table."""
    people = [
        {
            "编号": f"H{i:04d}",
            "户主姓名": NAMES[i % 3],
            "联系电话": "13912340001",
            "身份证号": "340403199001011234",
            "社区": "柳荫甲社区",
            "单元": "2",
            "房号": "703",
            "备注": f"户主{NAMES[i % 3]} 13912340001",
            "地址": f"柳荫路{i % N + 1}号2单元703室{glued}",
        }
        for i in range(4 * N)
    ]
    pd.DataFrame(people).to_csv(folder / "h.csv", index=False)
    members = [{**p, "编号": f"M{i:03d}", "是否中心户": "是" if i in (1, 5) else "否"}
               for i, p in enumerate(people[:N])]  # fmt: skip
    pd.DataFrame(members).to_csv(folder / "m.csv", index=False)
    table = [
        {"地址": text, "lon": spot(i)[0], "lat": spot(i)[1] + (0.004 if i == 2 else 0)}
        for i, text in enumerate(sent(N))
    ]
    pd.DataFrame(table[:6]).to_csv(folder / "b.csv", index=False)
    lon, lat = HOME
    lines = [LineString([(lon - 0.004, y), (lon + 0.009, y)]) for y in (lat, lat + 0.004)]
    lines.append(LineString([(lon - 0.004, lat), (lon - 0.004, lat + 0.004)]))
    gpd.GeoDataFrame({"name": ["柳荫路"] * 3}, geometry=lines, crs=4326).to_file(folder / "s.gpkg")
    project = folder / "planner.toml"
    project.write_text(
        "[inputs]\nhouseholds='h.csv'\nmembers='m.csv'\nstreets='s.gpkg'\nbuildings='b.csv'\n"
        f"[search]\nseconds=5\nadvice_seconds=0\n[online]\nprovider='{name}'\nbase_url='{fake.url}'\nper_second=500\n"
        f"timeout_s=2\npause_s=0.01\nretries=1\n{online}\n",
        "utf-8",
    )
    return project


def environment(**env: str) -> dict[str, str]:
    """Give the environment of a child process."""
    root = str(Path(__file__).resolve().parents[3])
    return {**os.environ, **KEYS, "PYTHONPATH": root, "COLUMNS": "200", **env}


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the keys in the environment, the only place they are read from."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("name", list(SERVICES))
def test_two_sources_that_disagree_place_nobody(name: str, serve: Serve, tmp_path: Path) -> None:
    """A building 445 m away on the office's table is held and told of row by row; the others agree."""
    fake = serve(places=places(N, name))
    project = Project.read(write_project(tmp_path, fake, name, online="ask='all'"))
    plan = run(project)
    told = [f for f in plan.findings if f.code == "online-disagrees"]
    rows = {(f.file, f.row) for f in told}
    assert rows == {("h.csv", 4 + N * k) for k in range(4)} | {("m.csv", 4)}
    assert all("445 m apart" in f.what or "444 m apart" in f.what for f in told)
    held = plan.gaps[plan.gaps["household_id"].isin([f"H{2 + N * k:04d}" for k in range(4)])]
    assert len(held) == 4
    assert held["detail"].str.contains("two sources").all()
    homes = plan.households.set_index("household_id").drop(held["household_id"])
    truth = np.array([spot(int(h[1:]) % N) for h in homes.index])
    at = np.column_stack([homes.geometry.x, homes.geometry.y])
    assert np.abs(at - truth).max() < 1.5e-5


def test_agreement_raises_confidence_and_a_person_settles_the_rest(
    serve: Serve, tmp_path: Path
) -> None:
    """Two sources that agree are surer; where they differ the review asks, and its answer stands."""
    fake = serve(places=places(N))
    path = write_project(tmp_path, fake, online="ask='all'")
    path.write_text(
        path.read_text("utf-8").replace("[search]", "accepted='a.csv'\n[search]"), "utf-8"
    )
    project = Project.read(path)
    alone = run(project, offline=True).households.set_index("household_id")["confidence"]
    plan = run(project)
    both = plan.households.set_index("household_id")["confidence"]
    tabled = [h for h in both.index if int(h[1:]) % N in {0, 1, 3, 4, 5}]
    assert len(tabled) == 20
    assert (both[tabled] > alone[tabled]).all()

    report = check(project)
    told = [f for f in report.findings if f.row == 4 and f.file == "h.csv" and f.column == "地址"]
    assert [(f.code, f.severity.value) for f in told] == [("online-disagrees", "hold")]
    assert "44" in told[0].what.partition(" m apart")[0][-4:]
    asked = len(fake.raw)
    found = review(project)
    (line,) = found.lines
    assert (line.homes, len(line.options)) == (5, 2)
    assert 440 < line.options[1].apart_m < 450
    assert "amap" in line.options[1].label
    assert "44" in line.cause
    book = openpyxl.load_workbook(found.save(tmp_path / "review.xlsx"))
    sheet = book.worksheets[0]
    column = next(c.column for c in sheet[1] if str(c.value).startswith("选择"))
    assert column is not None
    sheet.cell(row=2, column=column, value=2)
    book.save(tmp_path / "review.xlsx")
    assert found.accept(tmp_path / "review.xlsx").accepted == 1
    again = run(project)
    assert len(fake.raw) == asked
    assert "online-disagrees" not in {f.code for f in again.findings}
    assert not review(project).lines
    home: Any = again.households.set_index("household_id").loc["H0002"].geometry
    assert abs(home.y - spot(2)[1]) < 1.5e-5


def test_the_plan_says_who_was_asked_and_no_address(serve: Serve, tmp_path: Path) -> None:
    """Provider, day and counts stand in the plan's file; the list of what was sent lies by the cache."""
    fake = serve(places=places(N))
    plan = run(Project.read(write_project(tmp_path, fake)))
    asked = Plan.load(plan.save(tmp_path / "out")["plan.gpkg"]).provenance["online"]
    assert (asked["provider"], asked["buildings"], asked["reused"]) == ("amap", len(fake.texts), 0)
    assert len(fake.texts) >= N // 2
    assert "柳荫路" not in str(asked)
    listed = pd.read_csv(tmp_path / "geocode-cache.sent.csv")
    assert listed["text"].tolist() == fake.texts
    again = run(Project.read(tmp_path / "planner.toml"))
    assert again.provenance["online"]["buildings"] == 0
    assert again.provenance["online"]["reused"] == len(fake.texts)
    assert pd.read_csv(tmp_path / "geocode-cache.sent.csv").equals(listed)


def test_nothing_is_sent_that_cannot_be_written_down(serve: Serve, tmp_path: Path) -> None:
    """Where the list of what is sent cannot be kept, the run ends before the first request."""
    fake = serve(places=places(N))
    project = write_project(tmp_path, fake)
    (tmp_path / "geocode-cache.sent.csv").mkdir()
    with pytest.raises(OutputError, match=r"sent\.csv"):
        run(Project.read(project))
    assert not fake.raw


def test_consent_is_asked_once_with_the_estimate(serve: Serve, tmp_path: Path) -> None:
    """One estimate for households and members together; no means no request, and the plan says so."""
    fake, seen = serve(places=places(N)), []

    def refuse(estimate: Estimate) -> bool:
        seen.append(estimate)
        return False

    told: list[Event] = []
    online = "free_per_day=2\nprice_per_1000=3000.0"
    project = Project.read(write_project(tmp_path, fake, online=online))
    plan = run(project, consent=refuse, listener=told.append)
    assert not fake.raw
    assert len(seen) == 1
    assert seen[0].to_send >= N // 2
    assert seen[0].cost == pytest.approx((seen[0].to_send - 2) * 3)
    assert "online-not-asked" in {f.code for f in plan.findings}
    assert plan.provenance["online"]["left"] == seen[0].to_send
    run(project, listener=told.append)
    assert any("asked 已询" in event.detail and "left 剩余" in event.detail for event in told)


def test_check_estimates_and_never_sends(serve: Serve, tmp_path: Path) -> None:
    """The data check tells what could be asked, with the cost, and sends nothing."""
    fake = serve(places=places(N))
    report = check(Project.read(write_project(tmp_path, fake)))
    assert not fake.raw
    assert [f.code for f in report.findings].count("online-not-asked") == 1


def test_away_from_a_terminal_nothing_is_sent_without_yes(
    serve: Serve, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No --yes: offline, with a clear line and no key needed; --yes asks; --offline always wins."""
    fake = serve(places=places(N))
    write_project(tmp_path, fake)
    monkeypatch.setenv("PLANNER_AMAP_KEY", "")
    said = cli("zone", "planner.toml")
    assert (said.returncode, len(fake.raw)) == (0, 0), said.stderr
    assert "--yes" in said.stderr
    assert "buildings to ask" in said.stderr
    said = cli("zone", "planner.toml", "--yes", "--offline")
    assert (said.returncode, len(fake.raw)) == (0, 0), said.stderr
    assert "nothing is sent" in said.stderr
    monkeypatch.setenv("PLANNER_AMAP_KEY", KEYS["PLANNER_AMAP_KEY"])
    said = cli("zone", "planner.toml", "--yes")
    assert said.returncode == 0, said.stderr
    assert fake.raw
    assert "buildings asked" in said.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
@pytest.mark.parametrize(("answer", "sends"), [("y", True), ("", False)])
def test_a_person_at_a_terminal_is_asked(
    answer: str, sends: bool, serve: Serve, tmp_path: Path
) -> None:
    """On a terminal the estimate is shown and the question put; anything but yes sends nothing."""
    import pty

    fake = serve(places=places(N))
    write_project(tmp_path, fake)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "planner.cli", "zone", "planner.toml", "--out", "out"],
        cwd=tmp_path, env=environment(TERM="dumb"), stdin=theirs, stdout=theirs, stderr=theirs,
    ) as child:  # fmt: skip
        os.close(theirs)
        said, answered = b"", False
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
            if not more:
                break
            said += more
            if not answered and "是否发送".encode() in said:
                assert not fake.texts
                os.write(ours, f"{answer}\n".encode())
                answered = True
        assert child.wait(timeout=60) == 0
    os.close(ours)
    assert answered
    assert bool(fake.texts) is sends
    assert (tmp_path / "out" / "plan.gpkg").is_file()


def test_strict_tells_rules_from_homes(serve: Serve, tmp_path: Path, cli: Cli) -> None:
    """A broken rule is exit code 3, after the plan was written."""
    fake = serve(places=places(N))
    write_project(tmp_path, fake)
    said = cli("zone", "planner.toml", "--yes", "--strict")
    assert said.returncode == 3, said.stderr
    assert "broken" in said.stderr
    assert (tmp_path / "out" / "plan.gpkg").exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_goes_on(how: signal.Signals, serve: Serve, tmp_path: Path) -> None:
    """After kill -9 or Ctrl-C in the middle no answered building is asked again."""
    fake = serve(places=places(N), delay_s=0.2)
    write_project(tmp_path, fake, online="ask='all'")
    child = subprocess.Popen(
        [sys.executable, "-m", "planner.cli", "zone", "planner.toml", "--yes"],
        cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until = time.monotonic() + 200  # a busy machine starts a run slowly
    while len(fake.texts) < 5 and time.monotonic() < until:
        time.sleep(0.01)
    child.send_signal(how)
    _, said = child.communicate(timeout=20)
    time.sleep(0.3)
    before = list(fake.texts)
    assert 5 <= len(before) < N
    if how is signal.SIGINT:
        assert child.returncode == 130
        assert "kept" in said
        assert not (tmp_path / "out").exists()
    assert pd.read_csv(tmp_path / "geocode-cache.sent.csv")["text"].tolist() == before
    fake.delay_s = 0.0
    run(Project.read(tmp_path / "planner.toml"))
    assert set(fake.texts) == set(sent(N))
    assert len(fake.texts) - len(set(fake.texts)) <= 1
    assert not set(before[:-1]) & set(fake.texts[len(before) :])


@pytest.mark.parametrize("mode", ["", "403", "bad-json"])
def test_no_person_leaves(mode: str, serve: Serve, tmp_path: Path, cli: Cli) -> None:
    """People in every column: none in a request, the answers, the list of what was sent, or what is said."""
    fake = serve(places=places(N), always=mode)
    glued = f" {NAMES[0]} 13912340001 340403199001011234"
    write_project(tmp_path, fake, online="ask='all'", glued=glued)
    said = cli("zone", "planner.toml", "--yes")
    assert fake.raw
    kept = b"".join(p.read_bytes() for p in tmp_path.glob("geocode-cache*")).decode(
        "utf-8", "replace"
    )
    findings = (
        "".join(map(str, run(Project.read(tmp_path / "planner.toml"), offline=True).findings))
        if not mode
        else ""
    )
    everything = said.stdout + said.stderr + kept + findings
    for word in CANARIES:
        assert word not in "\n".join(fake.texts)
        assert quote(word) not in "\n".join(fake.raw)
        assert word not in kept
        if len(word) > 4 or word in NAMES:
            assert word not in everything
    assert not any(key in everything for key in KEYS.values())


def test_a_wrong_section_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """An unknown key or a value of the wrong kind is named, with what is known."""
    files = {"inputs": {"households": "no.csv", "members": "no.csv"}}
    for online, words in (
        ({"provider": "amap", "speed": 3}, "'speed'"),
        ({"provider": "amap", "per_second": "3"}, "per_second must be a number"),
        ({"provider": "amap", "key": "abc"}, "unknown key 'key'"),
    ):
        project = Project.from_mapping({**files, "online": online}, folder=tmp_path, where="x.toml")
        with pytest.raises(ConfigError, match=words):
            run(project)


def test_without_the_package_the_extra_is_named(
    serve: Serve, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without httpx gets the line that installs it, exit code 2 and no traceback."""
    fake = serve(places=places(N))
    write_project(tmp_path, fake)
    monkeypatch.setitem(sys.modules, "httpx", None)
    said = cli("zone", "planner.toml", "--yes")
    assert said.returncode == 2, said.stderr
    assert "zone-planner[online]" in said.stderr
    assert "Traceback" not in said.stderr
    assert not fake.raw


def test_pace_and_formulas(tmp_path: Path) -> None:
    """The pace says rate and time left after the second answer; the list opens safely in a spreadsheet."""
    from planner.intake.online.settings import ProviderSettings

    pace = Pace()
    assert pace(1, 9) == "asked 已询 1/9"
    time.sleep(0.01)
    assert "left 剩余" in pace(2, 9)
    online = Online(ProviderSettings("amap"), tmp_path / "a.sqlite")
    online.record("=1+1", 1)
    assert "'=1+1" in (tmp_path / "a.sent.csv").read_text("utf-8-sig")
