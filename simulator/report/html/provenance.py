"""Where the figures come from: tables with their sources, how well the model did before, and how to get them again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from simulator import datasets
from simulator.report.failures import options
from simulator.report.html.grid import Grid, headed
from simulator.report.language import Words
from simulator.report.wording import number
from simulator.results import Results
from simulator.scenario import Scenario, to_document

ANY_RUN = (
    "streams",
    "pairs",
    "routes",
    "passages",
    "chokepoints",
    "production",
    "supply",
    "buyers",
    "prices",
    "duties",
    "coalition",
    "relabelling",
    "china_economy",
    "parameters",
    "posterior",
    "baselines",
)
"""Tables that every run reads, beside the flows of its baseline."""
SCORE = "hindcast/score.json"


def tables(results: Sequence[Results], told: Words) -> Grid:
    """Each table that the runs read: what it holds, who made it, licence, dates, digest."""
    rows = []
    for baseline in dict.fromkeys(one.baseline for one in results):
        for name in _read_from(baseline):
            about = datasets.table(name, baseline).meta
            dates = told("report.dates", covers=about["dates"]["covers"], retrieved=about["dates"]["retrieved"])
            made = f"{about['producer']}\n{about['url']}" if about["url"] else about["producer"]
            rows.append((f"{about['title']}\n{name}", made, dates, about["licence"], about["sha256"]))
    columns = headed(
        told, ("report.table_name", "report.producer", "report.dates_name", "report.licence", "report.sha256")
    )
    found = tuple(dict.fromkeys(rows))
    return Grid(told("report.tables"), columns, found, told("report.tables_note"), frozenset({1, 2, 3, 4}))


def _read_from(baseline: str) -> tuple[str, ...]:
    flows = datasets.about(baseline)["flows"]
    own = datasets.names(baseline) if baseline in datasets.own_folders() else ()
    return tuple(dict.fromkeys((flows, flows.replace("flows", "china_segments", 1), *own, *ANY_RUN)))


def score(told: Words) -> list[str]:
    """How the shipped replay of history was judged, in sentences; where it is not at hand, how to have it."""
    found = _score()
    if found is None:
        return [told("report.no_score")]
    naive = found["naive_mean_error_tolerances"]
    return [
        told("report.score_hits", **{key: found[key] for key in ("episodes", "targets", "hits")}),
        told("report.score_signs", right=found["signs_right"], clear=found["signs_clear"]),
        told(
            "report.score_bands",
            targets=found["targets"],
            inside=found["inside_band"],
            alone=found["inside_band_of_parameters_alone"],
        ),
        told(
            "report.score_error",
            mean=number(found["mean_error_tolerances"], 2),
            unchanged=number(naive["nothing changes"], 2),
            last=number(naive["as last time"], 2),
            rule=number(naive["rule of thumb"], 2),
        ),
    ]


def _score() -> dict[str, Any] | None:
    """What `make hindcast` kept: in the package, or in the source tree."""
    package = Path(__file__).parents[2]
    for place in (package / SCORE, package.parent / "docs" / SCORE):
        if place.is_file():
            found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
            return found
    return None


def facts(results: Results, told: Words) -> Grid:
    """What made the figures, in short: the manifest has the rest."""
    made = results.manifest
    commit = made["commit"] or told("report.unknown")
    state = told("report.changed") if made["code_changed"] else ""
    rows = (
        (told("report.version"), f"oilsim {made['version']}"),
        (told("report.commit"), f"{commit}{state}"),
        (told("report.code"), made["code_sha256"]),
        (told("report.draws"), f"{made['draws']:,}"),
        (told("report.seed"), str(made["seed"])),
        (told("report.sampling"), made["sampling"].replace("_", " ")),
        (told("report.left_out"), f"{results.unconverged:,}"),
        (told("report.scenario_digest"), made["scenario_sha256"]),
        (told("report.parameters_digest"), made["parameters_sha256"]),
    )
    return Grid(told("report.facts"), headed(told, ("report.what", "report.value")), rows, texts=frozenset({1}))


def manifest(results: Results) -> str:
    """All of the manifest but the scenario, which stands beside it, as JSON."""
    rest = {key: value for key, value in results.manifest.items() if key != "scenario"}
    return json.dumps(rest, indent=1, ensure_ascii=False)


def as_file(scenario: Scenario) -> str:
    """The scenario, merged with what it extends and what was set, as the text of a file that runs alike."""
    return yaml.safe_dump(to_document(scenario), sort_keys=False, allow_unicode=True, width=100)


def command(word: str, settings: Sequence[str], results: Results) -> str:
    """What to paste into a shell to have the figures of one scenario again.

    Parameters
    ----------
    word, settings : as the user gave them; of a path the name of the file is shown
    """
    name = Path(word).name if Path(word).suffix else word
    how = options(settings, len(results.months), results.manifest)
    return shlex.join(["oilsim", "run", f"./{name}" if name.startswith("-") else name, *how])
