"""Where files are touched: the only writer, the one door to map layers, the processes that read beside us."""

from __future__ import annotations

from planner.files.beside import begin_beside, run_beside
from planner.files.folder import LOCK_NAME, TEMP_PREFIX, held
from planner.files.geodata import guarded, layer_names, open_layer, parquet_bytes
from planner.files.record import (
    append_line,
    free_file,
    free_folder,
    make_private,
    safe_name,
    set_aside,
)
from planner.files.untouched import mark_as_read
from planner.files.write import Content, atomic_write, probe, withdraw, write_files

__all__ = [
    "LOCK_NAME",
    "TEMP_PREFIX",
    "Content",
    "append_line",
    "atomic_write",
    "begin_beside",
    "free_file",
    "free_folder",
    "guarded",
    "held",
    "layer_names",
    "make_private",
    "mark_as_read",
    "open_layer",
    "parquet_bytes",
    "probe",
    "run_beside",
    "safe_name",
    "set_aside",
    "withdraw",
    "write_files",
]
