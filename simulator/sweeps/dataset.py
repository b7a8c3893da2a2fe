"""A kept sweep with its labels back on: an xarray Dataset, tidy tables, and what moved nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xarray
from numpy.typing import NDArray

from simulator.results import HORIZON
from simulator.scenario.sweeping import GRID
from simulator.sweeps.store import band_files, draw_files, read_about, read_chunk
from simulator.sweeps.wanted import WHOLE

Array = NDArray[np.float64]

QUANTILES = {"p05": 0.05, "p50": 0.5, "p95": 0.95}
POINT = "point"
NOTHING = 1e-9
"""A lever that changes every figure by less than this, relative to the figure, moves nothing."""


def open_sweep(folder: str | os.PathLike[str], draws: bool = False) -> xarray.Dataset:
    """The sweep kept in a folder, finished or not.

    Parameters
    ----------
    draws : read the horizon values of every draw as well

    Returns
    -------
    For every metric three variables: `METRIC` (lever, ..., month, item, quantile), `METRIC_mean` and
    `METRIC_baseline` (lever, ..., month, item). The last month is `horizon`. Points off a grid lie along `point`, with
    the levers as coordinates on it. An item is `russia`, or `stream:russia_urals` where a metric is broken down by
    more than total, group or component. With `draws`, `draws` (lever, ..., draw, outcome), outcome `metric/by/item`.
    NaN: no such value, or not reached yet.

    Raises
    ------
    InputError : there is no sweep in the folder.
    """
    where = Path(folder)
    about = read_about(where)
    table = _read(band_files(where), ("point", "metric", "by", "item", "month", *QUANTILES, "mean", "baseline"))
    shape, coords = _axes(about)
    points = int(np.prod(list(shape.values())))
    months = [*about["months"], HORIZON]
    table["label"] = [i if by in WHOLE else f"{by}:{i}" for by, i in zip(table["by"], table["item"], strict=True)]
    items = list(dict.fromkeys(table["label"]))
    variables: dict[str, Any] = {}
    for metric, part in table.groupby("metric", sort=False, observed=True):
        place = (part["point"].to_numpy(), _codes(part["month"], months), _codes(part["label"], items))
        for name, columns in (("", list(QUANTILES)), ("_mean", ["mean"]), ("_baseline", ["baseline"])):
            values = np.full((points, len(months), len(items), len(columns)), np.nan)
            values[place] = part[columns].to_numpy(dtype=float)
            dims = (*shape, "month", "item", "quantile")
            values = values.reshape(*shape.values(), *values.shape[1:])
            variables[f"{metric}{name}"] = (dims, values) if len(columns) > 1 else (dims[:-1], values[..., 0])
    if draws:
        variables["draws"], coords["outcome"] = _draws(where, shape, points)
    coords |= {"month": months, "item": items, "quantile": list(QUANTILES.values())}
    kept = ("name", "baseline", "design", "draws", "seed", "version")
    return xarray.Dataset(variables, coords, {key: about[key] for key in kept})


def tidy(folder: str | os.PathLike[str]) -> pandas.DataFrame:
    """The bands of a kept sweep, a row per point, outcome and month: what `table.csv` holds."""
    return _read(band_files(Path(folder)))


def draws(folder: str | os.PathLike[str]) -> pandas.DataFrame:
    """A row per point and draw: scenario, point, levers, draw, and every outcome over the horizon."""
    return _read(draw_files(Path(folder)))


def unconverged(folder: str | os.PathLike[str]) -> pandas.DataFrame:
    """The draws that did not clear and are left out of every figure: point and draw, the first month that did not
    clear, its residual, and how far a promise or ban was missed."""
    columns = ["point", "draw", "stopped_in", "residual_share", "bound_missed_share", "converged"]
    open_ = [
        table.filter(pc.invert(table["converged"])).drop_columns("converged").to_pandas()
        for file in draw_files(Path(folder))
        for table in [read_chunk(file, columns)]
    ]
    return pandas.concat(open_, ignore_index=True) if open_ else pandas.DataFrame(columns=columns[:-1])


def levers_at(about: Mapping[str, Any], point: int) -> dict[str, Any]:
    """The levers of one point of a sweep, by path, as its label has them."""
    levers = about["levers"]
    if about["design"] != GRID:
        return {path: values[point] for path, values in levers.items()}
    place = np.unravel_index(point, [len(values) for values in levers.values()])
    return {path: values[k] for (path, values), k in zip(levers.items(), place, strict=True)}


def drawn(folder: str | os.PathLike[str]) -> int:
    """Draws of all points that are done."""
    return sum(pq.read_metadata(file).num_rows for file in draw_files(Path(folder)))


def idle_levers(dataset: xarray.Dataset) -> list[str]:
    """Levers of a grid that move no figure by more than 1e-9 of it, whatever the others are.

    Figures below 1 count as 1. A figure that is there at some values only has moved; so nothing is said of levers some
    of whose values have not been reached.
    """
    found = []
    names = [str(name) for name in dataset.data_vars if not str(name).endswith("_baseline") and name != "draws"]
    for lever in dataset.sizes:
        if lever in ("month", "item", "quantile", "draw", "outcome", POINT) or dataset.sizes[lever] < 2:
            continue
        if not any(_moves(dataset[name], str(lever)) for name in names):
            found.append(str(lever))
    return found


def _moves(values: xarray.DataArray, lever: str) -> bool:
    axis = values.get_axis_num(lever)
    ordered = np.moveaxis(values.to_numpy(), axis, 0)
    change = np.abs(ordered[1:] - ordered[:1])
    other = np.isnan(ordered[1:]) != np.isnan(ordered[:1])
    return bool(np.any(other | (change > NOTHING * np.maximum(np.abs(ordered[:1]), 1.0))))


def _axes(about: dict[str, Any]) -> tuple[dict[str, int], dict[str, Any]]:
    levers = about["levers"]
    if about["design"] == "grid":
        return {path: len(values) for path, values in levers.items()}, dict(levers)
    count = len(next(iter(levers.values())))
    return {POINT: count}, {path: (POINT, values) for path, values in levers.items()}


def _draws(folder: Path, shape: dict[str, int], points: int) -> tuple[Any, list[str]]:
    table = draws(folder)
    outcomes = [name for name in table.columns if name.count("/") == 2]
    count = int(table["draw"].max()) + 1
    values = np.full((points, count, len(outcomes)), np.nan)
    values[table["point"].to_numpy(), table["draw"].to_numpy()] = table[outcomes].to_numpy(dtype=float)
    return ((*shape, "draw", "outcome"), values.reshape(*shape.values(), count, len(outcomes))), outcomes


def _read(files: list[Path], columns: tuple[str, ...] | None = None) -> pandas.DataFrame:
    wanted = None if columns is None else list(columns)
    parts = [read_chunk(file, wanted).to_pandas() for file in files]
    if not parts:
        return pandas.DataFrame(columns=wanted)
    for name in parts[0].columns:
        if isinstance(parts[0][name].dtype, pandas.CategoricalDtype):
            whole = pandas.Index(dict.fromkeys(word for part in parts for word in part[name].cat.categories))
            for part in parts:
                part[name] = part[name].cat.set_categories(whole)
    return pandas.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def _codes(labels: pandas.Series, known: list[str]) -> NDArray[np.int64]:
    return pandas.Index(known).get_indexer(pandas.Index(labels.astype(str))).astype(np.int64)
