"""What the file's form allows and the market does not: found in the tables, without any arithmetic on arrays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simulator import datasets, verification
from simulator.axes import CHINA_SEGMENTS
from simulator.errors import InputError, Problem
from simulator.inputs.capacity import capacities
from simulator.scenario import Distribution, Scenario
from simulator.scenario.policies import PurchaseCommitment, SecondaryTariff, StockRelease
from simulator.scenario.shock import Shock
from simulator.scenario.shocks import (
    Capacity,
    ChokepointClosure,
    Demand,
    Discount,
    Embargo,
    Freight,
    Sanction,
    SupplyOutage,
    Tariff,
)
from simulator.vocabulary import Vocabulary

BUYER_PARAMETERS = (
    "dispersion_within_usd_bbl",
    "dispersion_across_usd_bbl",
    "demand_elasticity_month",
    "stock_response",
    "stock_lean",
    "compliance_share",
    "sanction_risk_usd_bbl",
)
"""Parameters a scenario may set for one buyer alone, as `name.buyer`."""

ROUNDING = 1e-9


def refuse_impossible(scenario: Scenario) -> None:
    """Refuse to take away more than there is, to push a duty below 0, to promise or ban what cannot be bought.

    Raises
    ------
    InputError : every such shock and parameter at once, at its place in the file.
    DataError : the tables of the baseline contradict each other.
    """
    verification.agree(scenario.baseline)
    problems = [
        *_deaf_overrides(scenario),
        *_too_much(scenario),
        *_duties_below_zero(scenario),
        *_detours_have_no_bypass(scenario),
        *_unheard(scenario),
        *_empty_stores(scenario),
        *_never_bought(scenario),
        *_hollow_promises(scenario),
        *_correlations(scenario),
    ]
    if problems:
        raise InputError(problems)


def _correlations(scenario: Scenario) -> list[Problem]:
    """Correlations that cannot be had."""
    if not scenario.correlations:
        return []
    # Only who correlates numbers waits for numpy.
    from simulator.inputs.compile import uncertain
    from simulator.inputs.fitted import shipped
    from simulator.inputs.together import correlation_problems

    parameters, shocks = uncertain(scenario)
    return correlation_problems(scenario, {**parameters, **shocks}, shipped().names)


def _deaf_overrides(scenario: Scenario) -> Iterator[Problem]:
    """Overrides for one buyer of a parameter that all buyers share: they would change nothing."""
    allowed = ", ".join(f"{name}.BUYER" for name in BUYER_PARAMETERS)
    for name in scenario.parameters:
        if "." in name and name.partition(".")[0] not in BUYER_PARAMETERS:
            yield scenario.problem(f"parameters.{name}", "is the same for all buyers", allowed=allowed)


def _too_much(scenario: Scenario) -> Iterator[Problem]:
    """Losses above exports, lost capacity above capacity, less demand than nothing: all shocks of a month together."""
    flows = _flows(scenario.baseline)
    exports = {stream: _exports(flows, stream) for stream in datasets.vocabulary().streams}
    capacity = capacities(scenario.baseline)
    imports = _imports(scenario.baseline, flows)
    kinds = (
        ("loss_kbd", SupplyOutage, exports, exports, "is more than these streams export"),
        ("change_kbd", Capacity, exports, capacity, "takes away more capacity than there is"),
        ("change_kbd", Demand, imports, imports, "takes away more than these buyers import"),
    )
    for key, kind, weight, most, what in kinds:
        taken: dict[tuple[int, str], float] = defaultdict(float)
        sized = [(i, shock, _number(shock, key)) for i, shock in enumerate(scenario.shocks) if isinstance(shock, kind)]
        mine = [(index, shock, amount) for index, shock, amount in sized if amount is not None]
        months = _different_months(scenario, [shock for _, shock, _ in mine])
        for place, (index, shock, amount) in enumerate(mine):
            whole = amount.highest if key == "loss_kbd" else max(-amount.lowest, 0.0)
            named = _named(shock)
            parts = _split(whole, {name: weight[name] for name in named})
            for month, strengths in enumerate(months):
                for name, kbd in parts.items():
                    taken[month, name] += strengths[place] * kbd
            if any(taken[month, name] > most[name] + ROUNDING for month in range(len(months)) for name in parts):
                words = f"{what}, {sum(most[name] for name in named):,.0f} kb/d in all"
                given = amount.highest if key == "loss_kbd" else amount.lowest
                yield scenario.problem(f"shocks.{index}.{key}", words, given=f"{given:g}")


def _different_months(scenario: Scenario, shocks: Iterable[Shock]) -> list[tuple[float, ...]]:
    """The strengths of some shocks in each month that is not as one before: many shocks over many months take time."""
    return list(dict.fromkeys(zip(*map(scenario.strength, shocks), strict=True)))


def _named(shock: Any) -> tuple[str, ...]:
    """The streams a shock names, or the buyers where it names no streams."""
    if hasattr(shock, "streams"):
        return datasets.vocabulary().expand_streams(shock.streams)
    return datasets.vocabulary().expand_buyers(shock.buyers)


def _duties_below_zero(scenario: Scenario) -> Iterator[Problem]:
    """Tariff cuts that leave less than no duty in some month, those of all shocks together."""
    words = datasets.vocabulary()
    prices = _delivered(scenario.baseline)
    in_force: dict[tuple[str, str], float] = defaultdict(float)
    for row in datasets.duties(scenario.baseline):
        for buyer in words.expand_buyers([row["buyer"]]):
            in_force[buyer, row["stream"]] = row["rate"] * prices[row["stream"]] + row["usd_bbl"]
    left: dict[tuple[int, str, str], float] = defaultdict(float)
    tariffs = [(index, shock) for index, shock in enumerate(scenario.shocks) if isinstance(shock, Tariff)]
    months = _different_months(scenario, [shock for _, shock in tariffs])
    for place, (_, shock) in enumerate(tariffs):
        change = {(buyer, stream): _lowest_usd_bbl(shock, prices[stream]) for buyer, stream in _pairs(shock)}
        for month, strengths in enumerate(months):
            for (buyer, stream), usd_bbl in change.items():
                left[month, buyer, stream] += strengths[place] * usd_bbl
    below = {(b, s) for (_, b, s), usd_bbl in left.items() if usd_bbl + in_force[b, s] < -ROUNDING}
    for index, shock in tariffs:
        hit = [pair for pair in _pairs(shock) if pair in below and _lowest_usd_bbl(shock, prices[pair[1]]) < 0]
        if hit:
            buyer, stream = hit[0]
            who = "china" if {(segment, stream) for segment in CHINA_SEGMENTS} <= set(hit) else buyer
            what = f"leaves a duty below 0 for {who} on {stream}, where {in_force[hit[0]]:.2f} USD/bbl is in force"
            key, amount = ("rate", shock.rate) if shock.rate else ("usd_bbl", shock.usd_bbl)
            assert amount is not None
            yield scenario.problem(f"shocks.{index}.{key}", what, given=f"{amount.lowest:g}")


def _pairs(shock: Tariff) -> list[tuple[str, str]]:
    words = datasets.vocabulary()
    return [(b, s) for b in words.expand_buyers(shock.buyers) for s in words.expand_streams(shock.streams)]


def _lowest_usd_bbl(shock: Tariff, price: float) -> float:
    return shock.rate.lowest * price if shock.rate else shock.usd_bbl.lowest if shock.usd_bbl else 0.0


def _delivered(baseline: str) -> dict[str, float]:
    """Delivered price of every stream in China, USD/bbl."""
    brent, prices = datasets.about(baseline)["brent_usd_bbl"], datasets.prices(baseline)
    return {stream: brent + row["delivered_vs_brent_usd_bbl"] for stream, row in prices.items()}


def _detours_have_no_bypass(scenario: Scenario) -> Iterator[Problem]:
    """A passage is gone round at a cost; only an outlet has pipes round it."""
    passages = datasets.table("passages").column("passage")
    for index, shock in enumerate(scenario.shocks):
        if isinstance(shock, ChokepointClosure) and shock.bypass_kbd and shock.chokepoint in passages:
            what = f"has no meaning for {shock.chokepoint}: ships take the detour at its cost"
            yield scenario.problem(f"shocks.{index}.bypass_kbd", what, given=f"{shock.bypass_kbd.mid:g}")


def _unheard(scenario: Scenario) -> Iterator[Problem]:
    """Shocks on trade that nobody does and that nothing opens: they would change nothing."""
    words = datasets.vocabulary()
    trading = {(b, row["stream"]) for row in _flows(scenario.baseline) for b in _who(words, row["buyer"]) if row["kbd"]}
    shut = {(b, row["stream"]) for row in datasets.table("pairs").rows for b in words.expand_buyers([row["buyer"]])}
    for index, shock in enumerate(scenario.shocks):
        if not isinstance(shock, Embargo | Sanction | Tariff | Freight | Discount) or not getattr(
            shock, "buyers", None
        ):
            continue
        relief = isinstance(shock, Sanction) and shock.risk_usd_bbl and shock.risk_usd_bbl.lowest < 0
        pairs = [(b, s) for b in words.expand_buyers(shock.buyers or ()) for s in words.expand_streams(shock.streams)]
        if not relief and all(pair not in trading and pair in shut for pair in pairs):
            what = "would change nothing: these buyers take none of this crude, and no way is open to them"
            yield scenario.problem(f"shocks.{index}.buyers", what, given=", ".join(shock.buyers or ()))


def _who(words: Vocabulary, buyer: str) -> tuple[str, ...]:
    return words.expand_buyers([buyer]) if buyer in (*words.buyers, "china") else ()


def _empty_stores(scenario: Scenario) -> Iterator[Problem]:
    """Releases of more than a holder has in store, alone or with those before them."""
    stock = {row["buyer"]: row["stocks_mb"] for row in datasets.table("buyers").rows}
    imported = _imports(scenario.baseline, _flows(scenario.baseline))
    released: dict[str, float] = defaultdict(float)
    for index, shock in enumerate(scenario.shocks):
        if not isinstance(shock, StockRelease):
            continue
        key, given = ("total_mb", shock.total_mb) if shock.total_mb else ("rate_kbd", shock.rate_kbd)
        total_mb = given.highest if shock.total_mb else given.highest * _full_days(scenario, shock) / 1e3
        holders = datasets.vocabulary().expand_buyers(shock.buyers)
        for holder, mb in _split(total_mb, {holder: imported[holder] for holder in holders}).items():
            released[holder] += mb
        empty = [holder for holder in holders if released[holder] > stock[holder] + ROUNDING]
        if empty:
            holder = empty[0]
            what = f"releases {released[holder]:g} mb from {holder}, more than its stock of {stock[holder]:g} mb"
            what += ", split over the holders by base flow" if len(holders) > 1 else ""
            yield scenario.problem(f"shocks.{index}.{key}", what, given=f"{given.highest:g}")


def _never_bought(scenario: Scenario) -> Iterator[Problem]:
    """Promises to buy, and threats against buying, what these buyers can never buy."""
    for index, shock in enumerate(scenario.shocks):
        if isinstance(shock, PurchaseCommitment | SecondaryTariff) and not _within_reach(shock):
            who = "these buyers" if isinstance(shock, PurchaseCommitment) else shock.target
            what = f"cannot reach {who}: there is no way for any of these streams"
            yield scenario.problem(f"shocks.{index}.streams", what, given=", ".join(sorted(set(shock.streams))))


def _hollow_promises(scenario: Scenario) -> Iterator[Problem]:
    """Commitments above what the listed streams can export, new capacity of the scenario included."""
    capacity = _capacity_with_additions(scenario)
    for index, shock in enumerate(scenario.shocks):
        if not isinstance(shock, PurchaseCommitment) or shock.volume_kbd is None:
            continue
        streams = _within_reach(shock)
        most = sum(capacity[stream] for stream in streams)
        if streams and shock.volume_kbd.highest > most + ROUNDING:
            what = f"is more than these streams can export to these buyers, {most:,.0f} kb/d"
            yield scenario.problem(f"shocks.{index}.volume_kbd", what, given=f"{shock.volume_kbd.highest:g}")


def _within_reach(shock: PurchaseCommitment | SecondaryTariff) -> tuple[str, ...]:
    """The streams of a shock that can reach at least one of its buyers."""
    words = datasets.vocabulary()
    buyers = words.expand_buyers(shock.buyers if isinstance(shock, PurchaseCommitment) else [shock.target])
    closed = {
        (buyer, row["stream"])
        for row in datasets.table("pairs").where(status="impossible")
        for buyer in words.expand_buyers([row["buyer"]])
    }
    return tuple(
        stream
        for stream in words.expand_streams(shock.streams)
        if any((buyer, stream) not in closed for buyer in buyers)
    )


def _capacity_with_additions(scenario: Scenario) -> dict[str, float]:
    """Export capacity by stream, with what the scenario's shocks may add at most."""
    capacity = capacities(scenario.baseline)
    flows = _flows(scenario.baseline)
    for shock in scenario.shocks:
        if isinstance(shock, Capacity) and shock.change_kbd.highest > 0:
            streams = datasets.vocabulary().expand_streams(shock.streams)
            exports = {stream: _exports(flows, stream) for stream in streams}
            for stream, kbd in _split(shock.change_kbd.highest, exports).items():
                capacity[stream] += kbd
    return capacity


