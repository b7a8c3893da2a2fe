"""What the program needs of every table: its columns, the values they may hold, what names a row.

A sidecar describes a table and may be stricter than this, never laxer: a range that was widened, a number that became a
text or a key that lets rows stand twice would else be found out by wrong figures. Tables beside these, and columns
beside those named here, are free.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.axes import BUYERS, CHINA_SEGMENTS, GROUPS, QUALITIES
from simulator.errors import printable

Words = tuple[str, ...]
Ends = tuple[float, float]

TEXT: Words = ()
STANDINGS = ("measured", "published", "estimated", "guessed")
STREAM, COUNTRY = ("streams.stream",), ("streams.country",)
REGIONS = ("china", *(buyer for buyer in BUYERS if buyer not in CHINA_SEGMENTS))
OUTLETS = ("hormuz", "turkish_straits", "danish_straits")
ANY_REGION = ("buyers.buyer", "china")


@dataclass(frozen=True)
class Need:
    """What a table must have.

    key : columns that name a row     words : column -> what it may hold, anything where empty; an entry `table.column`
    stands for all values of that column     numbers : column -> lowest and highest value     optional : may be empty
    """

    key: Words
    words: Mapping[str, Words] = field(default_factory=dict)
    numbers: Mapping[str, Ends] = field(default_factory=dict)
    optional: Words = ()


def _need(key: str, optional: str = "", **columns: tuple[Any, ...]) -> Need:
    """A need in short: texts stand for words, two numbers for a range."""
    numbers = {name: one for name, one in columns.items() if one and not isinstance(one[0], str)}
    words = {name: one for name, one in columns.items() if name not in numbers}
    return Need(
        tuple(key.split()), words, {name: (ends[0], ends[1]) for name, ends in numbers.items()}, tuple(optional.split())
    )


def _told(key: str, optional: str = "", **columns: tuple[Any, ...]) -> Need:
    """A need in short, of a table whose rows say where they come from and how well they are known."""
    return _need(key, optional, **{**columns, "standing": STANDINGS, "source": TEXT})


# fmt: off
NEEDED: dict[str, Need] = {
    "baselines": _told("baseline", optional="flows", baseline=TEXT, brent_usd_bbl=(10, 250), first_month=TEXT,
        last_month=TEXT, flows=TEXT, prices_of=TEXT),
    "buyers": _told("buyer", optional="quota_kbd blend_outside_quota_kbd", buyer=TEXT, refinery_runs_kbd=(0,
        100_000), own_crude_kbd=(0, 100_000), capacity_kbd=(0, 100_000), quota_kbd=(0, 20_000),
        blend_outside_quota_kbd=(0, 2_000), stocks_mb=(0, 5_000), strategic_stocks_mb=(0, 5_000)),
    "cells_*": _told("stream_or_group buyer", stream_or_group=("streams.stream", "streams.country",
        "streams.group", "total"), buyer=(*REGIONS, "total"), kbd=(0, 100_000), basis=("barrels", "customs")),
    "china_economy": _told("item", item=("gdp_usd_bn", "exports_usd_bn"), value=(0, 1_000_000), unit=TEXT),
    "china_segments_*": _told("stream", stream=STREAM, cn_state_kbd=(0, 3_000), cn_private_kbd=(0, 3_000),
        cn_teapot_kbd=(0, 3_000), first_guess_state_share=(0, 1), first_guess_private_share=(0, 1),
        first_guess_teapot_share=(0, 1)),
    "chokepoints": _told("stream chokepoint", stream=STREAM, chokepoint=OUTLETS, exposed_share=(0, 1),
        bypass_kbd=(0, 10_000)),
    "coalition": _told("member baseline", member=("us", "eu"), baseline=TEXT, exports_usd_bn=(0, 5_000),
        existing_rate=(0, 10), existing_low=(0, 10), existing_high=(0, 10)),
    "customs_2025": _told("country", country=COUNTRY, customs_kbd=(0, 5_000), mt=(0, 200)),
    "duties": _told("buyer stream baseline", buyer=ANY_REGION, stream=STREAM, baseline=("baselines.baseline",),
        rate=(0, 5), usd_bbl=(0, 100), reference_flow_kbd=(0, 5_000), reference_brent_usd_bbl=(10, 250),
        reference_year=(2015, 2030)),
    "episodes": _told("episode", episode=TEXT, lost_kbd=(0, 110_000), displaced_kbd=(0, 110_000)),
    "exports_*": _told("stream", stream=STREAM, exports_kbd=(0, 12_000)),
    "flows_*": _told("stream buyer", stream=STREAM, buyer=(*REGIONS, "afloat"), kbd=(0, 10_000)),
    "hazard_odds": _told("check", check=TEXT, loss_kbd=(0, 20_000), months=(1, 60), probability=(0, 1)),
    "hazard_settings": _told("name", name=TEXT, value=(0, 100_000), unit=TEXT, meaning=TEXT),
    "hazards": _told("source", optional="fixed_kbd", streams=TEXT, exports_kbd=(1, 60_000),
        events_per_decade=(0, 20), fixed_kbd=(0, 20_000), fixed_months=(0, 24), holds_spare=("yes", "no"),
        source_note=TEXT),
    "pairs": _told("stream buyer", optional="reference_share reference_year", stream=STREAM, buyer=ANY_REGION,
        status=("impossible", "barred"), reference_share=(0, 1), reference_year=(2015, 2025)),
    "parameters": _need("name", optional="url", name=TEXT, low=(-1_000, 100_000), mid=(-1_000, 100_000),
        high=(-1_000, 100_000), unit=TEXT,
        scale=("log", "linear"), minimum=(-1_000, 100_000),
        maximum=(-1_000, 100_000),
        standing=STANDINGS, citation=TEXT, url=TEXT, meaning=TEXT),
    "passages": _told("passage", passage=("malacca", "bab_el_mandeb", "cape"), detour_nm=(0, 10_000),
        detour_days=(0, 60), detour_usd_bbl=(0, 30)),
    "premium_assumptions": _told("name", name=TEXT, value=(0, 100_000), unit=TEXT, meaning=TEXT),
    "premium_case": _told("name", name=TEXT, value=(-1_000, 100_000), unit=TEXT),
    "prices": _told("stream baseline", optional="quoted_vs_brent_usd_bbl customs_vs_brent_usd_bbl",
        stream=STREAM, baseline=("baselines.baseline",), delivered_vs_brent_usd_bbl=(-30, 30),
        delivered_low=(-30, 30), delivered_high=(-30, 30), freight_usd_bbl=(0, 30),
        quoted_vs_brent_usd_bbl=(-30, 30), customs_vs_brent_usd_bbl=(-30, 30), freight_standing=STANDINGS),
    "production": _told("country", country=COUNTRY, crude_production_kbd=(0, 100_000), exports_kbd=(0, 100_000),
        domestic_runs_kbd=(0, 100_000), runs_in_buyer=REGIONS),
    "published_results": _told("check", optional="low high tolerance tolerance_from why_below why_above",
        check=TEXT, section=TEXT, case=TEXT, unit=TEXT, low=(-1_000, 1_000), high=(-1_000, 1_000), tolerance=(0,
        1_000), tolerance_from=TEXT, why_below=TEXT, why_above=TEXT),
    "relabelling": _told("country declared_as", country=COUNTRY, declared_as=("malaysia", "indonesia",
        "other_africa", "outside_customs"), kbd=(0, 5_000)),
    "routes": _told("load_region buyer_region", load_region=("streams.load_region",), buyer_region=REGIONS,
        distance_nm=(0, 20_000), malacca=(0, 1), bab_el_mandeb=(0, 1), cape=(0, 1), by_pipeline=(0, 1)),
    "russia_revenue": _told("quarter", quarter=TEXT, volume_kbd=(0, 20_000), days=(28, 92), brent_usd_bbl=(1,
        300), discount_usd_bbl=(-100, 100)),
    "savings_2023": _told("stream", stream=TEXT, group=TEXT, volume_kbd=(0, 10_000), reference=TEXT,
        spread_usd_bbl=(-100, 100)),
    "streams": _told("stream", stream=TEXT, name=TEXT, country=TEXT, group=GROUPS, quality_type=QUALITIES,
        quality_type_alt=("light_sweet", "medium_sweet", "medium_sour", "heavy_sour"), api=(10, 55),
        sulphur_pct=(0, 5), barrels_per_tonne=(6.3, 8.0), load_region=TEXT, sanctioned_share=(0, 1),
        sanctioned_share_early_2026=(0, 1), shadow_fleet_share=(0, 1), voyage_months_china=(0, 3)),
    "structural_error": _need("without", without=TEXT, tolerances=(0, 10.0)),
    "supply": _told("stream", stream=STREAM, capacity_kbd=(0, 12_000), capacity_low_kbd=(0, 12_000),
        capacity_high_kbd=(0, 12_000), shut_in_price_usd_bbl=(0, 60), shut_in_low_usd_bbl=(0, 60),
        shut_in_high_usd_bbl=(0, 60)),
    "targets": _told("episode target", optional="reason statistic metric by item loser_item first last "
        "since_first since_last since_value threshold_share kind", episode=("episodes.episode",), target=TEXT,
        target_class=("monthly", "daily", "input", "other policy"), reason=TEXT, statistic=("level", "change",
        "change_pct", "change_pp", "share_of_loss_pct", "months_until_below", "months_from_trough_to"),
        metric=TEXT, by=TEXT, item=TEXT, loser_item=TEXT, first=TEXT, last=TEXT, since_first=TEXT,
        since_last=TEXT, since_value=(-1_000, 110_000), threshold_share=(0, 10), observed=(-1_000, 110_000),
        tolerance=(1e-06, 10_000), unit=TEXT, kind=TEXT, basis=TEXT),
    "tolerances": _told("metric", metric=TEXT, tolerance=(1e-09, 1), unit=TEXT, processors=(0, 1), reason=TEXT),
    "unit_values_2025": _told("country", country=COUNTRY, usd_per_bbl=(30, 150), barrels_per_tonne=(6.3, 8.0),
        mt=(0, 200)),
    "imports_*": _told("buyer", buyer=("buyers.buyer",), imports_kbd=(0, 20_000)),
    "prices_*": _told("stream", stream=STREAM, delivered_vs_brent_usd_bbl=(-30, 30), delivered_low=(-30, 30),
        delivered_high=(-30, 30), freight_usd_bbl=(0, 30), freight_standing=STANDINGS),
    "afloat_*": _told("stream", stream=STREAM, afloat_share=(0, 0.9)),
    "first_guess_*": _told("stream", stream=STREAM, first_guess_state_share=(0, 1),
        first_guess_private_share=(0, 1), first_guess_teapot_share=(0, 1)),
    "shadow_*": _told("stream", stream=STREAM, shadow_fleet_share=(0, 1)),
    "duties_*": _told("buyer stream", buyer=ANY_REGION, stream=STREAM, rate=(0, 5), usd_bbl=(0, 100),
        reference_flow_kbd=(0, 5_000), reference_brent_usd_bbl=(10, 250), reference_year=(2015, 2030)),
}
# fmt: on
"""By name of the table; `NAME_*` for those that every baseline has of its own."""


def need_of(table: str) -> Need | None:
    """What is needed of a table; None where the program reads it by its sidecar alone.

    >>> need_of("flows_2025") is need_of("flows_mine"), need_of("prices") is need_of("prices_feb_2022")
    (True, False)
    """
    if table in NEEDED:
        return NEEDED[table]
    own = [name for name in NEEDED if name.endswith("*") and table.startswith(name[:-1])]
    return NEEDED[max(own, key=len)] if own else None


def lacking(table: str, key: list[str], columns: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Words, str]]:
    """Where a sidecar is laxer than the program: path of the rule, and what is wrong with it."""
    need = need_of(table)
    if need is None:
        return
    if set(key) != set(need.key):
        yield ("key",), f"expected {', '.join(need.key)}, found {', '.join(key)}"
    for name in (*need.words, *need.numbers):
        if name not in columns:
            yield ("columns",), f"expected a column {name}, which the program reads"
        elif columns[name].get("optional") and name not in need.optional:
            yield ("columns", name, "optional"), "the program needs a value in every row"
    for name, words in need.words.items():
        if name in columns and (wrong := _laxer_words(words, columns[name])):
            yield ("columns", name), wrong
    for name, ends in need.numbers.items():
        if name in columns and (wrong := _laxer_range(ends, columns[name])):
            yield ("columns", name), wrong


def _laxer_words(words: Words, rule: Mapping[str, Any]) -> str | None:
    if rule["type"] != "str":
        return f"expected type str, found {rule['type']}"
    if not words:
        return None
    allowed = rule.get("allowed")
    if not allowed:
        return f"expected allowed: [{', '.join(words)}]"
    others = ", ".join(sorted(set(allowed) - set(words)))
    return f"expected nothing but {', '.join(words)}; found {printable(others)}" if others else None


def _laxer_range(ends: Ends, rule: Mapping[str, Any]) -> str | None:
    low, high = ends
    if rule["type"] == "str":
        return "expected a number, found type str"
    if rule["low"] < low or rule["high"] > high:
        return f"expected a range within {low:g} to {high:g}, found {rule['low']} to {rule['high']}"
    return None
