"""Curves through the base month: the same month in every draw, with that draw's elasticities and tastes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.axes import BUYERS
from simulator.inputs.baseline import CHINA, OUTLETS, Baseline
from simulator.market.fleets import tonne_miles
from simulator.market.requirement import spread_usd_bbl
from simulator.market.supply import SupplyBase

Array = NDArray[np.float64]

TEAPOT = BUYERS.index("cn_teapot")
HIGHEST_UTILISATION_SHARE = 0.98
"""A quota below what teapots really ran is read as this: they did import it."""

MOST_ORDINARY_SHARE = 0.9
MOST_OF_A_STREAM_SHARE = 0.9
"""However high teapots' share of ordinary crude is drawn: the most of their slate it can be, and the most of what
China buys of any such stream that they can take."""

CLEAR_OF_SHUT_IN = 6.0
"""Widths between the base price and the shut-in price, at least: the base month stands clear of shutting in."""


@dataclass(frozen=True)
class Tempo:
    """How fast things adjust, (draw,) unless said otherwise.

    memory_refresh_share, adjustment_pace_share, reference_pace_share, reference_return_share : a month
    first_month_response_share, product_pass_through : 0-1     bypass_ramp_months, spare_ramp_months : 1 or more
    freight_elasticity : dln rate / dln use of a fleet
    fear_per_share : log of the lift of reference prices per share of world use that is feared for
    extra_demand_elasticity : (draw, buyer), extra_supply_elasticity : (draw, stream), long run less short run
    """

    memory_refresh_share: Array
    adjustment_pace_share: Array
    reference_pace_share: Array
    reference_return_share: Array
    first_month_response_share: Array
    product_pass_through: Array
    bypass_ramp_months: Array
    spare_ramp_months: Array
    freight_elasticity: Array
    fear_per_share: Array
    fear_half_life_months: Array
    extra_demand_elasticity: Array
    extra_supply_elasticity: Array


@dataclass(frozen=True)
class Store:
    """Crude in store and afloat at the start: stock_mb, floor_mb, ceiling_mb, rates, response and lean.

    (draw, buyer) for buyers; floating_* (draw, stream), nothing for streams that are not under sanctions.
    """

    stock_mb: Array
    floor_mb: Array
    ceiling_mb: Array
    draw_rate_kbd: Array
    fill_rate_kbd: Array
    response: Array
    lean: Array
    floating_mb: Array
    floating_rate_kbd: Array
    floating_response: Array
    ashore_mb: Array
    floating_lean: Array


@dataclass(frozen=True)
class Calibration:
    """Everything about a block of draws that shocks do not change.

    flow_kbd : (draw, buyer, stream)   base loadings; the split of China over its segments is uncertain
    share_in_nest : (draw, buyer, stream)   nest_share : (draw, buyer, quality)   and their logs
    within_usd_bbl, across_usd_bbl : (draw, buyer)   long-run dispersion m, M
    memory_pace : (draw,)   w, 0-1: share of the long-run response that comes in the first month
    ceiling_kbd, utilisation_share, spread_usd_bbl : (draw, buyer)
    supply : SupplyBase, (draw, stream)
    duty_guidance_usd_bbl : (draw, buyer, stream)   what a duty in force costs the trade beside the cash
    """

    base: Baseline
    flow_kbd: Array
    share_in_nest: Array
    nest_share: Array
    log_share_in_nest: Array
    log_nest_share: Array
    within_usd_bbl: Array
    across_usd_bbl: Array
    memory_pace: Array
    ceiling_kbd: Array
    utilisation_share: Array
    spread_usd_bbl: Array
    supply: SupplyBase
    duty_guidance_usd_bbl: Array
    bypass_scale: Array
    detour_scale: Array
    unused_pair_factor: Array
    barred_risk_usd_bbl: Array
    base_cost_usd_bbl: Array
    tempo: Tempo
    store: Store

    @cached_property
    def usual_tonne_miles(self) -> Array:
        """Work asked of each fleet in the base month: (draw, fleet)."""
        return tonne_miles(self.flow_kbd, self.base.voyage, self.base.shadow_fleet_share)

    @cached_property
    def imports_kbd(self) -> Array:
        """What each buyer loads in the base month: (draw, buyer)."""
        imports: Array = self.flow_kbd.sum(axis=2)
        return imports


def calibrate(base: Baseline, drawn: Mapping[str, Array]) -> Calibration:
    """Lay demand and supply curves through the base month.

    Parameters
    ----------
    drawn : parameter name -> (draw,) values; `name.buyer` overrides `name` for one buyer.

    Notes
    -----
    Elasticities are the world's and are converted to traded crude (`elasticities`). Dispersion is the
    long-run one; w = 1 - 2^(-1/half-life).
    """
    flow = _segment_flows(base, drawn["teapot_ordinary_crude_share"])
    nest_flow = np.stack([flow[:, :, nest].sum(axis=2) for nest in base.labels.nests], axis=2)
    share_in_nest = np.empty_like(flow)
    for k, nest in enumerate(base.labels.nests):
        total = nest_flow[:, :, k, None]
        share_in_nest[:, :, nest] = flow[:, :, nest] / np.where(total > 0, total, 1.0)
    imports = flow.sum(axis=2)
    nest_share = nest_flow / imports[:, :, None]
    with np.errstate(divide="ignore"):
        log_share, log_nest_share = np.log(share_in_nest), np.log(nest_share)
    within = by_buyer(drawn, "dispersion_within_usd_bbl")
    cost = base.fob_usd_bbl + base.freight_usd_bbl
    cost = cost * (1.0 + base.duty_rate) + base.duty_usd_bbl
    base_cost = (flow * cost).sum(axis=2) / imports
    demand, supply = elasticities(base, by_buyer(drawn, "demand_elasticity_month"), drawn["supply_elasticity_month"])
    demand[:, TEAPOT] = drawn["teapot_run_elasticity"]
    utilisation = _utilisation(base, imports, drawn)
    column = np.ones((len(imports), 1))
    return Calibration(
        base=base,
        flow_kbd=flow,
        share_in_nest=share_in_nest,
        nest_share=nest_share,
        log_share_in_nest=log_share,
        log_nest_share=log_nest_share,
        within_usd_bbl=within,
        across_usd_bbl=np.maximum(by_buyer(drawn, "dispersion_across_usd_bbl"), within),
        memory_pace=1.0 - 0.5 ** (1.0 / drawn["habit_half_life_months"]),
        ceiling_kbd=imports / utilisation,
        utilisation_share=utilisation,
        spread_usd_bbl=spread_usd_bbl(utilisation, base_cost, demand),
        supply=SupplyBase(
            exports_kbd=column * base.exports_kbd,
            fob_usd_bbl=column * base.fob_usd_bbl,
            elasticity=supply,
            steady_share=drawn["base_supply_share"][:, None],
            shut_in_usd_bbl=column * base.shut_in_usd_bbl,
            shut_in_spread_usd_bbl=np.minimum(
                drawn["shut_in_steepness_usd_bbl"][:, None],
                (base.fob_usd_bbl - base.shut_in_usd_bbl) / CLEAR_OF_SHUT_IN,
            ),
        ),
        duty_guidance_usd_bbl=_duty_guidance(base, within),
        bypass_scale=drawn["hormuz_bypass_scale"],
        detour_scale=drawn["detour_cost_scale"],
        unused_pair_factor=drawn["unused_pair_factor"],
        barred_risk_usd_bbl=drawn["barred_risk_usd_bbl"],
        base_cost_usd_bbl=base_cost,
        tempo=_tempo(base, drawn, (demand, supply)),
        store=_store(base, drawn),
    )


def by_buyer(drawn: Mapping[str, Array], name: str) -> Array:
    """One parameter for every buyer, (draw, buyer): the common draw, or the buyer's own where it has one."""
    return np.stack([drawn.get(f"{name}.{buyer}", drawn[name]) for buyer in BUYERS], axis=1)


