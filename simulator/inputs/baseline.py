"""The base month as arrays: who ships what to whom, at which price, through which straits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator import datasets, verification
from simulator.axes import BUYERS, CHINA_SEGMENTS, QUALITIES
from simulator.inputs.capacity import capacities
from simulator.inputs.scale import Scale, scale
from simulator.units import freight_usd_bbl

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

OUTLETS = ("hormuz", "turkish_straits", "danish_straits")
PASSAGES = ("malacca", "bab_el_mandeb", "cape")
BRENT_STREAMS = ("norway", "united_kingdom", "usa_wti")
CHINA = slice(0, len(CHINA_SEGMENTS))
DATED = "2025"
"""The year whose production, runs and capacities the tables hold."""


@dataclass(frozen=True)
class Labels:
    """Names along the axes, and who belongs together.

    streams are sorted by quality type; nests are the slices of the stream axis, one per type.
    """

    streams: tuple[str, ...]
    countries: tuple[str, ...]
    groups: tuple[str, ...]
    nests: tuple[slice, ...]

    @cached_property
    def belongs(self) -> Array:
        """The nests as 0 and 1: (stream, quality)."""
        belongs = np.zeros((len(self.streams), len(self.nests)))
        for k, nest in enumerate(self.nests):
            belongs[nest, k] = 1.0
        return belongs

    def stream_mask(self, names: tuple[str, ...]) -> Mask:
        """1 for the named streams: (stream,)."""
        return np.array([stream in names for stream in self.streams])


@dataclass(frozen=True)
class Geography:
    """Straits and routes.

    outlet_exposed_share, outlet_bypass_kbd : (outlet, stream), in the order of `OUTLETS`
    passage_share : (passage, buyer, stream), in the order of `PASSAGES`
    detour_usd_bbl : (passage,)
    """

    outlet_exposed_share: Array
    outlet_bypass_kbd: Array
    passage_share: Array
    detour_usd_bbl: Array


@dataclass(frozen=True)
class Pairs:
    """Pairs of buyer and stream without base flow, (buyer, stream).

    unused : feasible, opens when the stream gains capacity; barred : opens when a sanction is lifted.
    What is neither stays shut. reference_share is the stream's part of the buyer's imports before it was barred.
    """

    unused: Mask
    barred: Mask
    reference_share: Array


@dataclass(frozen=True)
class Baseline:
    """The base month.

    flow_kbd : (buyer, stream)   loadings by buyer; China in its three segments
    afloat_kbd, fob_usd_bbl, capacity_kbd, shut_in_usd_bbl : (stream,)
    freight_usd_bbl, duty_rate, duty_usd_bbl : (buyer, stream)
    duty_free_flow_kbd : (buyer, stream)   flow before the duty in force, 0 where no such year is given
    utilisation_share : (buyer,)   refinery runs over throughput capacity
    refinery_runs_kbd, stock_mb : (buyer,)   voyage_months, shadow_fleet_share : (stream,)
    voyage : (buyer, stream), tonne-miles per barrel, 0 by pipeline
    teapot_throughput_kbd, teapot_blend_kbd : bitumen blend needs no crude quota
    """

    name: str
    brent_usd_bbl: float
    labels: Labels
    flow_kbd: Array
    afloat_kbd: Array
    fob_usd_bbl: Array
    capacity_kbd: Array
    shut_in_usd_bbl: Array
    freight_usd_bbl: Array
    duty_rate: Array
    duty_usd_bbl: Array
    duty_free_flow_kbd: Array
    utilisation_share: Array
    refinery_runs_kbd: Array
    stock_mb: Array
    voyage_months: Array
    shadow_fleet_share: Array
    voyage: Array
    teapot_throughput_kbd: float
    teapot_blend_kbd: float
    geography: Geography
    pairs: Pairs
    scale: Scale

    @property
    def exports_kbd(self) -> Array:
        """(stream,) what leaves the seller: arrivals plus what stays afloat."""
        exports: Array = self.flow_kbd.sum(axis=0) + self.afloat_kbd
        return exports

    @property
    def brent_weight(self) -> Array:
        """(stream,) exports of the streams that make Brent."""
        return self.exports_kbd * self.labels.stream_mask(BRENT_STREAMS)

    @property
    def floats(self) -> Mask:
        """(stream,) streams whose sellers keep cargo afloat: those that did in the base year."""
        return self.afloat_kbd > 0

    @property
    def three_sellers(self) -> Mask:
        """(stream,) the three sellers under sanctions: Russia, Iran, Venezuela."""
        return np.array([group in ("russia", "iran", "venezuela") for group in self.labels.groups])


@datasets.derived
def baseline(name: str) -> Baseline:
    """Read the base month `name` from the data tables.

    Raises
    ------
    DataError
        A table is missing or is not the one its sidecar describes, or tables contradict each other.
    """
    verification.agree(name)
    labels = _labels()
    order = {stream: i for i, stream in enumerate(labels.streams)}
    about = datasets.about(name)
    flow, afloat = _flows(name, order)
    brent = float(about["brent_usd_bbl"])
    fob, freight, passage_share = _prices_and_routes(name, brent, labels)
    supply, rooms = _by_stream("supply", order), capacities(name)
    rate, specific, duty_free = _duties(name, order, _segment_shares(name, order, flow))
    buyers = {row["buyer"]: row for row in datasets.table("buyers").rows}
    exports = flow.sum(axis=0) + afloat
    return Baseline(
        name=name,
        brent_usd_bbl=brent,
        labels=labels,
        flow_kbd=flow,
        afloat_kbd=afloat,
        fob_usd_bbl=fob,
        capacity_kbd=np.array([rooms[stream] for stream in labels.streams]),
        shut_in_usd_bbl=np.array([row["shut_in_price_usd_bbl"] for row in supply], dtype=float),
        freight_usd_bbl=freight,
        duty_rate=rate,
        duty_usd_bbl=specific,
        duty_free_flow_kbd=duty_free,
        utilisation_share=np.array([buyers[b]["refinery_runs_kbd"] / buyers[b]["capacity_kbd"] for b in BUYERS]),
        refinery_runs_kbd=np.array([buyers[b]["refinery_runs_kbd"] for b in BUYERS]),
        stock_mb=np.array([buyers[b]["stocks_mb"] for b in BUYERS]),
        shadow_fleet_share=_shadow_fleet_share(name, order),
        voyage=_voyage(labels),
        voyage_months=np.array([row["voyage_months_china"] for row in _by_stream("streams", order)]),
        teapot_throughput_kbd=float(buyers["cn_teapot"]["capacity_kbd"]),
        teapot_blend_kbd=float(buyers["cn_teapot"]["blend_outside_quota_kbd"]),
        geography=_geography(order, passage_share),
        pairs=_pairs(order, flow),
        scale=scale(labels.countries, exports, flow.sum(axis=1), _usual_trade(name)),
    )


def region(buyer: str) -> str:
    """The region whose routes and laws a buyer shares: `china` for its three segments."""
    return "china" if buyer in CHINA_SEGMENTS else buyer


def _labels() -> Labels:
    rows = datasets.table("streams").rows
    ranked = [row for quality in QUALITIES for row in rows if row["quality_type"] == quality]
    counts = [sum(row["quality_type"] == quality for row in rows) for quality in QUALITIES]
    edges = np.cumsum([0, *counts])
    return Labels(
        streams=tuple(row["stream"] for row in ranked),
        countries=tuple(row["country"] for row in ranked),
        groups=tuple(row["group"] for row in ranked),
        nests=tuple(slice(int(a), int(b)) for a, b in pairwise(edges)),
    )


def _flows(name: str, order: dict[str, int]) -> tuple[Array, Array]:
    flow = np.zeros((len(BUYERS), len(order)))
    afloat, china = np.zeros(len(order)), np.zeros(len(order))
    for row in datasets.flows(name).rows:
        i = order[row["stream"]]
        if row["buyer"] == "afloat":
            afloat[i] = row["kbd"]
        elif row["buyer"] == "china":
            china[i] = row["kbd"]
        else:
            flow[BUYERS.index(row["buyer"]), i] = row["kbd"]
    for row in datasets.segments(name).rows:
        for segment in CHINA_SEGMENTS:
            flow[BUYERS.index(segment), order[row["stream"]]] = row[f"{segment}_kbd"]
    # The segments say how China's column is split; how much there is to split the flows say.
    split = flow[CHINA].sum(axis=0)
    flow[CHINA] *= np.where(split > 0, china / np.where(split > 0, split, 1.0), 1.0)
    return flow, afloat


def _by_stream(table: str, order: dict[str, int]) -> list[datasets.Row]:
    return sorted(datasets.table(table).rows, key=lambda row: order[row["stream"]])


def _shadow_fleet_share(name: str, order: dict[str, int]) -> Array:
    """(stream,), that of 2025 but where a past month says otherwise."""
    shares = np.array([row["shadow_fleet_share"] for row in _by_stream("streams", order)], dtype=float)
    for row in datasets.past_rows("shadow", name):
        shares[order[row["stream"]]] = row["shadow_fleet_share"]
    return shares


def _prices_and_routes(name: str, brent: float, labels: Labels) -> tuple[Array, Array, Array]:
    load_region = {row["stream"]: row["load_region"] for row in datasets.table("streams").rows}
    routes = {(row["load_region"], row["buyer_region"]): row for row in datasets.table("routes").rows}
    prices = datasets.prices(name)
    shape = (len(BUYERS), len(labels.streams))
    freight, passage_share, fob = np.zeros(shape), np.zeros((len(PASSAGES), *shape)), np.zeros(shape[1])
    for i, stream in enumerate(labels.streams):
        to_china = prices[stream]["freight_usd_bbl"]
        fob[i] = brent + prices[stream]["delivered_vs_brent_usd_bbl"] - to_china
        china_nm = routes.get((load_region[stream], "china"), {"distance_nm": None})["distance_nm"]
        for b, buyer in enumerate(BUYERS):
            route = routes.get((load_region[stream], region(buyer)))
            if route is None:  # no way there: the pair is in `pairs` as impossible and never carries a barrel
                continue
            freight[b, i] = freight_usd_bbl(to_china, china_nm, route["distance_nm"])
            passage_share[:, b, i] = [route[passage] for passage in PASSAGES]
    return fob, freight, passage_share


def _voyage(labels: Labels) -> Array:
    """Tonne-miles per barrel, (buyer, stream)."""
    streams = {row["stream"]: row for row in datasets.table("streams").rows}
    routes = {(row["load_region"], row["buyer_region"]): row for row in datasets.table("routes").rows}
    voyage = np.zeros((len(BUYERS), len(labels.streams)))
    for i, stream in enumerate(labels.streams):
        for b, buyer in enumerate(BUYERS):
            route = routes.get((streams[stream]["load_region"], region(buyer)))
            if route and not route["by_pipeline"]:
                voyage[b, i] = route["distance_nm"] / streams[stream]["barrels_per_tonne"]
    return voyage


def _segment_shares(name: str, order: dict[str, int], flow: Array) -> Array:
    """How China's segments share a stream, (buyer, stream); where none buys it, as first guessed."""
    china = flow[CHINA].sum(axis=0)
    shares = flow / np.where(china > 0, china, 1.0)
    for row in datasets.segments(name).rows:
        i = order[row["stream"]]
        if china[i] == 0:
            shares[CHINA, i] = [row[f"first_guess_{segment.removeprefix('cn_')}_share"] for segment in CHINA_SEGMENTS]
    return shares


