"""What an answer rests on: what happens in the scenario, what its bands hang on, and every parameter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from simulator import datasets
from simulator.collector import FEWEST_DRIVER_DRAWS
from simulator.inputs.compile import parameter_ranges
from simulator.inputs.fitted import shipped
from simulator.precision import HEADLINES
from simulator.report.compare import differences, letter_of
from simulator.report.html.grid import Grid, headed
from simulator.report.language import Words
from simulator.report.sentences import percent, shock_types
from simulator.report.wording import significant
from simulator.results import Results
from simulator.scenario import Distribution, Scenario, distribution
from simulator.scenario.shock import Shock

UNSAID = ("type", "start", "end", "note")
PERCENT = ("rate", "existing_rate", "enforcement_probability", "others")
"""Keys of shares that do not end on the word."""
BUILD_UP = ("ramp_months", "recovery_months")
STANDINGS = ("measured", "published", "estimated", "guessed")
SPAN = (0.05, 0.5, 0.95)
DIGITS = 3
"""Of a parameter, those that count."""


def shocks(scenario: Scenario, told: Words) -> Grid:
    """What happens, one row a shock; the notes are the author's."""
    rows = tuple(
        (_kind(shock, told), _values(shock, told), _when(scenario, shock, told), shock.note or "")
        for shock in scenario.shocks
    )
    note = "" if rows else told("report.nothing_happens")
    columns = headed(told, ("report.what", "report.size", "report.when", "report.remark"))
    return Grid(told("report.shocks"), columns, rows, note, frozenset({1, 2, 3}))


def overrides(scenario: Scenario, told: Words) -> Grid | None:
    """Parameters the scenario sets itself, and numbers it lets move together; nothing where there are none."""
    rows = [(told.input(name), _worded("", value, told)) for name, value in scenario.parameters.items()]
    types = [_type(shock) for shock in scenario.shocks]
    for pair in scenario.correlations:
        named = told("report.listing").join(told.input(path, types) for path in pair.between)
        rows.append((named, told("report.rank", rank=f"{pair.rank:g}")))
    columns = headed(told, ("report.what", "report.value"))
    return Grid(told("report.overrides"), columns, tuple(rows), texts=frozenset({1})) if rows else None


def inputs(scenarios: Sequence[Scenario], told: Words) -> Grid:
    """What differs in the inputs of scenarios: a row a key, a column a scenario."""
    found = differences(scenarios)
    rows = tuple(
        (_path(path, told), *("" if one is None else _worded(path.rpartition(".")[2], one[0], told) for one in values))
        for path, values in found.items()
    )
    columns = told("report.key"), *(letter_of(at) for at in range(len(scenarios)))
    texts = frozenset(range(1, len(columns)))
    return Grid(told("report.inputs"), columns, rows, told("report.inputs_note" if rows else "report.alike"), texts)


def _path(path: str, told: Words) -> str:
    """A key by its name, with the number of the shock it belongs to, and under it as it is written."""
    first, _, rest = path.partition(".")
    if first == "shocks":
        position, _, key = rest.partition(".")
        named = told("report.key_of_shock", number=int(position) + 1, key=told.name("key", key.partition(".")[0]))
    else:
        named = told.input(rest) if first == "parameters" else told.name("key", first)
    return f"{named}\n{path}"


def drivers(results: Results, told: Words) -> Grid | None:
    """The uncertain numbers that the headline bands hang on most; nothing where too few were drawn to say."""
    if results.draws < FEWEST_DRIVER_DRAWS or not results.drivers:
        return None
    rows = []
    for one in results.drivers:
        outcome = told.metric(HEADLINES[one.outcome][0])
        rows.append(
            (
                outcome,
                told.input(one.name, shock_types(results)),
                percent(one.share, told),
                told.name("standing", one.standing),
                _source(one.name),
            )
        )
    columns = headed(told, ("report.band_of", "report.hangs_on", "report.explains", "report.standing", "report.source"))
    return Grid(told("report.drivers"), columns, tuple(rows), told("report.drivers_note"), frozenset({1, 3, 4}))


