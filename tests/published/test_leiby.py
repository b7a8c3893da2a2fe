"""Leiby's premium: the published case, and what it must be where it can be reckoned in the head."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.published.cases import published_premium_case
from simulator.published.leiby import premium


def test_the_published_case_comes_back():
    found = premium(*published_premium_case())
    assert found.total == pytest.approx(14.07329, abs=1e-4)
    assert found.monopsony == pytest.approx(5.73926, abs=1e-4)
    assert found.disruption_imports == pytest.approx(4.80938, abs=1e-4)
    assert found.disruption_output == pytest.approx(3.52466, abs=1e-4)


def test_without_disruptions_it_is_the_price_over_the_elasticity_of_imports():
    importer, world, risks = published_premium_case()
    found = premium(importer, world, replace(risks, odds_in_ten_years=np.zeros(3)))
    assert found.monopsony == pytest.approx(importer.price / world.import_supply_elasticity(importer))
    assert found.total == found.monopsony


def test_a_reserve_that_covers_everything_leaves_no_disruption():
    importer, world, risks = published_premium_case()
    covered = replace(risks, reserve_mb=1e9, most_offset_share=1.0)
    found = premium(replace(importer, size_per_import=0.0), world, covered)
    assert (found.disruption_imports, found.disruption_output) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_a_larger_reserve_costs_less():
    importer, world, risks = published_premium_case()
    parts = [premium(importer, world, replace(risks, reserve_mb=mb)) for mb in (300.0, 688.0, 1500.0)]
    assert parts[0].total > parts[1].total > parts[2].total


def test_a_barrel_that_is_reckoned_with_costs_less():
    importer, world, risks = published_premium_case()
    known, unknown = (premium(replace(importer, anticipated_share=share), world, risks) for share in (1.0, 0.0))
    assert known.disruption_imports < unknown.disruption_imports
    assert known.disruption_output == unknown.disruption_output


def test_the_elasticity_left_for_one_importer_is_that_of_offers_less_other_needs():
    importer, world, _ = published_premium_case()
    step = 1e-6
    other_supply = world.total_supply - world.cartel_supply - importer.supply
    other_demand = world.other_imports + other_supply

    def left(price: float) -> float:
        others = other_demand * price**world.other_demand_elasticity
        made = other_supply * price**world.other_supply_elasticity
        return world.cartel_supply * price**world.cartel_elasticity - (others - made)

    slope = (left(1 + step) - left(1 - step)) / (2 * step)
    assert world.import_supply_elasticity(importer) == pytest.approx(slope / left(1.0), rel=1e-6)
