"""Curves through the base month: the same month in every draw, with that draw's elasticities and tastes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.axes import BUYERS
from simulator.inputs.baseline import CHINA, Baseline
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
    demand, supply = elasticities(base, by_buyer(drawn, "demand_elasticity_month"), drawn["supply_elasticity_month"])
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
        spread_usd_bbl=spread_usd_bbl(utilisation, (flow * cost).sum(axis=2) / imports, demand),
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


def _segment_flows(base: Baseline, ordinary_share: Array) -> Array:
    """Base loadings per draw: teapots' ordinary crude moves, the other segments take the rest of each stream."""
    draws = len(ordinary_share)
    flow = np.broadcast_to(base.flow_kbd, (draws, *base.flow_kbd.shape)).copy()
    ordinary = ~base.sanctioned
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