def _full_days(scenario: Scenario, shock: StockRelease) -> float:
    """Days of a shock within the scenario, months of part strength in part."""
    months = zip(scenario.calendar, scenario.strength(shock), strict=True)
    return sum(month.days * strength for month, strength in months)


def _split(total: float, weight: Mapping[str, float]) -> dict[str, float]:
    """A total over a list, split by base flow; nothing where nothing flows."""
    whole = sum(weight.values())
    return {name: total * part / whole if whole else 0.0 for name, part in weight.items()}


def _flows(baseline: str) -> tuple[datasets.Row, ...]:
    return datasets.flows(baseline).rows


def _exports(flows: Iterable[datasets.Row], stream: str) -> float:
    return sum((row["kbd"] for row in flows if row["stream"] == stream), 0.0)


def _imports(baseline: str, flows: Iterable[datasets.Row]) -> dict[str, float]:
    """Imports of every buyer, kb/d; China's in its segments."""
    found: dict[str, float] = defaultdict(float)
    for row in flows:
        found[row["buyer"]] += row["kbd"]
    for row in datasets.segments(baseline).rows:
        for segment in CHINA_SEGMENTS:
            found[segment] += row[f"{segment}_kbd"]
    return found


def _number(shock: Any, key: str) -> Distribution | None:
    value = getattr(shock, key, None)
    return value if isinstance(value, Distribution) else None
