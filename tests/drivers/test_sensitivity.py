"""The whole way, from a scenario to indices, tornado and boxes."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from click.testing import CliRunner, Result

from simulator import discover, load_scenario, run, sensitivity
from simulator.blocks import prepare
from simulator.cli import main
from simulator.drivers import analysis, discovery
from simulator.drivers.analysis import one_at_a_time, usable
from simulator.drivers.design import design
from simulator.drivers.factors import apart, factors
from simulator.drivers.outcomes import Asked, asked, drawn_outcome, outcome_of
from simulator.errors import InputError
from simulator.inputs.draws import Block
from simulator.inputs.sampling import Given
from simulator.report import sensitivity as report

FEAR = {"fear": "{low: 0.4, mid: 0.9, high: 1.5}"}
LOSS = "shocks.0.loss_share"
Write = Callable[..., str]


def oilsim(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def refusal(call: Callable[[], object]) -> list[str]:
    with pytest.raises(InputError) as refused:
        call()
    return str(refused.value).splitlines()


# One number, two numbers, all numbers


def test_a_single_uncertain_number_accounts_for_everything(write: Write) -> None:
    found = sensitivity(write({}), samples=256)
    (share,) = found.shares
    assert (share.factor, share.standing, share.unit) == (LOSS, "scenario", "share")
    assert share.s1 == pytest.approx(1, abs=0.03) and share.st == pytest.approx(1, abs=0.03)
    assert share.s1_low < 1 < share.s1_high and share.said == "moves it by itself"
    assert found.rest is not None and found.rest.low < 0 < found.rest.high
    (bar,) = found.bars
    assert (bar.p05, bar.p50, bar.p95) == pytest.approx((0.3, 0.6, 0.9))
    assert bar.low < bar.mid < bar.high and bar.swing == bar.high - bar.low
    assert found.rows == 256 * 3 and found.asked.name == "brent_usd_bbl"


def test_numbers_without_effect_are_named_and_not_dropped(write: Write) -> None:
    found = sensitivity(write(None), metric="share/group/iran", samples=16)
    by = {share.factor: share for share in found.shares}
    numbers = factors(prepare(load_scenario(write(None))))
    screened = {share.factor for share in found.screened}
    measured = [share.factor for share in found.measured]
    assert measured[-1] == f"{len(screened)} others together"
    assert sorted([*screened, *measured[:-1]]) == sorted(number.name for number in numbers)
    assert by["gdp_oil_elasticity"].said == by["hormuz_bypass_scale"].said == "moves nothing"
    assert by["gdp_oil_elasticity"].standing == "estimated" and by["gdp_oil_elasticity"].unit == "dlnGDP/dlnP"
    totals = [share.st for share in found.measured[:-1]]
    assert totals == sorted(totals, reverse=True)
    assert len(found.bars) == len(numbers)
    assert found.apart is not None and found.together is not None
    assert "A run draws them together: " in " ".join(report.as_text(found, "table").split())
    assert found.apart.mean == pytest.approx(found.together.mean, rel=0.2)
    again = sensitivity(write(None), metric="share/group/iran", samples=16)
    assert again.table.equals(found.table) and again.tornado.equals(found.tornado)
    assert found.to_xarray().sel(factor=measured[0], figure="st") == found.shares[0].st


def test_without_screening_every_number_stands_by_itself(write: Write) -> None:
    found = sensitivity(write(None), samples=16, screen=False)
    assert not found.screened and found.rows == 16 * (len(found.shares) + 2)


def test_nothing_uncertain_moves_a_calm_market(write: Write) -> None:
    told: list[str] = []
    found = sensitivity(write(None, shocks=""), samples=16, stages=lambda what, done, wanted: told.append(what))
    assert not found.measured and found.rest is None and {share.said for share in found.shares} == {"moves nothing"}
    count = len(found.shares)
    assert set(told) == {
        f"{count} uncertain numbers, screened before at most {16 * (count + 2)} runs: {16 * (count + 2)} runs"
    }
    text = oilsim("sensitivity", write(None, shocks=""), "--samples", "16").output
    assert "Nothing uncertain moves it." in text and "One at a time nothing uncertain moves it." in text


def test_a_scenario_without_uncertain_numbers(write: Write) -> None:
    fixed = "shocks:\n  - {type: supply_outage, streams: [iran], loss_share: 0.5}\n"
    found = sensitivity(write({}, shocks=fixed), samples=16)
    assert found.shares == () and found.table.empty and found.tornado.empty
    csv = oilsim("sensitivity", write({}, shocks=fixed), "--format", "csv")
    assert csv.exit_code == 0 and csv.output.startswith("factor,standing,unit,s1,")


# What it rests on


def test_the_middle_of_a_tornado_is_a_run_of_mid_values(write: Write) -> None:
    path = write(None, months=2)
    _, bars = one_at_a_time(path, "import_bill_usd_bn", "2026-04")
    expected = run(path, draws=1).get("import_bill_usd_bn", month="2026-04").mean
    assert bars[0].mid == pytest.approx(expected, rel=1e-9)


def test_ordinary_draws_are_those_of_a_run(write: Write) -> None:
    plan = prepare(load_scenario(write(None)))
    inputs, values = drawn_outcome(plan, 300, 1, asked(plan, "brent_usd_bbl"))
    row = run(plan.scenario, draws=300).get("brent_usd_bbl")
    assert values.mean() == pytest.approx(row.mean, rel=1e-9)
    assert np.quantile(values, 0.95) == pytest.approx(row.p95, rel=1e-6)
    assert len(inputs["fear"]) == 300 and LOSS in inputs


def test_each_fitted_parameter_keeps_its_own_posterior(write: Write) -> None:
    plan = prepare(load_scenario(write(None)))
    alone = apart(plan)
    places = {factor.name: np.linspace(0.0005, 0.9995, 1000) for factor in factors(plan)}
    i = plan.fitted.names.index("fear")
    levels = tuple(places["fear"][:256])
    drawn = alone.fitted.draw(Block(0, 0, sampling=Given(places)), ["fear"])["fear"]
    assert drawn.tolist() == plan.fitted.quantiles(levels)[:, i].tolist()
    middle = Block(0, 0, mid_only=True)
    assert alone.fitted.draw(middle, ["fear"]) == plan.fitted.draw(middle, ["fear"])


def test_duties_in_force_are_numbers_of_a_threat(write: Write) -> None:
    threat = "shocks:\n  - {type: secondary_tariff, coalition: [us], streams: [iran], rate: 1.0%s}\n"
    plan = prepare(load_scenario(write({}, shocks=threat % "")))
    assert [(f.name, f.unit, f.standing) for f in factors(plan)] == [
        ("existing_rate.us", "share", "measured"),
        ("existing_rate.eu", "share", "estimated"),
    ]
    what = asked(plan, "defy_cost_usd_bn")
    low, high = outcome_of(apart(plan), {f.name: np.array([0.05, 0.95]) for f in factors(plan)}, what)
    assert low != high
    assert factors(prepare(load_scenario(write({}, shocks=threat % ", existing_rate: 0.3")))) == ()


# Rows that do not count


def test_a_base_row_with_a_hole_is_left_out_of_all_matrices() -> None:
    laid = design([("x",), ("y",)], 8, seed=1)
    outcome = laid.places["x"] + 2 * laid.places["y"]
    what = Asked(("brent_usd_bbl", "total", "total"), "horizon", 1)
    whole = laid.split(outcome)
    holed = outcome.copy()
    holed[[3, 8 + 3, 16 + 5]] = np.nan  # A of row 3, B of row 3, A with x from B of row 5
    holed[24 + 6] = np.inf
    a, b, ab, left_out = usable(laid, holed, what)
    good = [0, 1, 2, 4, 7]
    assert a.tolist() == whole[0][good].tolist() and b.tolist() == whole[1][good].tolist()
    assert ab.tolist() == whole[2][:, good].tolist()
    assert vars(left_out) == {"unconverged": 2, "without_value": 1, "runs_unconverged": 3}
    holed[:2] = np.inf
    assert refusal(lambda: usable(laid, holed, what)) == [
        "metric: in 3 of 8 base rows a run has no such outcome, in 2 one did not clear: too few are left "
        "(given brent_usd_bbl)"
    ]


def test_open_rows_are_counted_and_end_in_their_exit_code(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def holed(*given: object) -> np.ndarray:
        outcome = outcome_of(*given)  # type: ignore[arg-type]
        outcome[2] = np.nan
        return outcome

    monkeypatch.setattr(analysis, "outcome_of", holed)
    path = write(FEAR)
    found = sensitivity(path, samples=64)
    assert found.left_out.unconverged == 1 and found.left_out.runs_unconverged == 1
    ended = oilsim("sensitivity", path, "--samples", "64")
    assert ended.exit_code == 4
    assert "Left out of 64 base rows because a run did not clear: 1." in ended.output


# Messages


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"metric": "brent_usd_bl"},
            ["metric: there is no such outcome (given brent_usd_bl; did you mean brent_usd_bbl?)"],
        ),
        (
            {"metric": "share/group/irann"},
            ["metric: share has no such group (given share/group/irann; did you mean share/group/iran?)"],
        ),
        (
            {"metric": "share/groups/iran"},
            [
                "metric: does not name one outcome (given share/groups/iran; allowed share/stream/ITEM, "
                "share/group/ITEM, share/country/ITEM, share/segment/ITEM; did you mean share/group/iran?)"
            ],
        ),
        (
            {"metric": "brent", "month": "2026-3"},
            [
                "metric: there is no such outcome (given brent; did you mean brent_usd_bbl?)",
                "month: is not in the run (given 2026-3; allowed horizon, 2026-03; did you mean 2026-03?)",
            ],
        ),
        (
            {"samples": 100},
            ["samples: must be a power of two (given 100; allowed 64, 128)"],
        ),
        (
            {"samples": 8, "seed": -1, "months": 0},
            [
                "samples: is outside its range (given 8; allowed 16 and more)",
                "seed: is outside its range (given -1; allowed 0 and more)",
                "months: is outside its range (given 0; allowed 1 and more)",
            ],
        ),
    ],
)
def test_what_cannot_be_is_said_whole(write: Write, given: dict[str, object], said: list[str]) -> None:
    assert refusal(lambda: sensitivity(write({}), **given)) == said  # type: ignore[arg-type]


def test_an_outcome_of_the_horizon_has_no_months(write: Write) -> None:
    threat = "shocks:\n  - {type: secondary_tariff, coalition: [us], streams: [iran], rate: 1.0}\n"
    ended = oilsim("sensitivity", write({}, shocks=threat), "--metric", "comply_cost_usd_bn", "--month", "2026-03")
    assert ended.exit_code == 2 and ended.stdout == ""
    assert ended.stderr.strip() == (
        "month: comply_cost_usd_bn exists for the horizon alone (given 2026-03; allowed horizon)"
    )


# The command


def test_all_that_is_printed_and_kept(write: Write, tmp_path: object) -> None:
    path = write(FEAR)
    ended = oilsim("sensitivity", path, "--samples", "64", "--format", "json", "-o", f"{tmp_path}/kept")
    assert ended.exit_code == 0
    assert ended.stderr.splitlines()[0] == "2 of 2 uncertain numbers by themselves: 256 runs"
    told = json.loads(ended.stdout)
    assert (told["metric"], told["month"], told["samples"], told["runs"]) == ("brent_usd_bbl", "horizon", 64, 256)
    assert {row["factor"] for row in told["rows"]} == {row["factor"] for row in told["tornado"]} == {"fear", LOSS}
    with open(f"{tmp_path}/kept/sensitivity.json", encoding="utf-8") as file:
        assert json.load(file) == told
    shown = oilsim("sensitivity", path, "--samples", "64").stdout
    assert "Share of its variance, %, with 95 % intervals" in shown
    assert "A run draws them" not in shown and "One at a time from its 5 to its 95 % point" in shown
    alone = oilsim("sensitivity", path, "--tornado", "--format", "csv").stdout.splitlines()
    assert alone[0] == "factor,standing,unit,p05,p50,p95,low,mid,high,swing" and len(alone) == 3


def test_boxes_of_a_threshold(write: Write) -> None:
    pytest.importorskip("prim")
    path = write(FEAR)
    plan = prepare(load_scenario(path))
    _, values = drawn_outcome(plan, 512, 1, asked(plan, "brent_usd_bbl"))
    threshold = float(np.quantile(values, 0.75))
    found = discover(path, above=threshold, draws=512)
    assert (found.draws, found.cases) == (512, 128)
    first = {one.name: one for one in found.boxes[0].ranges}
    assert LOSS in first and first[LOSS].low > 0.5 and first[LOSS].high == float("inf")
    assert found.boxes[0].density > 0.5 > found.boxes[0].base
    assert found.table.query("box == 1 and factor == @LOSS").density.item() == found.boxes[0].density
    assert float(found.to_xarray()["low"].sel(box=1, factor=LOSS)) == first[LOSS].low
    text = oilsim("sensitivity", path, "--above", str(threshold), "--draws", "512").stdout
    assert f"128 draws (25 %) are above {threshold:g}." in text and "(density)" in text and "from 0." in text


def test_boxes_need_enough_draws_on_both_sides(write: Write) -> None:
    pytest.importorskip("prim")
    path = write(FEAR)
    (line,) = refusal(lambda: discover(path, below=500.0, draws=128))
    assert line.startswith(
        "below: 128 of 128 draws (100.0 %) are below it; 40 have to be, and 40 must not (given 500.0; allowed "
        "25 % of the draws are below "
    )
    both = "above or below: give one of the two: the value the outcome has to pass"
    assert refusal(lambda: discover(path)) == [both]
    assert refusal(lambda: discover(path, above=1.0, below=2.0)) == [both]
    ended = oilsim("sensitivity", path, "--above", "70", "--tornado")
    assert ended.exit_code == 2 and ended.stderr.strip() == "--tornado: goes without --above and --below"


def test_no_box_is_said_in_words(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("prim")
    monkeypatch.setattr(discovery, "boxes", lambda inputs, cases: ())
    text = oilsim("sensitivity", write(FEAR), "--above", "71.6", "--draws", "256").stdout
    assert "No box of ranges beats chance" in text
