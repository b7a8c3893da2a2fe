"""Several scenarios side by side: what differs in the inputs, then the same outcomes for each."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from string import ascii_uppercase
from textwrap import wrap
from typing import Any

from simulator.report import policies
from simulator.report.language import words
from simulator.report.scenario import leaves
from simulator.report.sentences import extremes
from simulator.report.shown import COSTS, DISCOUNTS, SHARES, STOCK_DRAW
from simulator.report.wording import number, signed
from simulator.results import Results
from simulator.scenario import UNCERTAIN_KEYS, Scenario, distribution, to_document

REMARKS = ("name", "summary", "note")
"""Keys the model ignores."""

LABEL_WIDTH, CELL_WIDTH, PAGE_WIDTH = 28, 17, 80

Figure = tuple[str, str, str, str, int, float]
"""What a line shows: label, metric, by, item, decimals, factor."""


def differences(scenarios: Sequence[Scenario]) -> dict[str, list[tuple[Any, str] | None]]:
    """Values that differ, by dotted path: per scenario the value and its origin, None where it has no such key.

    Remarks are left out, and defaults of shocks that the others do not have.
    """
    written = [_values(scenario) for scenario in scenarios]
    found: dict[str, list[tuple[Any, str] | None]] = {}
    for path in dict.fromkeys(path for values in written for path in values):
        here = [
            (values[path], _origin(scenario, path)) if path in values else None
            for scenario, values in zip(scenarios, written, strict=True)
        ]
        known = [one for one in here if one is not None]
        alike = len(known) == len(here) and all(one[0] == known[0][0] for one in known)
        unsaid = len(known) < len(here) and all(origin == "default" for _, origin in known)
        if not (alike or unsaid or path.rpartition(".")[2] in REMARKS):
            found[path] = here
    return found


def _values(scenario: Scenario) -> dict[str, Any]:
    """Every value by its dotted path; an uncertain number as one, as {low, mid, high}."""
    values: dict[str, Any] = {}
    for path, value in leaves(to_document(scenario)):
        whole, _, key = path.rpartition(".")
        if key in UNCERTAIN_KEYS:
            values.setdefault(whole, {})[key] = value
        else:
            values[path] = value
    return values


def _origin(scenario: Scenario, path: str) -> str:
    """Where a value was written; of an uncertain number where its median or its distribution was."""
    places = (scenario.origin(one) for one in (path, f"{path}.mid", f"{path}.distribution"))
    return next((origin for origin in places if origin != "default"), "default")


def as_text(scenarios: Sequence[Scenario], results: Sequence[Results]) -> str:
    """What `oilsim compare` prints."""
    lines = [line for letter, result in _lettered(results) for line in _title(letter, result)]
    lines += ["", "What differs in the inputs", *_inputs(scenarios)]
    lines += ["", "What comes out: mean over draws, and change against the scenario's own baseline"]
    if len({result.months for result in results}) > 1:
        lines += ["The scenarios cover different months: sums and means are over each one's own."]
    lines += ["", *_outcomes(results)]
    for letter, result in _lettered(results):
        for sentence in (extremes(result, words()), *policies.sentences(result, words())):
            lines += wrap(sentence, PAGE_WIDTH, initial_indent=f"{letter}  ", subsequent_indent="   ")
    return "\n".join(lines)


def as_json(scenarios: Sequence[Scenario], results: Sequence[Results]) -> str:
    """The results as an array, each with the inputs in which it differs from the others."""
    differing = differences(scenarios)
    documents = []
    for position, result in enumerate(results):
        own = {path: values[position] for path, values in differing.items()}
        said = {path: {"value": one[0], "origin": one[1]} for path, one in own.items() if one is not None}
        documents.append({**result.document(), "differing_inputs": said})
    return json.dumps(documents)


def as_csv(results: Sequence[Results]) -> str:
    """The rows of all results under one header, the first column naming the scenario."""
    return "".join(result.csv_lines(with_scenario=True, header=number == 0) for number, result in enumerate(results))


def _lettered(results: Sequence[Results]) -> Iterator[tuple[str, Results]]:
    for position, result in enumerate(results):
        yield letter_of(position), result


def letter_of(position: int) -> str:
    """A short name for the scenario at a position.

    >>> letter_of(0), letter_of(25), letter_of(26)
    ('A', 'Z', 'A1')
    """
    again, at = divmod(position, len(ascii_uppercase))
    return ascii_uppercase[at] + (str(again) if again else "")


def _title(letter: str, result: Results) -> Iterator[str]:
    left_out = f", {result.unconverged} left out" if result.unconverged else ""
    yield f"{letter}  {result.scenario}"
    span = f"{result.months[0]} to {result.months[-1]}"
    yield f"   baseline {result.baseline} · {span} · {result.draws:,} draws{left_out}"


def _inputs(scenarios: Sequence[Scenario]) -> Iterator[str]:
    """A path, then a line for each scenario that has a value there."""
    found = differences(scenarios)
    if not found:
        yield "  nothing"
    for path, values in found.items():
        yield f"  {path}"
        for position, value in enumerate(values):
            if value is not None:
                yield f"    {letter_of(position)}  {_short(value[0]):<30}  {_near(value[1])}"


def _short(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return str(distribution(value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _near(origin: str) -> str:
    """An origin as seen from here, where that is shorter."""
    try:
        relative = os.path.relpath(origin)
    except ValueError:
        return origin
    return min(relative, origin, key=len)


def _outcomes(results: Sequence[Results]) -> Iterator[str]:
    """Columns of all scenarios, in pages as wide as a terminal."""
    per_page = max(1, (PAGE_WIDTH - LABEL_WIDTH) // CELL_WIDTH)
    for first in range(0, len(results), per_page):
        page = results[first : first + per_page]
        heads = "".join(f"{letter_of(first + k):>{CELL_WIDTH}}" for k in range(len(page)))
        for title, figures in _blocks():
            yield f"{title:<{LABEL_WIDTH}}{heads}".rstrip()
            for figure in figures:
                yield f"{figure[0]:<{LABEL_WIDTH}}" + "".join(f"{_cell(one, figure):>{CELL_WIDTH}}" for one in page)
            yield ""


def _blocks() -> Iterator[tuple[str, list[Figure]]]:
    told = words()
    labelled = [(f"{told.metric(one.metric)}, {told.unit(one.metric)}", *one) for one in (*COSTS, STOCK_DRAW)]
    yield "Costs", labelled
    yield "Shares of imports, %", [(told.name(one.by, one.item), *one) for one in SHARES]
    yield "Delivered less Brent, USD", [(told.name(one.by, one.item), *one) for one in DISCOUNTS]


def _cell(result: Results, figure: Figure) -> str:
    _, metric, by, item, digits, factor = figure
    row = result.get(metric, by, item)
    change = factor * (row.mean - row.baseline)
    return f"{number(factor * row.mean, digits)} {signed(change, digits):>7}"
