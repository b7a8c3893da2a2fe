"""What the tables must say together, so that a run finds every stream, buyer, route and parameter, each once.

A cell can be right and the tables still contradict each other: a stream that one table lacks would count as nothing,
a pair without a route would sail for free. Every rule here names the table to look at first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from simulator.axes import BUYERS, CHINA_SEGMENTS, GROUPS, QUALITIES
from simulator.cells import Row
from simulator.columns import REGIONS
from simulator.errors import nearest
from simulator.tables import Table

Read = Callable[[str], Table]

PARAMETERS = (
    "adjustment_pace_share", "barred_risk_usd_bbl", "base_supply_share", "bypass_ramp_months",
    "capacity_utilisation_other", "china_draw_max_kbd", "china_fill_max_kbd", "compliance_share",
    "demand_elasticity_month", "demand_elasticity_year", "detour_cost_scale", "dispersion_across_usd_bbl",
    "dispersion_within_usd_bbl", "diversion_share", "fear", "fear_half_life_months", "first_month_response_share",
    "floating_days", "floating_lean", "floating_rate_share", "floating_response", "freight_elasticity",
    "gdp_oil_elasticity", "gulf_storage_mb", "habit_half_life_months", "hormuz_bypass_scale", "memory_refresh_share",
    "product_pass_through", "quota_month_factor", "reference_price_pace_share", "reference_return_share",
    "relabelled_share", "return_half_life_months", "sanction_risk_usd_bbl", "shut_in_steepness_usd_bbl",
    "spare_ramp_months", "stock_floor_share", "stock_lean", "stock_rate_share", "stock_response", "stock_room_share",
    "supply_elasticity_month", "supply_elasticity_year", "teapot_ordinary_crude_share", "teapot_quota_kbd",
    "teapot_run_elasticity", "unused_pair_factor", "workaround_half_life_months", "yield_cost_usd_bn",
    "yield_doubt_usd_bn",
)  # fmt: skip
"""The parameters that a run reads."""

MISFIT, NO_EPISODE = "misfit_", "none"
ROUNDING = 1e-6
"""Of sums over rounded figures: kb/d, or a share."""
ROUNDED_SHARE = 0.01
"""How far a figure that only repeats a sum of the flows may miss it, as a share: the flows are what counts."""

ORDERED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "supply": (
        ("capacity_low_kbd", "capacity_kbd", "capacity_high_kbd"),
        ("shut_in_low_usd_bbl", "shut_in_price_usd_bbl", "shut_in_high_usd_bbl"),
    ),
    "prices": (("delivered_low", "delivered_vs_brent_usd_bbl", "delivered_high"),),
    "coalition": (("existing_low", "existing_rate", "existing_high"),),
    "parameters": (("minimum", "low", "mid", "high", "maximum"),),
    "buyers": (("refinery_runs_kbd", "capacity_kbd"), ("strategic_stocks_mb", "stocks_mb")),
    "published_results": (("low", "high"),),
}
SHARED_ORDERED = ("supply", "prices", "coalition", "parameters", "buyers")
"""Columns that rise from left to right in every row where they have values; of `NAME_BASELINE` those of NAME."""


def shared(read: Read) -> Iterator[str]:
    """What is wrong with the tables that all baselines share, one line a problem.

    Parameters
    ----------
    read : gives a shipped table by its name
    """
    streams = read("streams")
    yield from _same("buyers", "buyer", read("buyers").column("buyer"), BUYERS)
    yield from _missing("streams", "group", streams.column("group"), GROUPS)
    yield from _missing("streams", "quality_type", streams.column("quality_type"), QUALITIES)
    yield from _missing("supply", "stream", read("supply").column("stream"), streams.column("stream"))
    yield from _missing("production", "country", read("production").column("country"), streams.column("country"))
    yield from _missing("passages", "passage", read("passages").column("passage"), ("malacca", "bab_el_mandeb", "cape"))
    yield from _missing("china_economy", "item", read("china_economy").column("item"), ("gdp_usd_bn", "exports_usd_bn"))
    for baseline in dict.fromkeys(read("coalition").column("baseline")):
        members = [row["member"] for row in read("coalition").where(baseline=baseline)]
        yield from _missing("coalition", f"member of {baseline}", members, ("us", "eu"))
    for name in SHARED_ORDERED:
        yield from rising(read(name))
    yield from _parameters(read("parameters"))
    yield from _ways(read)
    yield from _outlets(read)


def rising(table: Table) -> Iterator[str]:
    """Rows whose low, mid and high values, or a part and its whole, stand in the wrong order."""
    family = table.name if table.name in ORDERED else table.name.partition("_")[0]
    for columns in ORDERED.get(family, ()):
        for number, row in enumerate(table.rows, start=2):
            held = [(name, row[name]) for name in columns if row[name] is not None]
            for (one, low), (other, high) in pairwise(held):
                if low > high:
                    yield f"{table.name}: line {number}: expected {one} of {low} to be at most {other} of {high}"


def trade(
    read: Read, about: Row, flows: Table, segments: Table, prices: Mapping[str, Row], past: bool
) -> Iterator[str]:
    """What is wrong with the tables of one baseline.

    Parameters
    ----------
    about : its row of `baselines`     prices : stream -> row     past : its streams may have had more room than today
    """
    streams = read("streams").column("stream")
    yield from _missing("prices", f"stream of {about['baseline']}", prices, streams)
    yield from _missing(segments.name, "stream", segments.column("stream"), streams)
    exports: dict[str, float] = defaultdict(float)
    imports: dict[str, float] = defaultdict(float)
    for row in flows.rows:
        exports[row["stream"]] += row["kbd"]
        imports[row["buyer"]] += row["kbd"]
    yield from (f"{flows.name}: expected some exports of {one}, found none" for one in streams if not exports[one] > 0)
    yield from (f"{flows.name}: expected some imports of {one}, found none" for one in REGIONS if not imports[one] > 0)
    yield from _split(flows, segments)
    yield from _shut(read, flows, segments)
    yield from _room(read("supply"), about, flows.name, exports, prices, past)
    if flows.name == "flows_2025":
        yield from _produced(read, exports)


def _same(table: str, column: str, found: Iterable[str], wanted: Iterable[str]) -> Iterator[str]:
    found, wanted = list(found), list(wanted)
    yield from _missing(table, column, found, wanted)
    for name in found:
        if name not in wanted:
            hint = nearest(name, wanted)
            meant = f"; did you mean {hint}?" if hint else ""
            yield f"{table}: {column}: expected a name the program knows, found {name}{meant}"


def _missing(table: str, column: str, found: Iterable[str], wanted: Iterable[str]) -> Iterator[str]:
    there = set(found)
    for name in dict.fromkeys(wanted):
        if name not in there:
            yield f"{table}: {column}: expected a row for {name}, found none"


def _parameters(table: Table) -> Iterator[str]:
    names = table.column("name")
    yield from _same("parameters", "name", dict.fromkeys(name.partition(".")[0] for name in names), PARAMETERS)
    for number, row in enumerate(table.rows, start=2):
        base, dot, buyer = row["name"].partition(".")
        if dot and (buyer not in BUYERS or base not in names):
            yield f"parameters: line {number}: name: expected PARAMETER.BUYER, found {row['name']}"
        if row["scale"] == "log" and row["low"] <= 0:
            yield f"parameters: line {number}: low: expected more than 0 on a scale of logs, found {row['low']}"


def fitted(read: Read) -> Iterator[str]:
    """What is wrong with the members drawn together: their parameters, their limits, their episodes.

    Apart from `shared`: the table is long, and only a run reads it.
    """
    limits = {row["name"]: row for row in read("parameters").rows}
    table, episodes = read("posterior"), read("episodes").column("episode")
    members = table.column("member")
    if members != tuple(range(len(members))):
        yield "posterior: member: expected whole numbers from 0 in order"
    fits = [name.removeprefix(MISFIT) for name in table.meta["columns"] if name.startswith(MISFIT)]
    yield from _same("posterior", "misfit", fits, episodes)
    yield from _same("structural_error", "without", read("structural_error").column("without"), (NO_EPISODE, *episodes))
    for name, rule in table.meta["columns"].items():
        if name == "member" or name.startswith(MISFIT):
            continue
        if name not in limits:
            yield f"posterior: expected parameters that are in the table parameters, found {name}"
        elif rule["type"] == "str" or rule.get("optional"):
            yield f"posterior: {name}: expected a number in every row"
        elif rule["low"] < limits[name]["minimum"] or rule["high"] > limits[name]["maximum"]:
            low, high = limits[name]["minimum"], limits[name]["maximum"]
            yield f"posterior: {name}: expected a range within {low} to {high} of the table parameters"


def _ways(read: Read) -> Iterator[str]:
    """Routes that contradict themselves, and pairs without a route that are not told to be impossible."""
    routes, shut = read("routes"), {(row["stream"], row["buyer"]) for row in read("pairs").where(status="impossible")}
    for number, row in enumerate(routes.rows, start=2):
        if row["by_pipeline"] not in (0, 1) or (row["distance_nm"] == 0) != bool(row["by_pipeline"]):
            yield f"routes: line {number}: distance_nm: expected 0 by pipeline (by_pipeline 1) and more by sea (0)"
        if row["bab_el_mandeb"] + row["cape"] > 1 + ROUNDING:
            yield f"routes: line {number}: expected bab_el_mandeb and cape to be at most 1 together"
    known = {(row["load_region"], row["buyer_region"]) for row in routes.rows}
    for row in read("streams").rows:
        for region in REGIONS:
            if (row["load_region"], region) not in known and (row["stream"], region) not in shut:
                yield (
                    f"routes: expected a way from {row['load_region']} to {region} for {row['stream']},"
                    f" or the two as impossible in the table pairs"
                )


def _outlets(read: Read) -> Iterator[str]:
    room = {row["stream"]: row["capacity_kbd"] for row in read("supply").rows}
    exposed: dict[str, float] = defaultdict(float)
    bypass: dict[str, float] = defaultdict(float)
    for row in read("chokepoints").rows:
        exposed[row["stream"]] += row["exposed_share"]
        bypass[row["stream"]] += row["bypass_kbd"]
    for stream, share in exposed.items():
        if share > 1 + ROUNDING:
            yield f"chokepoints: exposed_share: expected at most 1 over all straits of {stream}, found {share:g}"
        if bypass[stream] > room.get(stream, 0.0) + ROUNDING:
            yield f"chokepoints: bypass_kbd: expected at most the capacity of {stream}, found {bypass[stream]:g}"


def _split(flows: Table, segments: Table) -> Iterator[str]:
    """China's column against its three segments, and the first guesses of the split."""
    china = {row["stream"]: row["kbd"] for row in flows.where(buyer="china")}
    for number, row in enumerate(segments.rows, start=2):
        parts = sum(row[f"{segment}_kbd"] for segment in CHINA_SEGMENTS)
        whole = china.get(row["stream"], 0.0)
        if abs(parts - whole) > ROUNDED_SHARE * whole + ROUNDING:
            yield (
                f"{segments.name}: line {number}: expected segments of {row['stream']} that add up to the {whole} kb/d"
                f" of {flows.name}, found {parts:.10g}"
            )
        guess = sum(row[f"first_guess_{segment.removeprefix('cn_')}_share"] for segment in CHINA_SEGMENTS)
        if abs(guess - 1.0) > ROUNDING:
            yield f"{segments.name}: line {number}: expected first guesses that add up to 1, found {guess:g}"
    for segment in CHINA_SEGMENTS:
        if not sum(segments.column(f"{segment}_kbd")) > 0:
            yield f"{segments.name}: {segment}_kbd: expected some imports, found none"


