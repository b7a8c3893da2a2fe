"""A sweep in a few lines: how the answer moves with what varies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas
import xarray

from simulator.collector import Failure
from simulator.report.failures import SHOWN, command, named, options, setting
from simulator.report.language import words
from simulator.report.wording import number
from simulator.scenario import DEFAULT_SAMPLING
from simulator.sweeps.dataset import drawn, idle_levers, levers_at, open_sweep, tidy, unconverged
from simulator.sweeps.layout import from_label
from simulator.sweeps.store import TABLE, read_about

HEADLINES = ("import_bill_usd_bn", "brent_usd_bbl")
MOST_LINES, MOST_COLUMNS = 24, 7
CELL, WIDE = 11, 30


def show(store: Path, form: str) -> float:
    """Print a finished sweep as table, csv or json; the share of its draws that did not clear, 0-1."""
    open_ = unconverged(store)
    left_out = len(open_)
    if form == "csv":
        for line in (store / TABLE).open(encoding="utf-8"):
            click.echo(line, nl=False)
    elif form == "json":
        about = read_about(store)
        click.echo(as_json(about, tidy(store), open_draws(about, open_)))
    else:
        click.echo(as_text(open_sweep(store), left_out))
    return left_out / drawn(store)


def point_lines(scenario: str, store: Path, settings: Sequence[str]) -> Iterator[str]:
    """A line for each draw that did not clear, 20 at most, with the command that runs it by itself.

    Parameters
    ----------
    scenario, settings : as the user gave them
    """
    about, failed = read_about(store), unconverged(store)
    sample = {"sampling": DEFAULT_SAMPLING, **about["scenario"], "draws": about["draws"], "seed": about["seed"]}
    for one in open_draws(about, failed.head(SHOWN)):
        levers = [setting(path, from_label(path, value)) for path, value in one["levers"].items()]
        how = options([*settings, *levers], len(about["months"]), sample)
        yield f"did not clear: point {one['point']}, {named(one, words())}: {command(scenario, how, one['draw'])}"
    if len(failed) > SHOWN:
        yield f"did not clear: {len(failed) - SHOWN:,} more draws; --format json names all of them"


def open_draws(about: Mapping[str, Any], failed: pandas.DataFrame) -> list[dict[str, Any]]:
    """Draws of a sweep that did not clear, with the levers of their points."""
    found = []
    for one in failed.to_dict(orient="records"):
        failure = Failure(one["draw"], 0, one["residual_share"], one["bound_missed_share"])
        levers = levers_at(about, one["point"])
        found.append({"point": one["point"], "levers": levers, **failure.document((one["stopped_in"],))})
    return found


def as_text(dataset: xarray.Dataset, unconverged: int) -> str:
    """What `oilsim sweep` prints: the horizon by lever, what moved nothing, draws left out."""
    levers = _levers(dataset)
    total = int(np.prod([dataset.sizes[str(dim)] for dim in _dims(dataset)]))
    draws = dataset.attrs["draws"]
    what = "mid values" if draws == 1 else f"{draws:,} draws a point"
    title = f"{dataset.attrs['name']} · {total:,} points over {', '.join(levers)} · {what}"
    shown = [metric for metric in HEADLINES if metric in dataset] or [_first(dataset)]
    whole = bool(dataset[f"{shown[0]}_mean"].sel(month="horizon").notnull().any("item").all())
    grid = whole and len(levers) == 2 and dataset.attrs["design"] == "grid"
    body = [line for metric in shown for line in _matrix(dataset, metric)] if grid else list(_lines(dataset, shown))
    idle = [f"{lever}: moved none of the outcomes kept." for lever in idle_levers(dataset)]
    open_ = [f"{unconverged:,} of {total * draws:,} draws did not clear and are left out."] if unconverged else []
    return "\n".join([title, "", *body, *idle, *open_])


def as_json(about: dict[str, Any], table: pandas.DataFrame, unconverged: list[dict[str, Any]]) -> str:
    """The label of the sweep, its rows, full precision, null where a value does not exist, and every draw left out."""
    rows = json.loads(table.to_json(orient="records", double_precision=15))
    return json.dumps({**about, "unconverged": len(unconverged), "unconverged_draws": unconverged, "rows": rows})


def _dims(dataset: xarray.Dataset) -> list[str]:
    """The axes along which points lie."""
    return [str(dim) for dim in dataset[_first(dataset)].dims if dim not in ("month", "item", "quantile")]


def _levers(dataset: xarray.Dataset) -> list[str]:
    known = ("month", "item", "quantile", "outcome")
    return [str(name) for name in dataset.coords if name not in known]


def _first(dataset: xarray.Dataset) -> str:
    return next(str(name) for name in dataset.data_vars)


def _horizon(dataset: xarray.Dataset, metric: str) -> xarray.DataArray:
    """A metric over the horizon, of the first item it has: the total where there is one."""
    values = dataset[metric].sel(month="horizon")
    there = values.notnull().any([dim for dim in values.dims if dim != "item"])
    return values.isel(item=int(there.values.argmax()))


def _matrix(dataset: xarray.Dataset, metric: str) -> Iterator[str]:
    values = _horizon(dataset, f"{metric}_mean")
    down, across = (str(dim) for dim in values.dims)
    rows, columns = _some(values.sizes[down], MOST_LINES), _some(values.sizes[across], MOST_COLUMNS)
    yield f"{metric}, mean over the horizon: {down} down, {across} across"
    yield " " * CELL + "".join(f"{_cell(values[across].values[c]):>{CELL}}" for c in columns)
    for r in rows:
        cells = "".join(f"{_figure(float(values.values[r, c])):>{CELL}}" for c in columns)
        yield f"{_cell(values[down].values[r]):>{CELL}}{cells}"
    yield ""


def _lines(dataset: xarray.Dataset, metrics: list[str]) -> Iterator[str]:
    levers, dims = _levers(dataset), _dims(dataset)
    flat = dataset.stack(place=dims) if len(dims) > 1 else dataset.rename_dims({dims[0]: "place"})
    reached = flat[f"{metrics[0]}_mean"].sel(month="horizon").notnull().any("item")
    flat = flat.isel(place=np.flatnonzero(reached.values))
    widths = [max(CELL, len(_last(lever)) + 2) for lever in levers]
    yield "".join(f"{_last(lever):>{w}}" for lever, w in zip(levers, widths, strict=True)) + "".join(
        f"{metric:>{WIDE}}" for metric in metrics
    )
    for k in _some(flat.sizes["place"], MOST_LINES):
        here = flat.isel(place=k)
        cells = [f"{_cell(here[lever].values.item()):>{w}}" for lever, w in zip(levers, widths, strict=True)]
        yield "".join([*cells, *(f"{_with_band(here, metric):>{WIDE}}" for metric in metrics)])
    if flat.sizes["place"] > MOST_LINES:
        yield f"({MOST_LINES} of {flat.sizes['place']:,} points)"
    yield "Mean over the horizon, 5 and 95 % points of the draws."
    yield ""


def _with_band(here: xarray.Dataset, metric: str) -> str:
    mean, (low, _, high) = float(_horizon(here, f"{metric}_mean")), _horizon(here, metric).values.tolist()
    return f"{_figure(mean)} ({_figure(low)} to {_figure(high)})"


def _figure(value: float) -> str:
    """A figure with one decimal, shares and the like with three."""
    return number(value, 1 if abs(value) >= 2 else 3)


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _some(count: int, most: int) -> list[int]:
    """All positions, or evenly spaced ones with both ends."""
    return list(range(count)) if count <= most else sorted({round(k) for k in np.linspace(0, count - 1, most)})


def _cell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float | int) else str(value)
