"""Published single cases computed again: the GSIM worked example, Leiby's premium, hazards, and China's premium."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator import datasets
from simulator.published.answers import Answers, exact, over_draws
from simulator.published.futures import odds
from simulator.published.gsim import respond
from simulator.published.gsim_case import find, read_case
from simulator.published.hazards import futures, hazards
from simulator.published.leiby import Disruptions, Importer, World, premium
from simulator.published.premium import FUTURES, FUTURES_SEED, china_premium
from simulator.units import DAYS_PER_YEAR


def tariffs() -> Answers:
    """World prices of the worked example of Francois & Hall, relative changes."""
    case = read_case(find("francois_hall_2003"))
    world = respond(case).world_price
    return {f"gsim.{name}": exact(value) for name, value in zip(case.exporters, world, strict=True)}


def import_premium() -> Answers:
    """Leiby's premium of the United States, USD/bbl; and its output part in consistent units."""
    importer, world, risks = published_premium_case()
    found = premium(importer, world, risks)
    consistent = replace(importer, output=importer.output * 1e3 / DAYS_PER_YEAR)
    return {
        "premium.total": exact(found.total),
        "premium.monopsony": exact(found.monopsony),
        "premium.imports": exact(found.disruption_imports),
        "premium.output": exact(found.disruption_output),
        "premium.consistent_output": exact(premium(consistent, world, risks).disruption_output),
    }


def published_premium_case() -> tuple[Importer, World, Disruptions]:
    """The inputs of the published case, as `data/premium_case.csv` has them."""
    given = {row["name"]: row["value"] for row in datasets.table("premium_case").rows}
    given["output"] = given["gdp_usd_bn"]
    sizes, chances = (np.array([given[f"{name}_{k}"] for k in (1, 2, 3)]) for name in ("size", "odds"))
    importer = Importer(**{name: given[name] for name in Importer.__dataclass_fields__})
    world = World(**{name: given[name] for name in World.__dataclass_fields__})
    reserve = {name: given[name] for name in ("length_years", "reserve_mb", "most_offset_share")}
    return importer, world, Disruptions(sizes, chances, **reserve)


def disruption_odds() -> Answers:
    """Share of 20,000 drawn futures with each kind of disruption."""
    return {f"hazard.{one.check}": exact(one.simulated) for one in odds(futures(hazards(), FUTURES, FUTURES_SEED))}


def china(draws: int, seed: int) -> Answers:
    """China's premium on the baseline of 2025, USD/bbl."""
    found = china_premium(draws, seed)
    return {
        "china.total": over_draws(found.total),
        "china.monopsony": over_draws(found.monopsony),
        "china.imports": over_draws(found.disruption_imports),
        "china.output": over_draws(found.disruption_output),
    }