def elasticities(base: Baseline, demand_elasticity: Array, supply_elasticity: Array) -> tuple[Array, Array]:
    """Elasticities of traded crude from those of the world.

    A country that imports half of what it runs must cut imports by twice its cut in runs; an exporter ships
    what its own refineries leave.

    Parameters
    ----------
    demand_elasticity : (draw, buyer), supply_elasticity : (draw,), magnitudes for the world.

    Returns
    -------
    import elasticity (draw, buyer), export elasticity (draw, stream), magnitudes.

    Notes
    -----
    eps_b = (eps runs_b + eta own_b) / imports_b;  eta_i = (eta production + eps home runs) / exports, by
    country. Weighted with trade they add up to eps x world runs + eta x world production.
    """
    scale = base.scale
    world_demand = demand_elasticity[:, -1:]
    imports = demand_elasticity * scale.runs_per_import + supply_elasticity[:, None] * scale.own_crude_per_import
    exports = supply_elasticity[:, None] * scale.production_per_export + world_demand * scale.home_runs_per_export
    return imports, exports


def _tempo(base: Baseline, drawn: Mapping[str, Array], month: tuple[Array, Array]) -> Tempo:
    year = elasticities(
        base,
        np.maximum(by_buyer(drawn, "demand_elasticity_year"), by_buyer(drawn, "demand_elasticity_month")),
        np.maximum(drawn["supply_elasticity_year"], drawn["supply_elasticity_month"]),
    )
    extra_demand = np.maximum(year[0] - month[0], 0.0)
    extra_demand[:, TEAPOT] = 0.0  # margins, not motorists, decide what they run
    return Tempo(
        memory_refresh_share=drawn["memory_refresh_share"],
        adjustment_pace_share=drawn["adjustment_pace_share"],
        reference_pace_share=drawn["reference_price_pace_share"],
        reference_return_share=drawn["reference_return_share"],
        first_month_response_share=drawn["first_month_response_share"],
        product_pass_through=drawn["product_pass_through"],
        bypass_ramp_months=drawn["bypass_ramp_months"],
        spare_ramp_months=drawn["spare_ramp_months"],
        freight_elasticity=drawn["freight_elasticity"],
        fear_per_share=drawn["fear"] / (drawn["demand_elasticity_month"] + drawn["supply_elasticity_month"]),
        fear_half_life_months=drawn["fear_half_life_months"],
        extra_demand_elasticity=extra_demand,
        extra_supply_elasticity=year[1] - month[1],
    )


