"""How the outcomes add streams up, read off the tables once."""

from __future__ import annotations

import numpy as np

from simulator import datasets
from simulator.inputs.baseline import CHINA, Baseline, baseline
from simulator.outcomes.views import View, Views, group_view, view
from simulator.units import CUSTOMS_BARRELS_PER_TONNE

OUTSIDE_CUSTOMS = "outside_customs"


@datasets.derived
def views(name: str) -> Views:
    """The views of the streams of baseline `name`."""
    base = baseline(name)
    labels = base.labels
    country = view("country", labels.countries, datasets.vocabulary().countries)
    openly, relabelled = _declared(base, country.items)
    pairs = base.pairs
    sold = (base.flow_kbd + pairs.unused + pairs.barred)[CHINA].sum(axis=0) > 0
    return Views(
        total=View("total", ("total",), np.ones((len(labels.streams), 1))),
        stream=view("stream", labels.streams),
        country=country,
        group=group_view(labels.groups),
        stock_mb=base.stock_mb,
        three_sellers=base.three_sellers.astype(float),
        quality=np.concatenate([np.full(n.stop - n.start, k) for k, n in enumerate(labels.nests)]),
        sold_to_china=sold,
        declared_openly=openly,
        declared_relabelled=relabelled,
    )


def _declared(base: Baseline, countries: tuple[str, ...]) -> tuple[View, View]:
    """Customs kb/d per true kb/d, (stream, country): under the true name, and under the name it is given."""
    per_tonne = {row["stream"]: row["barrels_per_tonne"] for row in datasets.table("streams").rows}
    factor = np.array([CUSTOMS_BARRELS_PER_TONNE / per_tonne[stream] for stream in base.labels.streams])
    openly = view("country", base.labels.countries, countries).belongs * factor[:, None]
    relabelled = np.zeros_like(openly)
    rows = datasets.table("relabelling").rows
    for i, country in enumerate(base.labels.countries):
        named = [row for row in rows if row["country"] == country]
        total = sum(row["kbd"] for row in named)
        for row in named:
            if row["declared_as"] != OUTSIDE_CUSTOMS:
                relabelled[i, countries.index(row["declared_as"])] += factor[i] * row["kbd"] / total
    return View("country", countries, openly), View("country", countries, relabelled)
