"""The pages of the scenario file and of the shocks, from the schema that reads the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pages.writing import code, plain, sentence, table
from simulator import datasets
from simulator.scenario import Key, keys
from simulator.scenario.forms import FORMS
from simulator.scenario.shock import Shock, known_keys
from simulator.scenario.shocks import SHOCKS

EXAMPLES = Path(__file__).with_name("examples")
SHARED = tuple(Shock.model_fields)
FILE_HEAD = """# The scenario file

A scenario is a short YAML file. This page is made from the schema that reads it; `oilsim explain KEY` says the same on
the command line, and `oilsim validate FILE` lists every mistake with its line. An unknown key is refused, never ignored
([what else is](../limits.md)).
"""
SHOCKS_HEAD = """# Shocks

What can happen in a scenario. Shares are 0 to 1, volumes kb/d, prices USD/bbl, months YYYY-MM. Every number below may
be uncertain ([how](scenario-file.md#uncertain-numbers)), but for counts of months. Shocks on the same stream combine:
shares left over multiply, dollars and barrels add, limits take the tightest; order never matters.

## Keys of every shock { #every-shock }
"""
STRENGTH = """Before `start` a shock does nothing. With `ramp_months: n` it stands at k/(n+1) in its k-th month and is
whole from month n+1; after `end` it loses 1/(r+1) a month with `recovery_months: r`.
"""


def scenario_file() -> str:
    """The page of everything that stands at the top of a scenario file."""
    return "\n".join(_scenario_lines())


def shocks() -> str:
    """The page of every type of shock, each with an example that runs."""
    return "\n".join(_shock_lines())


def _scenario_lines() -> Iterator[str]:
    known = keys()
    yield FILE_HEAD
    yield from _listing((EXAMPLES / "supply_outage.yaml"), "lost_iran.yaml")
    yield "## Keys\n"
    top = [key for name, key in known.items() if "." not in name]
    yield from _key_table(top)
    yield "Keys of a shock: [shocks](shocks.md). Names of parameters: [parameters](parameters.md).\n"
    yield "## Correlations\n"
    yield "Entries of `correlations`; how they work: [uncertain numbers](../uncertainty.md#what-moves-together).\n"
    yield from _key_table([key for name, key in known.items() if name.startswith("correlations.")])
    yield "## Uncertain numbers\n"
    yield f"Wherever a number may be uncertain: {plain(known['NUMBER.distribution'].meaning)}.\n"
    yield from table(
        ["`distribution:`", "keys"], [[code(name), ", ".join(map(code, parts))] for name, parts in FORMS.items()]
    )
    yield from _names()


def _names() -> Iterator[str]:
    known = datasets.vocabulary()
    origins = known.origins or {}
    yield "## Names\n"
    yield "Names are ids in small letters; `streams` also takes countries and groups, `buyers` also takes `china`.\n"
    yield from table(
        ["kind", "names"],
        [
            ["buyers", ", ".join(map(code, (*known.buyers, "china")))],
            ["groups", ", ".join(map(code, known.groups))],
            ["chokepoints", ", ".join(map(code, known.chokepoints))],
            ["baselines", ", ".join(map(code, known.baselines))],
        ],
    )
    described = {row["stream"]: row for row in datasets.table("streams").rows}
    yield "### Streams\n"
    yield from table(
        ["stream", "country", "group", "what it is"],
        [
            [code(stream), code(country), code(group), plain(described[stream]["name"])]
            for stream, (country, group) in origins.items()
        ],
    )


def _shock_lines() -> Iterator[str]:
    known = keys()
    yield SHOCKS_HEAD
    kind = Key("shocks.type", "", "", "one of the words below", "what happens", required=True)
    yield from _key_table([kind, *(known[f"shocks.supply_outage.{name}"] for name in SHARED)])
    yield STRENGTH
    for name in SHOCKS:
        yield from _shock(name, known)


def _shock(name: str, known: dict[str, Key]) -> Iterator[str]:
    model = SHOCKS[name]
    yield f"## {code(name)} {{ #{name} }}\n"
    yield plain(sentence(known[f"shocks.{name}"].meaning)) + "\n"
    yield from _key_table([known[f"shocks.{name}.{key}"] for key in known_keys(model) if key not in (*SHARED, "type")])
    if model.one_of:
        yield f"Give exactly one of {_either(model.one_of)}.\n"
    if model.some_of:
        yield f"Give at least one of {_either(model.some_of)}.\n"
    for key, other in model.needs.items():
        yield f"{code(key)} has no effect without {code(other)}.\n"
    if model.once:
        yield "A scenario can hold it once.\n"
    yield from _listing(EXAMPLES / f"{name}.yaml", f"{name}.yaml")


def _either(names: tuple[str, ...]) -> str:
    return " and ".join(map(code, names)) if len(names) == 2 else ", ".join(map(code, names))


def _key_table(found: list[Key]) -> Iterator[str]:
    head = ["key", "takes", "default", "meaning"]
    rows = [[code(key.pattern.rpartition(".")[2]), _takes(key), _default(key), plain(key.meaning)] for key in found]
    return table(head, rows)


def _takes(key: Key) -> str:
    if key.kind in ("month", "text"):
        return f"{key.kind}, {key.allowed}"
    if key.unit == "share":
        return f"share, {key.allowed.removesuffix(' share')}"
    if key.pattern == "parameters":
        return plain(key.kind)
    return re.sub(r"\d{5,}", lambda digits: f"{int(digits[0]):,}", plain(key.allowed or key.kind))


def _default(key: Key) -> str:
    if key.required:
        return "**required**"
    return "" if key.default is None or key.default == () else code(key.default)


def _listing(file: Path, title: str) -> Iterator[str]:
    yield f'```yaml title="{title}"'
    yield file.read_text(encoding="utf-8").rstrip()
    yield "```\n"
