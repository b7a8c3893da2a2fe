"""What a run says, in sentences: the answer, why, what its bands hang on, how far it rests on guesses."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.collector import FEWEST_DRIVER_DRAWS
from simulator.precision import HEADLINES, Check, Ends, check
from simulator.report import failures
from simulator.report.language import Words
from simulator.report.shown import EXTREMES
from simulator.report.wording import number, significant
from simulator.results import HORIZON, Results


def title(results: Results, told: Words) -> str:
    """What was run: scenario, baseline, months, draws."""
    return told(
        "terminal.title",
        name=told.remark(results.scenario),
        baseline=results.baseline,
        span=span(results, told),
        draws=sample(results, told),
    )


def span(results: Results, told: Words) -> str:
    """First and last month."""
    first, last = (told.month(results.months[at]) for at in (0, -1))
    return first if first == last else told("terminal.from_to", first=first, last=last)


def sample(results: Results, told: Words) -> str:
    """How many draws, or that there is one at mid values, or which one it is."""
    alone = results.manifest.get("draw")
    if alone is not None:
        return told("terminal.draw_alone", number=number(alone, 0), count=number(results.manifest["draws"], 0))
    if results.draws == 1:
        return told("terminal.mid_values")
    return told("terminal.draws", count=number(results.draws, 0))


def headline(results: Results, told: Words) -> str:
    """The answer: the bill and Brent, each against the baseline."""
    if results.unconverged == results.draws:
        return told("terminal.nothing_cleared")
    bill, brent = results.get("import_bill_usd_bn"), results.get("brent_usd_bbl")
    months = len(results.months)
    key = "terminal.over_months" if months > 1 else "terminal.over_month"
    return told(
        "terminal.headline",
        bill=told.money(bill.mean, 1),
        span=told(key, count=months, month=told.month(results.months[0])),
        cost=_cost(results, told),
        brent=number(brent.mean, 1),
        before=number(brent.baseline, 1),
    )


def _cost(results: Results, told: Words) -> str:
    """How much more or less the oil costs, with the band of the change where it has one."""
    bill = results.get("import_bill_usd_bn")
    change = bill.mean - bill.baseline
    if abs(change) < 0.05:
        return told("terminal.costs_the_same")
    low, high = (told.money(end - bill.baseline, 1, sign=True) for end in (bill.p05, bill.p95))
    band = "" if bill.p05 == bill.p95 else told("terminal.change_band", low=low, high=high)
    key = "terminal.costs_more" if change >= 0 else "terminal.costs_less"
    return told(key, change=told.money(abs(change), 1), band=band)


def extremes(results: Results, told: Words) -> str:
    """The months in which means stand furthest from the baseline; what never moves is left out."""
    parts = []
    for metric, by, item, digits, _ in EXTREMES:
        rows = [results.get(metric, by, item, month) for month in results.months]
        row = max(rows, key=lambda r: abs(r.mean - r.baseline))
        if abs(row.mean - row.baseline) >= 0.5 * 10**-digits:
            parts.append(
                told(f"terminal.extreme_{metric}", value=number(row.mean, digits), month=told.month(row.month))
            )
    listed = told("terminal.semicolon").join(parts) or told("terminal.nothing_moves")
    return told("terminal.extremes", parts=listed)


def bill_change(results: Results, told: Words) -> str:
    """What the bill's change is made of."""
    rows = [r for r in results.rows if (r.metric, r.month) == ("bill_change_usd_bn", HORIZON)]
    named = ((told.name("component", r.item), told.money(r.mean, 1, sign=True)) for r in rows)
    parts = (told("terminal.component_part", name=name, change=change) for name, change in named)
    return told("terminal.bill_change", parts=told("terminal.comma").join(parts))


def hangs_on(results: Results, told: Words) -> Iterator[str]:
    """What the bands of Brent and of the bill hang on: a sentence each."""
    if results.draws < FEWEST_DRIVER_DRAWS:
        yield told("terminal.too_few_draws", fewest=FEWEST_DRIVER_DRAWS)
    elif not results.drivers:
        yield told("terminal.nothing_uncertain")
    for outcome in dict.fromkeys(driver.outcome for driver in results.drivers):
        named = [d for d in results.drivers if d.outcome == outcome]
        parts = [
            told("terminal.driver_part", name=told.input(d.name, shock_types(results)), share=percent(d.share, told))
            for d in named
        ]
        said = told(f"terminal.outcome_{HEADLINES[outcome][0]}")
        yield told("terminal.hangs_on", outcome=said, parts=told("terminal.comma").join(parts))


def shock_types(results: Results) -> list[str]:
    """The types of the scenario's shocks, in order."""
    return [shock["type"] for shock in results.manifest["scenario"].get("shocks", [])]


def enough_draws(results: Results, told: Words) -> Iterator[str]:
    """Whether the draws are enough; nothing where no headline outcome has a band."""
    known = check(results)
    if known:
        yield precision(known, told)


def precision(known: Check, told: Words) -> str:
    """How well the ends of the headline bands are known, as standard errors, and whether that is enough."""
    ends = [_known_to(HEADLINES[name][0], one, told) for name, one in known.ends.items()]
    short = told("terminal.not_enough", needed=number(known.needed, 0))
    verdict = told("terminal.enough") if known.enough else short
    listed = told("terminal.comma").join(ends)
    line = told("terminal.precision", draws=number(known.draws, 0), ends=listed, verdict=verdict)
    if not known.upper_bound:
        return line
    key = "terminal.upper_bound_sobol" if known.sampling == "sobol" else "terminal.upper_bound"
    return told(key, line=line, sampling=known.sampling)


def _known_to(metric: str, ends: Ends, told: Words) -> str:
    low, high = (
        told.error_of_money(error) if metric.endswith("_usd_bn") else significant(error, 2)
        for error in (ends.se_p05, ends.se_p95)
    )
    return told(f"terminal.precision_{metric}", low=low, high=high)


def guesses(results: Results, told: Words) -> str:
    """How much of the answer has no source."""
    guessed = results.manifest["guessed"]
    parts = {
        "parameters": number(100 * guessed["parameter_share"], 0),
        "barrels": number(100 * guessed["price_volume_share"], 0),
    }
    if results.draws < FEWEST_DRIVER_DRAWS:
        return told("terminal.guesses", **parts)
    shares = [d.share for d in results.drivers if d.outcome == "import bill" and d.standing == "guessed"]
    return told("terminal.guesses_and_band", **parts, explained=percent(sum(shares), told))


def left_out(results: Results, told: Words) -> Iterator[str]:
    """Draws that did not clear, 20 by name; nothing where all did."""
    failed = results.manifest["unconverged_draws"]
    if not failed:
        return
    named = [failures.named(one, told) for one in failed[: failures.SHOWN]]
    parts = {"failed": results.unconverged, "draws": results.draws, "named": told("terminal.semicolon").join(named)}
    more = len(failed) - failures.SHOWN
    if more > 0:
        yield told("terminal.left_out_and_more", **parts, more=number(more, 0))
    else:
        yield told("terminal.left_out", **parts)


def percent(share: float, told: Words) -> str:
    """A share in percent, as far as it comes to one."""
    few = told("terminal.under_one_percent")
    return few if share < 0.01 else told("terminal.percent", value=number(100 * share, 0))