def _duties(name: str, order: dict[str, int], segment_share: Array) -> tuple[Array, Array, Array]:
    rate, specific, duty_free = (np.zeros((len(BUYERS), len(order))) for _ in range(3))
    for row in datasets.duties(name):
        i = order[row["stream"]]
        for b, buyer in enumerate(BUYERS):
            if region(buyer) == row["buyer"]:
                rate[b, i], specific[b, i] = row["rate"], row["usd_bbl"]
                part = segment_share[b, i] if row["buyer"] == "china" else 1.0
                duty_free[b, i] = part * (row["reference_flow_kbd"] or 0.0)
    return rate, specific, duty_free


def _geography(order: dict[str, int], passage_share: Array) -> Geography:
    exposed, bypass = np.zeros((len(OUTLETS), len(order))), np.zeros((len(OUTLETS), len(order)))
    for row in datasets.table("chokepoints").rows:
        cell = OUTLETS.index(row["chokepoint"]), order[row["stream"]]
        exposed[cell], bypass[cell] = row["exposed_share"], row["bypass_kbd"]
    detour = {row["passage"]: row["detour_usd_bbl"] for row in datasets.table("passages").rows}
    return Geography(exposed, bypass, passage_share, np.array([detour[passage] for passage in PASSAGES]))


def _pairs(order: dict[str, int], flow: Array) -> Pairs:
    shut, barred = np.zeros(flow.shape, dtype=bool), np.zeros(flow.shape, dtype=bool)
    reference = np.zeros(flow.shape)
    for row in datasets.table("pairs").rows:
        for b, buyer in enumerate(BUYERS):
            if row["buyer"] in (buyer, region(buyer)):
                i = order[row["stream"]]
                (shut if row["status"] == "impossible" else barred)[b, i] = True
                reference[b, i] = row["reference_share"] or 0.0
    empty = flow == 0
    return Pairs(unused=empty & ~shut & ~barred, barred=empty & barred & ~shut, reference_share=reference)


def _usual_trade(name: str) -> tuple[Array, Array] | None:
    """Exports by stream and imports by buyer of the dated year, for a past month; None for the others."""
    if name not in datasets.history():
        return None
    usual = baseline(DATED)
    return usual.exports_kbd, usual.flow_kbd.sum(axis=1)