def parameters(told: Words) -> Grid:
    """Every parameter: what runs draw it from, its unit, standing and source."""
    fitted = _fitted()
    rows = []
    for row in datasets.table("parameters").rows:
        name = row["name"]
        low, mid, high = fitted.get(name, (row["low"], row["mid"], row["high"]))
        span = (
            told("terminal.low_to_high", low=significant(low, DIGITS), high=significant(high, DIGITS))
            if low != high
            else ""
        )
        label = f"{told.input(name)}\n{name}"
        cells = f"{significant(mid, DIGITS)}{'*' if name in fitted else ''}", span, _unit(row["unit"], told)
        rows.append((label, *cells, told.name("standing", row["standing"]), row["meaning"], _citation(row)))
    columns = headed(
        told,
        (
            "report.parameter",
            "report.middle",
            "report.range",
            "report.unit",
            "report.standing",
            "report.meaning",
            "report.source",
        ),
    )
    texts = frozenset({3, 4, 5, 6})
    return Grid(told("report.parameters"), columns, tuple(rows), told("report.parameters_note"), texts)


def standings(told: Words) -> str:
    """How many parameters are measured, published, estimated, guessed."""
    known = Counter(datasets.table("parameters").column("standing"))
    parts = (f"{known[standing]} {told.name('standing', standing)}" for standing in STANDINGS)
    return told("report.standings", count=known.total(), parts=told("report.listing").join(parts))


def _fitted() -> dict[str, tuple[float, float, float]]:
    """What history made of the parameters that were fitted: 5, 50, 95 % points."""
    members = shipped()
    points = members.quantiles(SPAN).T
    return {name: (low, mid, high) for name, (low, mid, high) in zip(members.names, points.tolist(), strict=True)}


def _source(name: str) -> str:
    """Where a parameter comes from; a range of the scenario's own has no other source."""
    ranges = parameter_ranges()
    bare = name if name in ranges else name.rpartition(".")[0]
    rows = [row for row in datasets.table("parameters").rows if row["name"] in (name, bare)]
    return _citation(rows[0]) if rows else ""


def _citation(row: dict[str, Any]) -> str:
    return f"{row['citation']} ({row['url']})" if row["url"] else str(row["citation"])


def _unit(unit: str, told: Words) -> str:
    """A unit of the table of parameters in this language."""
    return told.known(f"report.unit_{unit}", unit)


def _kind(shock: Shock, told: Words) -> str:
    return told.name("shock", _type(shock))


def _type(shock: Shock) -> str:
    return str(dict(shock)["type"])


def _values(shock: Shock, told: Words) -> str:
    """What a shock says beside its time, a line a key."""
    keys = (key for key in dict(shock) if key not in (*UNSAID, *BUILD_UP))
    said = ((key, getattr(shock, key)) for key in keys)
    return "\n".join(
        told("report.pair", key=told.name("key", key), value=_worded(key, value, told))
        for key, value in said
        if value not in (None, ())
    )


def _when(scenario: Scenario, shock: Shock, told: Words) -> str:
    first, last = (told.month(str(month)) for month in scenario.span(shock))
    lines = [first if first == last else told("terminal.from_to", first=first, last=last)]
    for key in BUILD_UP:
        if months := getattr(shock, key):
            lines.append(told("report.pair", key=told.name("key", key), value=months))
    return "\n".join(lines)


def _worded(key: str, value: Any, told: Words) -> str:
    """A value as people read it: names in this language, ranges as middle and ends."""
    if isinstance(value, dict):
        value = distribution(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = Distribution.constant(value)
    if isinstance(value, Distribution):
        return _spread(value, key.endswith("_share") or key in PERCENT, told)
    if isinstance(value, tuple | list):
        return told("report.listing").join(_named(key, one, told) for one in value)
    if isinstance(value, bool):
        return told("report.yes" if value else "report.no")
    return _named(key, str(value), told)


def _spread(value: Distribution, share: bool, told: Words) -> str:
    """A number with its range; shares in percent."""
    factor = 100.0 if share else 1.0
    low, mid, high = (f"{round(factor * one, 10):,.6g}" for one in (value.low, value.mid, value.high))
    middle = told("terminal.percent", value=mid) if share else mid
    if value.is_constant:
        return middle
    return told("report.drawn", mid=middle, span=told("terminal.low_to_high", low=low, high=high))


def _named(key: str, one: str, told: Words) -> str:
    """A stream, country, group, buyer or strait by its name; any other word as it was written."""
    written = one.replace("_", " ")
    names = (told.name(by, one) for by in _places(key))
    return next((name for name in names if name != written), told.known(f"report.value_{one}", written))


def _places(key: str) -> tuple[str, ...]:
    """Which names a key's words may be."""
    special = {
        "buyers": ("buyer",), "target": ("buyer",), "chokepoint": ("chokepoint",), "type": ("shock",),
        "coalition": ("coalition",),
    }  # fmt: skip
    return special.get(key, ("group", "country", "stream"))
