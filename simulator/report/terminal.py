"""The first screen of a run: what it costs, whose oil it is, who replaces whom, what it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from simulator.axes import GROUPS
from simulator.collector import FEWEST_DRIVER_DRAWS
from simulator.precision import Check, check
from simulator.report import failures, policies
from simulator.report.wording import COMPONENT_NAMES, GROUP_NAMES, bar, country, number, signed
from simulator.results import Results, Row

NARROWEST, WIDEST = 78, 110
REPLACEMENTS_SHOWN = 8
BAR_WIDTH = 12
COST_ROWS = (
    ("Import bill, bn USD", "import_bill_usd_bn", 1),
    ("Landed cost, USD/bbl", "landed_cost_usd_bbl", 2),
    ("Brent, USD/bbl", "brent_usd_bbl", 2),
    ("Imports, kb/d", "imports_kbd", 0),
    ("Unmet requirement, kb/d", "unmet_kbd", 0),
    ("Duty paid to China, bn USD", "tariff_revenue_usd_bn", 2),
)
EXTREMES = (
    ("Brent", "brent_usd_bbl", "total", "total", "USD", 1),
    ("China's stock draw", "stock_draw_kbd", "buyer", "china", "kb/d", 0),
    ("unmet", "unmet_kbd", "buyer", "china", "kb/d", 0),
)
HEADLINE_NAMES = {"Brent": "USD for Brent", "import bill": "bn USD for the import bill"}
DISCOUNT_STREAMS = (
    ("ESPO by sea", "russia_espo_kozmino"),
    ("Urals", "russia_urals"),
    ("Iranian Light", "iran_light"),
    ("Merey", "venezuela_merey"),
)


def screen(results: Results, summary: str | None = None) -> RenderableType:
    """Everything the first screen says about one run."""
    return Group(
        Text(_title(results), style="bold"),
        *([Text(summary)] if summary else []),
        Text(),
        Text(headline(results)),
        _cost(results),
        *([Text(extremes(results))] if len(results.months) > 1 else []),
        *(Text(sentence) for sentence in policies.sentences(results)),
        _shares(results),
        _replacements(results),
        _discounts(results),
        Text(),
        Text(_why(results)),
        Text(_drivers(results)),
        *([Text(precision(known))] if (known := check(results)) else []),
        Text(_guesses(results)),
        *([Text(failures.sentence(results), style="bold")] if results.unconverged else []),
    )


def show(results: Iterable[tuple[Results, str | None]], console: Console) -> None:
    """Print the screens of several runs, each figure whole however narrow the terminal."""
    for number_, (result, summary) in enumerate(results):
        if number_:
            console.print()
        console.print(screen(result, summary))


class Page(Console):
    """A terminal as wide as figures need; a reader who has gone, as with `| head`, is not an error."""

    def __init__(self) -> None:
        super().__init__()
        self.width = max(NARROWEST, min(self.width, WIDEST))

    def on_broken_pipe(self) -> None:
        """Let the command line end quietly."""
        raise BrokenPipeError


def headline(results: Results) -> str:
    """The answer: the bill and Brent, each against the baseline."""
    if results.unconverged == results.draws:
        return "No draw cleared: there is no answer."
    bill, brent = results.get("import_bill_usd_bn"), results.get("brent_usd_bbl")
    change = bill.mean - bill.baseline
    span = f"{len(results.months)} months" if len(results.months) > 1 else results.months[0]
    verb = "more" if change >= 0 else "less"
    if abs(change) < 0.05:
        cost = "as much as in the baseline"
    else:
        low, high = bill.p05 - bill.baseline, bill.p95 - bill.baseline
        band = "" if bill.p05 == bill.p95 else f" (90 % band {signed(low, 1)} to {signed(high, 1)})"
        cost = f"{number(abs(change), 1)} bn {verb} than in the baseline{band}"
    return (
        f"China pays {number(bill.mean, 1)} bn USD over {span}, {cost}. "
        f"Brent stands at {number(brent.mean, 1)} USD against {number(brent.baseline, 1)}."
    )


def _title(results: Results) -> str:
    first, last = results.months[0], results.months[-1]
    span = first if first == last else f"{first} to {last}"
    alone = results.manifest.get("draw")
    draws = "mid values" if results.draws == 1 else f"{results.draws:,} draws"
    draws = draws if alone is None else f"draw {alone:,} of {results.manifest['draws']:,}"
    return f"{results.scenario} · baseline {results.baseline} · {span} · {draws}"


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=f"\n{title}",
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
    )
    for i, column in enumerate(columns):
        table.add_column(column, justify="left" if i == 0 or not column else "right", no_wrap=True)
    return table


def _band(row: Row, digits: int, scale: float = 1.0) -> str:
    return f"{number(scale * row.p05, digits)} to {number(scale * row.p95, digits)}"


def _cost(results: Results) -> Table:
    table = _table("What China pays", "", "baseline", "scenario", "change", "level, 90 % band")
    for label, metric, digits in COST_ROWS:
        row = results.get(metric, *(("buyer", "china") if metric == "unmet_kbd" else ()))
        change = signed(row.mean - row.baseline, digits)
        table.add_row(label, number(row.baseline, digits), number(row.mean, digits), change, _band(row, digits))
    return table


def extremes(results: Results) -> str:
    """The months in which means stand furthest from the baseline; what never moves is left out."""
    parts = []
    for label, metric, by, item, unit, digits in EXTREMES:
        rows = [results.get(metric, by, item, month) for month in results.months]
        row = max(rows, key=lambda r: abs(r.mean - r.baseline))
        if abs(row.mean - row.baseline) >= 0.5 * 10**-digits:
            parts.append(f"{label} {number(row.mean, digits)} {unit} in {row.month}")
    return f"Month by month, furthest from the baseline: {'; '.join(parts) or 'nothing moves'}."


def _shares(results: Results) -> Table:
    table = _table("Whose crude China buys, % of imports", "", "baseline", "scenario", "change", "level, 90 % band", "")
    rows = [(group, results.get("share", "group", group)) for group in GROUPS]
    largest = max(row.mean for _, row in rows)
    for group, row in rows:
        table.add_row(
            GROUP_NAMES[group],
            number(100 * row.baseline, 1),
            number(100 * row.mean, 1),
            signed(100 * (row.mean - row.baseline), 1),
            _band(row, 1, 100),
            bar(row.mean, largest, BAR_WIDTH),
        )
    return table


def _replacements(results: Results) -> Table:
    table = _table("Who replaces whom, kb/d of China's imports", "", "change", "90 % band", "")
    rows = [r for r in results.rows if (r.metric, r.by, r.month) == ("replacement_kbd", "country", "horizon")]
    moved = sorted((r for r in rows if abs(r.mean) >= 0.5), key=lambda r: -abs(r.mean))[:REPLACEMENTS_SHOWN]
    for row in sorted(moved, key=lambda r: r.mean):
        length = bar(row.mean, max(abs(r.mean) for r in moved), BAR_WIDTH)
        table.add_row(country(row.item), signed(row.mean, 0), _band(row, 0), length)
    if not moved:
        table.add_row("nobody: imports are as in the baseline", "", "", "")
    return table


def _discounts(results: Results) -> Table:
    title = "Delivered in China less Brent, USD/bbl"
    table = _table(title, "", "baseline", "scenario", "change", "level, 90 % band")
    for label, stream in DISCOUNT_STREAMS:
        row = results.get("discount_usd_bbl", "stream", stream)
        change = signed(row.mean - row.baseline, 1)
        table.add_row(label, number(row.baseline, 1), number(row.mean, 1), change, _band(row, 1))
    return table


def _why(results: Results) -> str:
    rows = [r for r in results.rows if (r.metric, r.month) == ("bill_change_usd_bn", "horizon")]
    parts = [f"{COMPONENT_NAMES[r.item]} {signed(r.mean, 1)}" for r in rows]
    return f"Change of the bill, bn USD: {', '.join(parts)}. Means add up to the change; band limits do not add up."


def _drivers(results: Results) -> str:
    if results.draws < FEWEST_DRIVER_DRAWS:
        return f"Too few draws to say what the bands hang on; {FEWEST_DRIVER_DRAWS} are enough."
    lines = []
    for outcome in dict.fromkeys(driver.outcome for driver in results.drivers):
        named = [d for d in results.drivers if d.outcome == outcome]
        parts = ", ".join(f"{d.name} {_percent(d.share)}" for d in named)
        lines.append(f"What the {outcome} band hangs on: {parts}.")
    return "\n".join(lines) or "Nothing uncertain moves Brent or the bill."


def precision(known: Check) -> str:
    """Whether the draws are enough: how well the ends of the headline bands are known, as standard errors."""
    said = ", ".join(
        f"±{one.se_p05:.2g} and ±{one.se_p95:.2g} {HEADLINE_NAMES[name]}" for name, one in known.ends.items()
    )
    verdict = "enough" if known.enough else f"not enough, about {known.needed:,} draws would be"
    line = f"{known.draws:,} draws: 5 and 95 % points are known to {said} (standard errors): {verdict}."
    if not known.upper_bound:
        return line
    best = ", best at powers of two" if known.sampling == "sobol" else ""
    return f"{line} These are upper bounds: {known.sampling} fills the space evenly and settles sooner{best}."


def _percent(share: float) -> str:
    return "under 1 %" if share < 0.01 else f"{number(100 * share, 0)} %"


def _guesses(results: Results) -> str:
    guessed = results.manifest["guessed"]
    told = (
        f"Guesses: {number(100 * guessed['parameter_share'], 0)} % of the parameters and the prices of "
        f"{number(100 * guessed['price_volume_share'], 0)} % of China's barrels have no source"
    )
    if results.draws < FEWEST_DRIVER_DRAWS:
        return f"{told}."
    shares = [d.share for d in results.drivers if d.outcome == "import bill" and d.standing == "guessed"]
    told = f"{told}; the guessed ones among the parameters above explain {_percent(sum(shares))} of the bill's band."
    return f"{told} Bands hold uncertain inputs alone; how much wider history asks them to be: oilsim hindcast."
