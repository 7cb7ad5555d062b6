"""Tools of the web that only npm carries: fetched once, kept beside other caches, never in the project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest

UNPACK = (
    "const z = require('zlib'), fs = require('fs');"
    "process.argv.slice(1).forEach((f) => fs.writeFileSync(f.replace(/\\.br$/, ''),"
    " z.brotliDecompressSync(fs.readFileSync(f))))"
)


def packed(name: str, version: str) -> Path:
    """Give the folder of a package of npm, or skip with the reason."""
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "planner-tests"
    folder = home / f"{name}-{version}"
    if folder.is_dir():
        return folder
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home) as scratch:
        asked = [npm, "pack", "--silent", f"{name}@{version}"]
        try:
            subprocess.run(asked, cwd=scratch, check=True, capture_output=True, timeout=240)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pytest.skip(f"npm does not give {name}@{version}")
        (archive,) = Path(scratch).glob("*.tgz")
        with tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
        try:
            (Path(scratch) / "package").rename(folder)
        except OSError:
            assert folder.is_dir(), "another worker has put it there meanwhile"
    return folder


def chromium_90() -> Path:
    """Give the program of the oldest browser that is promised: Chromium 90 of 2021."""
    folder = packed("chrome-aws-lambda", "8.0.2") / "bin"
    program = folder / "chromium"
    if not program.exists():
        parts = [str(folder / name) for name in ("aws.tar.br", "swiftshader.tar.br", "chromium.br")]
        subprocess.run(["node", "-e", UNPACK, *parts], check=True, timeout=240)
        for name in ("aws.tar", "swiftshader.tar"):
            with tarfile.open(folder / name) as tar:
                tar.extractall(folder, filter="data")
        program.chmod(0o755)
    return program


if __name__ == "__main__":
    sys.stdout.write(f"{chromium_90()}\n")
