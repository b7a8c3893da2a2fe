"""A sweep over months or names alone, without any plain number."""

from simulator import load_scenario, sweep


def test_the_end_of_a_shock_varies_without_any_number() -> None:
    """A closure that lasts longer costs more; each point is a market of its own."""
    scenario = load_scenario("scenarios/hormuz_closed_1q.yaml")
    found = sweep(scenario, {"shocks.0.end": ["2026-03", "2026-05"]}, draws=2, months=4, workers=1)
    brent = found["brent_usd_bbl_mean"].sel(month="horizon", item="total").to_numpy()
    assert brent.shape == (2,)
    assert brent[1] > brent[0] + 1.0
