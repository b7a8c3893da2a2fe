"""A scenario in words, with the origin of each value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.scenario import Distribution, Month, Scenario, to_document

KEY_WIDTH = 34


def in_words(scenario: Scenario) -> str:
    """The merged scenario as a reader wants it: title, span, then one line per value with its origin."""
    last = scenario.last
    span = f"{scenario.start} to {last}" if scenario.months > 1 else str(scenario.start)
    lines = [
        f"{scenario.name}",
        *([scenario.summary] if scenario.summary else []),
        "",
        f"Compared with the baseline {scenario.baseline} over {scenario.months} months, {span}.",
    ]
    lines += [f"  {sentence}" for sentence in sentences(scenario)]
    lines += [f"  {' and '.join(one.between)} move together, rank {one.rank:g}" for one in scenario.correlations]
    lines += ["", "Values and where they come from"]
    for path, value in leaves(to_document(scenario)):
        lines.append(f"  {path:<{KEY_WIDTH}} {_short(value):<28} {scenario.origin(path)}")
    return "\n".join(lines)


def as_json(scenario: Scenario) -> dict[str, Any]:
    """The merged scenario with the origin of each value beside it."""
    document = to_document(scenario)
    origins = {path: scenario.origin(path) for path, _ in leaves(document)}
    return {"scenario": document, "origins": origins}


def sentences(scenario: Scenario) -> Iterator[str]:
    """One sentence per shock."""
    for shock in scenario.shocks:
        first, last = scenario.span(shock)
        # What is hit comes first, how it builds up and fades last.
        keys = sorted(dict(shock), key=lambda key: key in ("ramp_months", "recovery_months"))
        values = [
            f"{key} {_words(getattr(shock, key))}"
            for key in keys
            if key not in ("type", "start", "end", "note") and getattr(shock, key) not in (None, (), 0)
        ]
        ramp = f", from {first} to {last}" if first != last else f", in {first}"
        yield f"{shock.type.replace('_', ' ')}: {', '.join(values)}{ramp}"
    if not scenario.shocks:
        yield "nothing happens"


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a document with its dotted path; lists of names count as one value."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from leaves(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, below in enumerate(value):
            yield from leaves(below, f"{path}.{index}")
    else:
        yield path, value


def _words(value: object) -> str:
    if isinstance(value, Distribution | Month):
        return str(value)
    if isinstance(value, tuple):
        return " and ".join(value)
    return str(value)


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(_short(one) for one in value) if isinstance(value, list) else str(value)