def _store(base: Baseline, drawn: Mapping[str, Array]) -> Store:
    stock = base.stock_mb
    china = np.arange(len(BUYERS)) < CHINA.stop
    weight = np.where(china, stock / stock[CHINA].sum(), 0.0)
    others = np.where(china, 0.0, base.refinery_runs_kbd)
    rate = drawn["stock_rate_share"][:, None] * others
    days = drawn["floating_days"][:, None] / 1e3
    return Store(
        stock_mb=np.broadcast_to(stock, rate.shape),
        floor_mb=drawn["stock_floor_share"][:, None] * stock,
        ceiling_mb=(1.0 + drawn["stock_room_share"][:, None]) * stock,
        draw_rate_kbd=rate + drawn["china_draw_max_kbd"][:, None] * weight,
        fill_rate_kbd=rate + drawn["china_fill_max_kbd"][:, None] * weight,
        response=by_buyer(drawn, "stock_response"),
        lean=by_buyer(drawn, "stock_lean"),
        floating_mb=days * base.exports_kbd * base.floats,
        floating_rate_kbd=drawn["floating_rate_share"][:, None] * base.exports_kbd * base.floats,
        floating_lean=drawn["floating_lean"],
        ashore_mb=drawn["gulf_storage_mb"][:, None] * _gulf_part(base),
        floating_response=np.broadcast_to(drawn["floating_response"][:, None], (len(rate), len(base.floats))),
    )


def _gulf_part(base: Baseline) -> Array:
    """How storage ashore is shared among streams behind the Strait of Hormuz, by exports: (stream,)."""
    behind = base.exports_kbd * base.geography.outlet_exposed_share[OUTLETS.index("hormuz")]
    return behind / behind.sum()


def _segment_flows(base: Baseline, ordinary_share: Array) -> Array:
    """Base loadings per draw: teapots' ordinary crude moves, the other segments take the rest of each stream."""
    draws = len(ordinary_share)
    flow = np.broadcast_to(base.flow_kbd, (draws, *base.flow_kbd.shape)).copy()
    ordinary = ~base.three_sellers
    teapot = base.flow_kbd[TEAPOT]
    ordinary_share = np.minimum(ordinary_share, MOST_ORDINARY_SHARE)
    wanted = ordinary_share / (1.0 - ordinary_share) * teapot[~ordinary].sum()
    moved = np.minimum(
        teapot * (wanted / teapot[ordinary].sum())[:, None], base.flow_kbd[CHINA].sum(axis=0) * MOST_OF_A_STREAM_SHARE
    )
    moved = np.where(ordinary, moved, teapot)
    others = [b for b in range(CHINA.stop) if b != TEAPOT]
    before = base.flow_kbd[others].sum(axis=0)
    left = before + teapot - moved
    flow[:, TEAPOT] = moved
    flow[:, others] *= (left / np.where(before > 0, before, 1.0))[:, None, :]
    return flow


def _utilisation(base: Baseline, imports: Array, drawn: Mapping[str, Array]) -> Array:
    """Base purchases over what each buyer can take, (draw, buyer).

    State and private refiners by published capacity, teapots by throughput or quota, others by an assumed use.
    """
    use = np.broadcast_to(base.utilisation_share, imports.shape).copy()
    use[:, CHINA.stop :] = drawn["capacity_utilisation_other"][:, None]
    quota = drawn["quota_month_factor"] * (drawn["teapot_quota_kbd"] + base.teapot_blend_kbd)
    use[:, TEAPOT] = imports[:, TEAPOT] / np.minimum(base.teapot_throughput_kbd, quota)
    return np.minimum(use, HIGHEST_UTILISATION_SHARE)


def _duty_guidance(base: Baseline, within_usd_bbl: Array) -> Array:
    """What the duty in force weighs in the choice beyond its cash, so that without it the duty-free flow returns.

    Two observations fix it: the flow of the duty-free year and the base flow under the duty. A retaliatory
    tariff comes with guidance to state firms (positive) or with waivers and months before it (negative).
    """
    known = (base.duty_free_flow_kbd > 0) & (base.flow_kbd > 0)
    ratio = np.where(known, base.duty_free_flow_kbd, 1.0) / np.where(known, base.flow_kbd, 1.0)
    cash = base.duty_rate * (base.fob_usd_bbl + base.freight_usd_bbl) + base.duty_usd_bbl
    return np.where(known, within_usd_bbl[:, :, None] * np.log(ratio) - cash, 0.0)
