"""What a further barrel of imports costs a country beyond its price: Leiby's oil import premium.

Three parts: it raises the price of every other imported barrel (monopsony); in a disruption it adds to the bill for
imports, and to what dearer oil does to output.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.units import DAYS_PER_YEAR

Array = NDArray[np.float64]

YEARS_OF_ODDS = 10.0


@dataclass(frozen=True)
class Importer:
    """The importing country, its market, and how it answers to price. Volumes in mb/d, prices in USD/bbl.

    price, demand, supply : of the undisrupted year   output : its GDP; consistent with the rest in USD m a day. The
        published case enters bn USD a year, which makes the loss of output smaller by 365/1000
    demand_elasticity (below 0), supply_elasticity : long run   demand_pace, supply_pace : part of it within a year
    import_supply_elasticity : of imports offered to the country, in a disruption
    gdp_loss_elasticity : share of output lost per share of price rise   anticipated_share : 0-1, of the price rise of
        disruptions that buyers reckon with already
    size_per_import : what a further barrel of imports adds to the size of a disruption, barrels
    """

    price: float
    demand: float
    supply: float
    output: float
    demand_elasticity: float
    supply_elasticity: float
    demand_pace: float
    supply_pace: float
    import_supply_elasticity: float
    gdp_loss_elasticity: float
    anticipated_share: float
    size_per_import: float

    @property
    def imports(self) -> float:
        """Imports, mb/d."""
        return self.demand - self.supply


@dataclass(frozen=True)
class World:
    """The rest of the market: who sells to the country and who buys beside it, mb/d and long-run elasticities."""

    cartel_supply: float
    other_imports: float
    total_supply: float
    cartel_elasticity: float
    other_supply_elasticity: float
    other_demand_elasticity: float

    def import_supply_elasticity(self, importer: Importer) -> float:
        """Of what is left for the country: the cartel's supply less what others import.

        Notes
        -----
        e = (S e_S - I e_I)/(S - I),  e_I = (D e_D - N e_N)/(D - N), N other supply and D = I + N other demand
        """
        other_supply = self.total_supply - self.cartel_supply - importer.supply
        other_demand = self.other_imports + other_supply
        needs = self.other_demand_elasticity * other_demand - self.other_supply_elasticity * other_supply
        needs_elasticity = needs / (other_demand - other_supply)
        offers = self.cartel_supply * self.cartel_elasticity - self.other_imports * needs_elasticity
        return offers / (self.cartel_supply - self.other_imports)


@dataclass(frozen=True)
class Disruptions:
    """What may happen: gross sizes in mb/d, odds in ten years (0-1), and the reserve that is let out against them.

    length_years, reserve_mb, most_offset_share : the reserve gives at most this share of a disruption and lasts
    """

    sizes: Array
    odds_in_ten_years: Array
    length_years: float
    reserve_mb: float
    most_offset_share: float

    @property
    def net(self) -> Array:
        """What is left after the reserve, mb/d."""
        release = np.minimum(self.most_offset_share * self.sizes, self.reserve_mb / (self.length_years * DAYS_PER_YEAR))
        left: Array = self.sizes - release
        return left

    @property
    def odds_a_year(self) -> Array:
        """Chance of each in one year."""
        odds: Array = 1.0 - (1.0 - self.odds_in_ten_years) ** (1.0 / YEARS_OF_ODDS)
        return odds


@dataclass(frozen=True)
class Premium:
    """USD per barrel imported, beyond its price."""

    monopsony: float
    disruption_imports: float
    disruption_output: float

    @property
    def total(self) -> float:
        """The sum."""
        return self.monopsony + self.disruption_imports + self.disruption_output


def _answer_within_year(importer: Importer) -> float:
    """How much less is imported per USD within the year, mb/d: less used, more produced at home."""
    used = importer.demand_elasticity * importer.demand_pace * importer.demand
    made = importer.supply_elasticity * importer.supply_pace * importer.supply
    return (made - used) / importer.price


def premium(importer: Importer, world: World, risks: Disruptions) -> Premium:
    """The premium of one country, year and set of risks.

    Notes
    -----
    With q imports, Q demand, P price, u the loss elasticity, b and c the slopes of import supply and demand within the
    year, and n = 1/(dQ/dP - dS/dP) the long-run slope of the price in imports, a net shortfall x raises the price by

        dP = x / (b + c + Q u/P),   d(dP)/dq = x (dP/x)^2 Q u n/P^2 + a dP/x      (a: `size_per_import`)

    and cuts imports from q_g = q - Q u dP/P (income) to q_r = q_g - c dP (price). A further barrel then costs

        imports   (q_g - q_r)(n - dP/dq) + dP (q_r' - anticipated) + q_r d(dP)/dq
        output    -u Y n dP/P^2 + dP (q_g' - q_r')/2 + (q_g - q_r)/2 d(dP)/dq + u Y/P d(dP)/dq

    in a disruption, Y the output then and ' the slope in q; weighed by its odds a year. All parts are divided by
    1 - sum odds (q_g' - q_r'). Leiby, "Estimating the energy security benefits of reduced US oil imports" (ORNL), and
    the code at github.com/pleiby/oip_py.
    """
    price, imports, loss = importer.price, importer.imports, importer.gdp_loss_elasticity
    slope = price / (world.import_supply_elasticity(importer) * imports)
    long_run = price / (importer.demand_elasticity * importer.demand - importer.supply_elasticity * importer.supply)
    bends = _answer_within_year(importer)
    net, odds = risks.net, risks.odds_a_year
    per_barrel = 1.0 / (importer.import_supply_elasticity * imports / price + bends + importer.demand * loss / price)
    rise = per_barrel * net
    rise_per_import = net * per_barrel**2 * importer.demand * loss / price**2 * long_run
    rise_per_import = rise_per_import + importer.size_per_import * per_barrel
    output = importer.output * (1.0 + rise / price) ** -loss
    forgone = bends * rise
    bought = imports - importer.demand * loss * rise / price - forgone
    poorer_per_import = 1.0 - importer.demand * loss * (rise_per_import / price - rise * long_run / price**2)
    bought_per_import = poorer_per_import - bends * rise_per_import
    weight = odds / (1.0 - (odds * (poorer_per_import - bought_per_import)).sum())
    on_imports = forgone * (long_run - slope) + rise * (bought_per_import - importer.anticipated_share)
    on_output = -loss * output * rise * long_run / price**2 + 0.5 * rise * (poorer_per_import - bought_per_import)
    return Premium(
        monopsony=slope * imports / (1.0 - (odds * (poorer_per_import - bought_per_import)).sum()),
        disruption_imports=float((weight * (on_imports + bought * rise_per_import)).sum()),
        disruption_output=float(
            (weight * (on_output + (0.5 * forgone + loss * output / price) * rise_per_import)).sum()
        ),
    )