def _shut(read: Read, flows: Table, segments: Table) -> Iterator[str]:
    """Trade between pairs that are told to have none."""
    shut = {(row["stream"], row["buyer"]) for row in read("pairs").where(status="impossible")}
    held = [(row["stream"], row["buyer"], row["kbd"], flows.name) for row in flows.rows]
    held += [(row["stream"], who, row[f"{who}_kbd"], segments.name) for row in segments.rows for who in CHINA_SEGMENTS]
    for stream, buyer, kbd, table in held:
        if kbd > 0 and (stream, buyer) in shut:
            yield f"{table}: expected nothing of {stream} to {buyer}, impossible in the table pairs; found {kbd}"


def _room(
    supply: Table, about: Row, flows: str, exports: Mapping[str, float], prices: Mapping[str, Row], past: bool
) -> Iterator[str]:
    """Exports above capacity, and prices at which nobody would have shipped."""
    for row in supply.rows:
        stream = row["stream"]
        if not past and exports.get(stream, 0.0) > row["capacity_kbd"] + ROUNDING:
            least = f"the exports of {stream} in {flows}, {exports[stream]:.10g}"
            yield f"supply: capacity_kbd: expected at least {least}; found {row['capacity_kbd']}"
        if stream in prices:
            price = prices[stream]
            fob = about["brent_usd_bbl"] + price["delivered_vs_brent_usd_bbl"] - price["freight_usd_bbl"]
            if not fob > row["shut_in_price_usd_bbl"]:
                yield (
                    f"prices: expected {stream} in {about['baseline']} to be loaded above its shut-in price of"
                    f" {row['shut_in_price_usd_bbl']} USD/bbl in the table supply, found {fob:.4g}"
                )


def _produced(read: Read, exports: Mapping[str, float]) -> Iterator[str]:
    """Exports by country against the matrix of the dated year."""
    home = {row["stream"]: row["country"] for row in read("streams").rows}
    shipped: dict[str, float] = defaultdict(float)
    for stream, kbd in exports.items():
        shipped[home[stream]] += kbd
    for row in read("production").rows:
        found = shipped[row["country"]]
        if abs(found - row["exports_kbd"]) > ROUNDED_SHARE * found + ROUNDING:
            country, said = row["country"], row["exports_kbd"]
            yield f"production: exports_kbd: expected {found} of {country} as in flows_2025, found {said}"
