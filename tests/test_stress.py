"""Markets in extremis: they clear, and no barrel is lost on the way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fuzz import extremes, stress
from fuzz.audit import watched
from simulator.axes import BUYERS, DRAW_BLOCK
from simulator.blocks import Solved, prepare, solve
from simulator.errors import InputError
from simulator.inputs.draws import Block
from simulator.scenario import load_scenario

HEAD = "schema: 1\nname: stress\nbaseline: '2025'\nstart: 2026-01\n"
EVERYBODY = f"[{', '.join(BUYERS)}]"
EVERYTHING = "[russia, iran, venezuela, gulf, us, other]"


def solved(folder: Path, text: str, copies: int = 3) -> Solved:
    """The scenario at mid values, a few draws that are all alike, with every month held against the laws."""
    path = folder / "scenario.yaml"
    path.write_text(HEAD + text)
    with watched() as seen:
        found = solve(prepare(load_scenario(path)), Block(1, 0, mid_only=True, copies=copies))
    assert not seen.broken
    return found


def column(found: Solved, metric: str, item: str) -> np.ndarray:
    """One outcome in all months: (month,), the horizon last."""
    at = [n for n, key in enumerate(found.after.keys) if (key[0], key[2]) == (metric, item)]
    return found.after.values[0, :, at[0]]


CLASSES = {
    "more is to be stored than is shipped": """months: 2
shocks:
- {type: stock_fill, buyers: [india], rate_kbd: 50000}
""",
    "more is released than anybody needs": f"""months: 3
shocks:
- {{type: demand, buyers: {EVERYBODY}, change_share: -0.9}}
- {{type: stock_release, buyers: [china], rate_kbd: 7000}}
""",
    "nobody is near-sighted and nearly everything is lost": f"""months: 2
parameters: {{dispersion_within_usd_bbl: 0.2, dispersion_across_usd_bbl: 0.2, dispersion_within_usd_bbl.india: 0.2}}
shocks:
- {{type: supply_outage, streams: {EVERYTHING}, loss_share: 0.99, ramp_months: 1}}
- {{type: capacity, streams: [algeria], change_kbd: 19689.7}}
""",
    "demand is fivefold": f"""months: 3
parameters: {{dispersion_within_usd_bbl: 0.2, capacity_utilisation_other: 0.67}}
shocks:
- {{type: demand, buyers: {EVERYBODY}, change_kbd: 50000, ramp_months: 2}}
- {{type: sanction, streams: {EVERYTHING}, buyers: [india, turkey], leave_share: 0.72}}
""",
    "a promise above what exists": """months: 2
shocks:
- {type: purchase_commitment, buyers: [china], streams: [us], value_usd_bn_year: 1000}
""",
    "two promises on the same oil, most of which is lost": """months: 3
shocks:
- {type: purchase_commitment, buyers: [japan_korea_taiwan], streams: [us], volume_kbd: 3000}
- {type: purchase_commitment, buyers: [china, india], streams: [us], volume_kbd: 2500, max_subsidy_usd_bbl: 40}
- {type: supply_outage, streams: [us], loss_share: 0.999}
""",
    "a threshold of next to nothing": f"""months: 3
shocks:
- {{type: secondary_tariff, coalition: [us], streams: {EVERYTHING}, threshold_kbd: 0.3, rate: 1, response: comply}}
""",
    "sellers pay": f"""months: 2
shocks:
- {{type: discount, streams: {EVERYTHING}, change_usd_bbl: -500}}
- {{type: demand, buyers: [europe], change_share: -1}}
""",
    "the long run is as elastic as it may be": """months: 6
parameters: {supply_elasticity_year: 5, demand_elasticity_year: 3, adjustment_pace_share: 1}
shocks:
- {type: supply_outage, streams: [gulf], loss_share: 0.999}
""",
    "wedges wipe out whole types": f"""months: 2
parameters: {{dispersion_within_usd_bbl: 0.2, habit_half_life_months: 0.1}}
shocks:
- {{type: freight, streams: {EVERYTHING}, buyers: [china, india], change_usd_bbl: 500}}
""",
}
"""One small scenario for each way in which markets used not to clear."""


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("text", CLASSES.values(), ids=CLASSES)
def test_markets_that_used_to_be_lost_clear(text: str, tmp_path: Path) -> None:
    found = solved(tmp_path, text)
    assert found.path.converged.all(), found.path.residual_share


def test_what_nobody_needs_stays_in_store(tmp_path: Path) -> None:
    """Seven million barrels a day are released to buyers whose need has fallen by nine tenths."""
    found = solved(tmp_path, CLASSES["more is released than anybody needs"])
    drawn = column(found, "stock_draw_kbd", "china")[:-1]
    assert (drawn > 0).all()
    assert (drawn < 3000).all()  # less than a tenth of 11,755 kb/d, and what the first month had ordered before


def test_reserves_cannot_be_filled_with_what_nobody_ships(tmp_path: Path) -> None:
    found = solved(tmp_path, CLASSES["more is to be stored than is shipped"])
    filled = -column(found, "stock_draw_kbd", "india")[:-1]
    assert (filled > 1000).all()
    assert (filled < 49_000).all()  # all the world ships less


def test_a_promise_above_what_exists_is_missed_and_says_by_how_much(tmp_path: Path) -> None:
    found = solved(tmp_path, CLASSES["a promise above what exists"])
    assert column(found, "commitment_shortfall_kbd", "usa_wti")[0] > 1000
    assert column(found, "commitment_subsidy_usd_bbl", "usa_wti")[0] == pytest.approx(500)


def test_drawn_extremes_clear_and_obey_the_laws() -> None:
    """A campaign in small: scenarios drawn over the whole schema, a block of draws each."""
    found = [stress.run(number, seed=7, blocks=1) for number in range(8)]
    ran = [one for one in found if one.refused is None]
    assert len(ran) >= 3
    assert all(one.draws == DRAW_BLOCK for one in ran)
    assert not [(one.number, one.worst, one.broken, one.crash) for one in ran if one.bad]


def test_drawn_extremes_use_every_shock_and_are_mostly_legal(tmp_path: Path) -> None:
    kinds, legal = set(), 0
    for number in range(60):
        document = extremes.scenario(3, number)
        kinds |= {shock["type"] for shock in document["shocks"]}
        path = tmp_path / "scenario.yaml"
        path.write_text(stress.in_yaml(document))
        try:
            load_scenario(path)
            legal += 1
        except InputError:
            pass
    assert kinds == set(extremes.SHOCKS)
    assert legal >= 57


def test_a_campaign_that_meets_a_failure_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lost = stress.Verdict(3, draws=256, missed=1, worst=["month 0: 1 draws (5), largest residual 2"])
    assert "99.6094%" in stress.report([lost], seed=1)
    stress.keep([lost], 1, 1, tmp_path)
    kept = (tmp_path / "stress-1-3.yaml").read_text()
    assert kept.startswith("# oilsim run stress-1-3.yaml --draws 256 --seed 1\n# month 0: 1 draws (5)")
