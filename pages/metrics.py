"""The page of metrics: what every row of a result table holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from pages.writing import WIDE, code, plain, table
from simulator.outcomes.metrics import known_metrics
from simulator.report.language import words

HEAD = """# Metrics

A result is a table with a row for each metric, item and month: `metric, by, item, month, baseline, mean, p05, p50,
p95`. `by` says what a metric is split by; the month `horizon` is the whole run. Over the horizon money (`_usd_bn`) adds
up, flows (`_kbd`) are means by days, landed cost is the bill over the volume, shares are means by imports, stocks are
those of the last month; the rest are plain means. `baseline` is the same without the scenario's shocks. Means add up;
ends of bands do not.
"""
MEANINGS = Path(__file__).with_name("metrics.yaml")


def page() -> str:
    """The whole page as Markdown."""
    return WIDE + "\n".join(_lines())


def meanings() -> dict[str, str]:
    """What each metric means, in a sentence."""
    read: dict[str, str] = yaml.safe_load(MEANINGS.read_text(encoding="utf-8"))
    return read


def _lines() -> Iterator[str]:
    yield HEAD
    english, chinese, told = words("en"), words("zh"), meanings()
    rows = [
        [
            code(metric),
            f"{plain(english.metric(metric))}<br>{chinese.metric(metric)}",
            plain(english.unit(metric)),
            ", ".join(map(code, ways)),
            plain(told[metric]),
        ]
        for metric, ways in known_metrics().items()
    ]
    yield from table(["metric", "called", "unit", "by", "meaning"], rows)
    yield "The ways a metric can be split are also what `--metric METRIC/BY/ITEM` takes, as `share/group/iran`.\n"
