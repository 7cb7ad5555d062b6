"""Catalogue, entries 50 to 57: addresses that an online service or the map answers badly."""

# ruff: noqa: E501 - one entry a line

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import pytest

from planner.errors import Severity
from planner.intake.online.settings import SERVICES, ProviderSettings
from tests.intake.online.conftest import (
    AREA,
    CITY,
    HOME,
    lookup,
    places,
    quick,
    sent,
    spot,
    streets,
)
from tests.intake.online.fake import Fake, serving

Serve = Callable[..., Fake]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Give a maker of running servers on this machine."""
    with ExitStack() as stack:
        yield lambda **values: stack.enter_context(serving(Fake(**values)))


def true_or_none(frame: object, n: int) -> int:
    """Count the rows with a place; each place there is must be the right one."""
    at = frame[["lon", "lat"]].to_numpy(float)  # type: ignore[index]
    placed = np.isfinite(at[:, 0])
    truth = np.array([spot(i) for i in range(n)])
    assert np.abs(at[placed] - truth[placed]).max(initial=0) < 1e-5
    return int(placed.sum())


@pytest.mark.parametrize("name", SERVICES)
def test_052_a_city_is_not_a_building(name: str, serve: Serve) -> None:
    """052 D-GEO-LOW: an answer for the city is held, with the level that was given."""
    found = lookup(streets(3), quick(serve(places=places(3, name, CITY[name])), name), area=AREA)
    assert found.frame["lon"].isna().all()
    assert found.frame["cause"].str.contains(CITY[name]).all()
    assert [f.severity for f in found.findings] == [Severity.HOLD]


@pytest.mark.parametrize(
    ("name", "n"), [(name, 300 if not nth else 30) for nth, name in enumerate(SERVICES)]
)
def test_053_one_point_for_300_addresses(name: str, n: int, serve: Serve, tmp_path: Path) -> None:
    """053 D-GEO-SAME: a fallback point is seen through, and not kept for the next run.

    Services differ in how they answer, and not in how many: one of them is asked 300 times.
    """
    level = places(1, name)[sent(1)[0]][2]
    known = dict.fromkeys(sent(n), (*HOME, level))
    found = lookup(
        streets(n),
        quick(serve(places=known), name, timeout_s=20.0, seconds=120.0),
        cache=tmp_path / "a",
        area=AREA,
    )
    assert found.frame["lon"].isna().all()
    assert found.frame["cause"].str.contains(f"{n} distinct buildings").all()
    assert found.findings


FAULTS = ("429", "403", "500", "hang", "html", "bad-json", "cut", "charset", "redirect", "reset",
          'json:{"status":"0","infocode":"10003"}', 'json:{"status":"0","infocode":"10044"}')  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=[f[:30] for f in FAULTS])
def test_054_a_service_that_fails_half_way(fault: str, serve: Serve, tmp_path: Path) -> None:
    """054 D-GEO-LIMIT: whatever it sends, no wrong point; the rest is held as not looked up; nothing wrong is kept."""
    n = 12
    faults = dict.fromkeys(range(n // 2, 400), fault)
    fake = serve(places=places(n), faults=faults)
    # Only a service that hangs is waited for; a busy machine must not time out on a healthy answer.
    settings = quick(fake, timeout_s=0.7 if fault == "hang" else 20.0, seconds=120.0)
    path = tmp_path / "answers"
    found = lookup(streets(n), settings, cache=path, area=AREA)
    assert len(fake.times) < 4 * n
    assert true_or_none(found.frame, n) == n // 2
    lost = found.frame[found.frame["lon"].isna()]
    assert lost["cause"].str.startswith("not looked up").all()
    assert "online-unfinished" in {f.code for f in found.findings}
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM answers_1").fetchone()[0] == n // 2
    healthy = lookup(streets(n), quick(serve(places=places(n))), cache=path, area=AREA)
    assert true_or_none(healthy.frame, n) == n


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
def test_055_no_network(url: str) -> None:
    """055 D-GEO-OFF: thousands of addresses do not wait for as many time-outs; all are held, and counted."""
    settings = ProviderSettings(
        "nominatim", base_url=url, per_second=900, pause_s=0.001, timeout_s=1, retries=1
    )
    found = lookup(streets(5_000), settings)
    assert found.asked.requests == 5
    assert found.frame["cause"].str.startswith("not looked up").all()
    assert any("5,000" in f.what or "5000" in f.what for f in found.findings), found.findings


def test_055_no_key(serve: Serve) -> None:
    """055 D-GEO-OFF: without a key nothing is sent, and the variable to set is named."""
    from planner.errors import ConfigError

    fake = serve(places=places(2))
    with pytest.raises(ConfigError, match="PLANNER_AMAP_KEY"):
        lookup(streets(2), quick(fake), environ={})
    assert not fake.times


def truncated(data: bytes) -> bytes:
    """Cut a file in half."""
    return data[: len(data) // 2]


def flipped(data: bytes) -> bytes:
    """Change one byte in the last page."""
    at = len(data) - 60
    return data[:at] + bytes([data[at] ^ 0x5A]) + data[at + 1 :]


DAMAGE = {
    "truncated": truncated,
    "empty": lambda _: b"",
    "flipped": flipped,
    "text": lambda _: b"hello " * 900,
}


@pytest.mark.parametrize("name", DAMAGE)
def test_056_a_damaged_file_of_answers(name: str, serve: Serve, tmp_path: Path) -> None:
    """056 D-CACHE-BAD: what is damaged is asked again; never a wrong point, never an end of the run."""
    path, n = tmp_path / "answers", 20
    lookup(streets(n), quick(serve(places=places(n))), cache=path, area=AREA)
    path.write_bytes(DAMAGE[name](path.read_bytes()))
    again = lookup(streets(n), quick(serve(places=places(n))), cache=path, area=AREA)
    assert true_or_none(again.frame, n) == n
    third = lookup(streets(n), quick(serve(places={})), cache=path, area=AREA)
    assert true_or_none(third.frame, n) == n


def test_056_two_runs_at_once(serve: Serve, tmp_path: Path) -> None:
    """056 D-CACHE-BAD: two runs that write one file both end well, and the file holds all answers."""
    path, n = tmp_path / "answers", 40
    fake = serve(places=places(n))
    found: list[int] = []

    def run() -> None:
        frame = lookup(streets(n), quick(fake), cache=path, area=AREA).frame
        found.append(true_or_none(frame, n))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [n, n]
    assert not logging.getLogger("httpcore.http11").disabled
    assert (
        true_or_none(
            lookup(streets(n), quick(serve(places={})), cache=path, area=AREA).frame,
            n,
        )
        == n
    )


def test_057_answers_of_another_service_are_not_used(serve: Serve, tmp_path: Path) -> None:
    """057 D-CACHE-STALE: service, datum and city hint are in the key of an answer."""
    path, n = tmp_path / "answers", 5
    lookup(streets(n), quick(serve(places=places(n))), cache=path, area=AREA)
    other = serve(places=places(n, "baidu"))
    found = lookup(streets(n), quick(other, "baidu"), cache=path, area=AREA)
    assert len(other.times) == n
    assert true_or_none(found.frame, n) == n
