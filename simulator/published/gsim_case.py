"""The file of a tariff case: read as strictly as a scenario, every problem at its line and column."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator import datasets, library
from simulator.errors import InputError, Problem, nearest
from simulator.published.gsim import Case
from simulator.reading.nodes import Node
from simulator.reading.page import Bounds, Keys, Page
from simulator.reading.scalars import shown

Array = NDArray[np.float64]

SCHEMA = 1
NEEDED = ("schema", "exporters", "importers", "flows", "tariff_factors", "elasticities")
OPTIONAL = ("name", "summary")
TARIFFS, ELASTICITIES = ("before", "after"), ("demand", "supply", "substitution")
FLOW = Bounds(0.0, np.inf)
FACTOR = Bounds(0.0, np.inf, above=True)
LIMITS = {"demand": Bounds(-1000.0, 0.0), "supply": FLOW, "substitution": FACTOR}


def folder() -> Path:
    """Where the shipped cases are."""
    return datasets.folder() / "gsim"


def find(word: str) -> Path:
    """The file a user means: a path, or the bare name of a shipped case; InputError where there is none."""
    path = Path(word)
    if library.is_file(path) or path.suffix or len(path.parts) != 1:
        return path
    names = {file.stem: file for file in sorted(folder().glob("*.yaml"))}
    if word in names:
        return names[word]
    raise InputError([Problem(word, "there is no such file or shipped case", meant=nearest(word, names))])


def read_case(path: str | os.PathLike[str]) -> Case:
    """The case a file describes.

    Keys: `exporters`, `importers` (lists of names), `flows` (one row per exporter, one column per importer, at world
    prices), `tariff_factors: {before, after}` (matrices of 1 plus the rate; `after` may name only what changes, as
    `US: {EU: 1.0}`), `elasticities: {demand, supply, substitution}` (one number, or one per country by name).

    Raises
    ------
    InputError : every problem of the file at once.
    """
    page = _Sheet()
    root = page.open(path)
    case = None if root is None else _case(page, root, Path(path).stem)
    page.close()
    assert case is not None
    return case


class _Sheet(Page):
    """Reads matrices and numbers by country as well."""

    def matrix(self, keys: Keys, node: Node, shape: tuple[int, int], bounds: Bounds) -> Array:
        """A row per exporter, a column per importer."""
        values = np.full(shape, np.nan)
        size = f"{shape[0]} rows (exporters) of {shape[1]} numbers (importers)"
        if not isinstance(node.content, list) or len(node.content) != shape[0]:
            given = f"{len(node.content)} rows" if isinstance(node.content, list) else shown(node.plain())
            self.wrong(keys, "must be a matrix", node, given=given, allowed=size)
            return values
        for r, row in enumerate(node.content):
            if not isinstance(row.content, list) or len(row.content) != shape[1]:
                given = f"{len(row.content)} numbers" if isinstance(row.content, list) else shown(row.plain())
                self.wrong((*keys, r), "is not a row of the matrix", row, given=given, allowed=size)
                continue
            values[r] = [self.number((*keys, r, v), cell, bounds) for v, cell in enumerate(row.content)]
        return values

    def changes(self, keys: Keys, node: Node, names: tuple[tuple[str, ...], tuple[str, ...]], before: Array) -> Array:
        """A matrix with some cells replaced, named as `exporter: {importer: factor}`."""
        after = before.copy()
        for exporter, row in self.keys(node, keys, (), names[0]).items():
            for importer, cell in self.keys(row, (*keys, exporter), (), names[1]).items():
                here = names[0].index(exporter), names[1].index(importer)
                after[here] = self.number((*keys, exporter, importer), cell, FACTOR)
        return after

    def by_country(self, keys: Keys, node: Node, names: tuple[str, ...], bounds: Bounds) -> Array:
        """One number for all, or one for each by name."""
        if not isinstance(node.content, dict):
            return np.full(len(names), self.number(keys, node, bounds))
        own = self.keys(node, keys, names)
        return np.array([self.number((*keys, n), own[n], bounds) if n in own else np.nan for n in names])


def _case(page: _Sheet, root: Node, stem: str) -> Case | None:
    top = page.keys(root, (), NEEDED, OPTIONAL)
    if "schema" in top and top["schema"].plain() != SCHEMA:
        page.wrong(("schema",), f"must be {SCHEMA}", top["schema"], given=shown(top["schema"].plain()))
    sides = [page.names((side,), top[side]) if side in top else () for side in ("exporters", "importers")]
    if not all(sides):
        return None
    exporters, importers = sides
    shape = len(exporters), len(importers)
    nothing = np.full(shape, np.nan)
    flows = page.matrix(("flows",), top["flows"], shape, FLOW) if "flows" in top else nothing
    if "flows" in top and np.nansum(flows) == 0.0 and not np.isnan(flows).any():
        page.wrong(("flows",), "nothing is traded", top["flows"])
    before, after = _tariffs(page, top, (exporters, importers)) if "tariff_factors" in top else (nothing, nothing)
    elasticity = _elasticities(page, top, exporters, importers) if "elasticities" in top else {}
    name = "".join(page.names(("name",), Node([top["name"]], top["name"].place))) if "name" in top else stem
    if elasticity.keys() >= {"demand", "supply"} and not (elasticity["demand"].any() or elasticity["supply"].any()):
        page.wrong(("elasticities",), "nobody answers to price: prices would have no level", top["elasticities"])
    if page.problems:
        return None
    return Case(
        name,
        exporters,
        importers,
        flows,
        before,
        after,
        elasticity["demand"],
        elasticity["supply"],
        elasticity["substitution"],
    )


def _tariffs(page: _Sheet, top: dict[str, Node], names: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[Array, Array]:
    shape = len(names[0]), len(names[1])
    at = "tariff_factors"
    given = page.keys(top[at], (at,), TARIFFS)
    before = after = np.full(shape, np.nan)
    if "before" in given:
        before = page.matrix((at, "before"), given["before"], shape, FACTOR)
    if "after" in given and isinstance(given["after"].content, dict):
        after = page.changes((at, "after"), given["after"], names, before)
    elif "after" in given:
        after = page.matrix((at, "after"), given["after"], shape, FACTOR)
    return before, after


def _elasticities(
    page: _Sheet, top: dict[str, Node], exporters: tuple[str, ...], importers: tuple[str, ...]
) -> dict[str, Array]:
    given = page.keys(top["elasticities"], ("elasticities",), ELASTICITIES)
    names = {"demand": importers, "supply": exporters, "substitution": importers}
    return {
        key: page.by_country(("elasticities", key), node, names[key], LIMITS[key])
        for key, node in given.items()
        if key in names
    }
