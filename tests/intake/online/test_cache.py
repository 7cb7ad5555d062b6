"""The file of answers: private, whole, shared, and never a wrong point."""

from __future__ import annotations

import sqlite3
import stat
import threading
from pathlib import Path

import numpy as np
import pytest

from planner.intake.online.cache import AnswerCache, answer_key
from planner.intake.online.services.replies import Reply, Spot, Verdict
from planner.intake.online.settings import SERVICES

FOUND = Reply(Verdict.FOUND, (Spot(116.8, 32.6, "building", 0.9, "楼栋号", "柳荫路1号"),))


def filled(path: Path, n: int = 60) -> dict[str, Reply]:
    """Fill a file and give what is in it."""
    truth = {}
    with AnswerCache(path) as cache:
        for i in range(n):
            key = answer_key(SERVICES["amap"], f"{i:064x}")
            truth[key] = Reply(
                Verdict.FOUND,
                (Spot(116.8 + i / 1000, 32.6, "building", 0.9, "楼栋号", f"柳荫路{i}号"),),
            )
            cache.put(key, truth[key])
    return truth


def test_answers_come_back(tmp_path: Path) -> None:
    """Found and absent are kept; faults and refusals are not; the file is its owner's alone."""
    path = tmp_path / "answers.sqlite"
    with AnswerCache(path) as cache:
        cache.put("a", FOUND)
        cache.put("b", Reply(Verdict.ABSENT))
        for verdict in (Verdict.AGAIN, Verdict.SLOWER, Verdict.STOP, Verdict.REFUSED):
            cache.put("c", Reply(verdict))
    with AnswerCache(path) as cache:
        assert cache.get(["a", "b", "c"]) == {"a": FOUND, "b": Reply(Verdict.ABSENT)}
        assert not cache.findings
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_keys_tell_services_apart() -> None:
    """Provider, version and datum are in the key, and nothing can be read from it."""
    keys = {answer_key(service, "x") for service in SERVICES.values()}
    assert len(keys) == len(SERVICES)
    assert all(len(k) == 64 and int(k, 16) >= 0 for k in keys)


def test_absence_is_asked_again_after_a_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """New buildings are mapped in the end; a place is trusted for a year."""
    import planner.intake.online.cache as module

    path, now = tmp_path / "a.sqlite", 1_800_000_000
    monkeypatch.setattr(module.time, "time", lambda: now)
    with AnswerCache(path) as cache:
        cache.put("a", FOUND)
        cache.put("b", Reply(Verdict.ABSENT))
    monkeypatch.setattr(module.time, "time", lambda: now + 40 * 86400)
    with AnswerCache(path) as cache:
        assert set(cache.get(["a", "b"])) == {"a"}


def test_damage_never_gives_a_wrong_point(tmp_path: Path) -> None:
    """100 truncations and 100 flipped bytes: right answers or none, and a file that works again."""
    source = tmp_path / "good.sqlite"
    truth = filled(source)
    whole = source.read_bytes()
    rng = np.random.default_rng(7)
    aside = 0
    for trial in range(200):
        path = tmp_path / f"m{trial}.sqlite"
        data = bytearray(whole)
        if trial < 100:
            data = data[: int(rng.integers(0, len(whole)))]
        else:
            data[int(rng.integers(0, len(whole)))] ^= int(rng.integers(1, 256))
        path.write_bytes(data)
        with AnswerCache(path) as cache:
            found = cache.get(truth)
            assert all(truth[key] == reply for key, reply in found.items())
        moved = list(tmp_path.glob(f"m{trial}.sqlite.corrupt-*"))
        aside += len(moved)
        for file in (path, *moved):
            file.unlink(missing_ok=True)
    assert aside > 50


def test_damaged_files_are_kept_aside(tmp_path: Path) -> None:
    """Each damaged file gets a name of its own, and the finding says which."""
    path = tmp_path / "a.sqlite"
    for n in (1, 2):
        path.write_bytes(b"SQLite format 3\x00" + b"not a database, " * 300)
        with AnswerCache(path) as cache:
            cache.put("a", FOUND)
            assert cache.get(["a"]) == {"a": FOUND}
            assert f"corrupt-{n}" in cache.findings[0].what


@pytest.mark.parametrize(
    "content",
    [b"id,address\nJM1,\n", b"PK\x03\x04" + b"x" * 99, b"{}", "编号,地址\n".encode("gb18030")],
)
def test_a_sheet_is_no_damaged_cache(tmp_path: Path, content: bytes) -> None:
    """A file that is named by a slip of the hand is neither moved aside nor written to."""
    path = tmp_path / "answers.sqlite"
    path.write_bytes(content)
    with AnswerCache(path) as cache:
        cache.put("a", FOUND)
        assert cache.get(["a"]) == {}
        assert [f.code for f in cache.findings] == ["cache-foreign"]
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"answers.sqlite": content}


def test_other_schemas_are_left_alone(tmp_path: Path) -> None:
    """An older layout is ignored, another program's file is not touched."""
    path = tmp_path / "a.sqlite"
    filled(path, 3)
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE answers_1 RENAME TO answers_0")
    db.close()
    with AnswerCache(path) as cache:
        cache.put("a", FOUND)
        assert set(cache.get(["a"])) == {"a"}
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE ledger (x)")
    db.close()
    before = other.read_bytes()
    with AnswerCache(other) as cache:
        cache.put("a", FOUND)
        assert cache.get(["a"]) == {}
        assert cache.findings[0].code == "cache-foreign"
    assert other.read_bytes() == before


def test_read_only_files_are_read(tmp_path: Path) -> None:
    """A read-only file gives its answers, takes none, and says so."""
    path = tmp_path / "a.sqlite"
    truth = filled(path, 3)
    path.chmod(0o400)
    before = path.read_bytes()
    with AnswerCache(path) as cache:
        assert cache.get(truth) == truth
        cache.put("new", FOUND)
        cache.spend("host")
        assert [f.code for f in cache.findings] == ["cache-read-only"]
    assert path.read_bytes() == before


def test_two_runs_share_a_file(tmp_path: Path) -> None:
    """Two writers at once lose nothing, and their requests are counted together."""
    path = tmp_path / "a.sqlite"

    def write(tag: str) -> None:
        with AnswerCache(path) as cache:
            for i in range(40):
                cache.put(f"{tag}{i}", FOUND)
                cache.spend("host")

    threads = [threading.Thread(target=write, args=(tag,)) for tag in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with AnswerCache(path) as cache:
        assert len(cache.get([f"{t}{i}" for t in "ab" for i in range(40)])) == 80
        assert cache.spent("host") == 80


def test_nothing_on_disk_names_a_key_file_mode_kept(tmp_path: Path) -> None:
    """A file that was left open to others is closed to them."""
    path = tmp_path / "a.sqlite"
    filled(path, 1)
    path.chmod(0o644)
    filled(path, 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
