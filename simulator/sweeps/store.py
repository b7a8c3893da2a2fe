"""Where a sweep is kept: a folder of chunks, each written whole, and what the sweep was.

    STORE/sweep.json                     what was asked: a folder belongs to one sweep
    STORE/chunks/00000000.draws.parquet  a row per point and draw: levers, draw, every outcome over the horizon
    STORE/chunks/00000000.bands.parquet  a row per point, outcome and month: baseline, mean, 5, 50, 95 % points
    STORE/table.csv                      all bands in one table, once the sweep is done

The bands of a chunk are written last: a chunk that has them is done. Nothing in a store is executed when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from simulator.errors import InputError, Problem
from simulator.keeping import as_utf8, prepare_folder, sole_writer, write_whole
from simulator.results import FIGURES, HORIZON, HORIZON_ONLY
from simulator.sweeps.layout import Layout, label_column
from simulator.sweeps.tasks import Found

MADE_WITH = "made_with"
"""What began a sweep: another commit, library or processor may go on with it."""
LABEL, CHUNKS, TABLE = "sweep.json", "chunks", "table.csv"
NEEDED = {"name", "baseline", "design", "levers", "months", "draws", "seed", "version"}
"""What a label must say for a store to be read."""


@dataclass(frozen=True)
class Store:
    """A folder that keeps one sweep. `about` says which; every path of a lever is a column of its tables."""

    folder: Path
    about: Mapping[str, Any]
    layout: Layout

    def keeps(self, first: int) -> bool:
        """Whether the chunk that begins with this point is done, and whole: a damaged one is done again."""
        return all(_whole(self._path(first, what)) for what in ("draws", "bands"))

    def keep(self, found: Found) -> None:
        """Write a chunk; InputError where it cannot be written, the earlier ones stay."""
        write_whole(self._path(found.first, "draws"), lambda path: _write_table(self._draws(found), path))
        write_whole(self._path(found.first, "bands"), lambda path: _write_table(self._bands(found), path))

    def finish(self) -> Path:
        """Put all chunks together into one table, chunk by chunk."""
        files = band_files(self.folder)
        schema = _plain_schema(pq.read_schema(files[0]))

        def write(path: Path) -> None:
            with pa_csv.CSVWriter(path, schema) as table:
                for file in files:
                    table.write_table(read_chunk(file).cast(schema))

        write_whole(self.folder / TABLE, write)
        return self.folder / TABLE

    def _path(self, first: int, what: str) -> Path:
        return self.folder / CHUNKS / f"{first:08d}.{what}.parquet"

    def _levers(self, points: np.ndarray[Any, Any]) -> dict[str, pa.Array]:
        """Scenario, point and lever values of some rows."""
        columns: dict[str, pa.Array] = {"scenario": _repeated([self.about["name"]], np.zeros_like(points))}
        columns["point"] = pa.array(points)
        for path, values in self._columns.items():
            columns[path] = values.take(pa.array(points))
        return columns

    @cached_property
    def _columns(self) -> dict[str, pa.Array]:
        """The values of every lever at every point, by path: reckoned once, for chunks are many."""
        columns = map(pa.array, lever_columns(self.layout))
        return dict(zip(self.layout.paths, columns, strict=True))

    def _bands(self, found: Found) -> pa.Table:
        months = (*self.about["months"], HORIZON)
        count, _, _, columns = found.figures.shape
        shown = [m == HORIZON or key[0] not in HORIZON_ONLY for key in found.keys for m in months]
        mask = np.array(shown, dtype=bool).reshape(columns, len(months))
        point, column, month = np.nonzero(np.broadcast_to(mask, (count, *mask.shape)))
        table = self._levers(found.first + point)
        for part, name in enumerate(("metric", "by", "item")):
            table[name] = _repeated([key[part] for key in found.keys], column)
        table["month"] = _repeated(list(months), month)
        for number, name in enumerate(FIGURES):
            table[name] = pa.array(found.figures[point, number, month, column], from_pandas=True)
        return pa.table(table)

    def _draws(self, found: Found) -> pa.Table:
        count, draws, _ = found.draws.shape
        table = self._levers(np.repeat(found.first + np.arange(count), draws))
        table["draw"] = pa.array(np.tile(np.arange(draws), count))
        table["converged"] = pa.array(found.converged.ravel())
        stop = found.stop
        largest = np.where(found.converged, found.residual_share, stop.residual_share)
        table["residual_share"] = pa.array(largest.ravel())
        table["stopped_in"] = self._months(stop.month.ravel())
        table["bound_missed_share"] = pa.array(np.where(found.converged, 0.0, stop.bound_missed_share).ravel())
        for k, key in enumerate(found.keys):
            table["/".join(key)] = pa.array(found.draws[:, :, k].ravel(), from_pandas=True)
        return pa.table(table)

    def _months(self, number: np.ndarray[Any, Any]) -> pa.Array:
        """Labels of months by number, null where there is no such month."""
        months = pa.array(self.about["months"], pa.string())
        known = number < len(months)
        return months.take(pa.array(np.where(known, number, 0), mask=~known))


def lever_columns(layout: Layout) -> list[list[float | str]]:
    """The values of every lever at every point, as tables show them."""
    return [label_column([point[k] for point in layout.values]) for k in range(len(layout.paths))]


@contextmanager
def open_store(folder: Path, about: Mapping[str, Any], layout: Layout) -> Iterator[Store]:
    """The store of a sweep, a new one or one that was begun by the same sweep, for one process at a time.

    Raises
    ------
    InputError : the folder belongs to another sweep, another process writes there, or it cannot be written.
    """
    _refuse_another(folder, about)
    prepare_folder(folder, (LABEL, TABLE))
    with sole_writer(folder):
        _refuse_another(folder, about)  # it may have begun between these lines
        prepare_folder(folder / CHUNKS)
        if not (folder / LABEL).exists():
            write_whole(folder / LABEL, as_utf8(json.dumps(about, indent=1)))
        yield Store(folder, about, layout)


def _refuse_another(folder: Path, about: Mapping[str, Any]) -> None:
    if not (folder / LABEL).exists():
        return
    if other := _differences(read_about(folder), about):
        what = f"belongs to another sweep, which differs in {', '.join(other)}"
        raise InputError([Problem("-o", what, given=str(folder), allowed="a new folder, or this sweep's own")])


def read_about(folder: Path) -> dict[str, Any]:
    """What a store says of itself; InputError where it is none."""
    try:
        about = json.loads((folder / LABEL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError([Problem("store", "there is no sweep in this folder", given=str(folder))]) from None
    except (OSError, ValueError) as problem:
        raise InputError([Problem("store", f"cannot be read: {problem}", given=str(folder / LABEL))]) from problem
    if not isinstance(about, dict) or not about.keys() >= NEEDED:
        raise InputError([Problem("store", "is not the label of a sweep", given=str(folder / LABEL))])
    return about


def band_files(folder: Path) -> list[Path]:
    """The bands of every chunk that is done, in order of the points."""
    return sorted((folder / CHUNKS).glob("*.bands.parquet"))


def draw_files(folder: Path) -> list[Path]:
    """The draws of every chunk that is done, in order of the points."""
    return [path.with_name(path.name.replace(".bands.", ".draws.")) for path in band_files(folder)]


def read_chunk(file: Path, columns: list[str] | None = None) -> pa.Table:
    """The rows of a chunk; InputError where the file is gone or damaged."""
    try:
        return pq.read_table(file, columns=columns)
    except (OSError, pa.ArrowInvalid) as problem:
        what = "is damaged or gone: the same sweep again makes it anew"
        raise InputError([Problem("store", what, given=str(file))]) from problem


def _whole(file: Path) -> bool:
    """Whether a chunk is there to its end, where Parquet keeps what it holds."""
    try:
        pq.read_schema(file)
    except (OSError, pa.ArrowInvalid):
        return False
    return True


def _write_table(table: pa.Table, path: Path) -> None:
    # Pages coded by dictionary differ from one writing to the next in bits that say nothing; plain ones do not.
    pq.write_table(table, path, use_dictionary=False, compression="zstd")


def _repeated(words: list[str], index: np.ndarray[Any, Any]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(index, pa.int32()), pa.array(words, pa.string()))


def _plain_schema(schema: pa.Schema) -> pa.Schema:
    """The same columns, words written out."""
    fields = [pa.field(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in schema]
    return pa.schema(fields)


def _differences(ours: Mapping[str, Any], asked: Mapping[str, Any]) -> list[str]:
    """Keys in which two labels differ, one level down where both hold keys."""
    plain = json.loads(json.dumps(asked))
    found = []
    for key in (one for one in dict.fromkeys([*ours, *plain]) if one != MADE_WITH):
        one, other = ours.get(key), plain.get(key)
        if one == other:
            continue
        if isinstance(one, dict) and isinstance(other, dict):
            found += [f"{key}.{name}" for name in dict.fromkeys([*one, *other]) if one.get(name) != other.get(name)]
        else:
            found.append(key)
    return found
