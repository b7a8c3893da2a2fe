"""Draw docs/sweep.png, the README's sweep of Iran's loss: `make notebooks`."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import xarray
from matplotlib.axes import Axes

from simulator import load_scenario, sweep
from simulator.keeping import write_whole

ROOT = Path(__file__).resolve().parent.parent
STYLE = "simulator.report.figures.oilsim"
LOSS = "shocks.0.loss_share"
LOSSES = [0.0, 0.25, 0.5, 0.75, 1.0]


def main() -> None:
    """Sweep, and draw Brent and the change of the bill against what Iran loses."""
    matplotlib.use("agg")
    plt.style.use(STYLE)
    scenario = load_scenario(ROOT / "scenarios" / "iran_offline.yaml")
    found = sweep(scenario, over={LOSS: LOSSES}).sel(month="horizon", item="total")
    months = f"{scenario.month_labels[0]} to {scenario.month_labels[-1]}"
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.0, 3.6))
    band(left, found["brent_usd_bbl"], "C0")
    left.axhline(found["brent_usd_bbl_baseline"][0].item(), color="black", linewidth=1, linestyle=":")
    left.set_title("Brent, USD/bbl")
    bill = found["import_bill_usd_bn"] - found["import_bill_usd_bn_baseline"]
    band(right, bill, "C1")
    right.axhline(0.0, color="black", linewidth=1, linestyle=":")
    right.set_title("Change of China's import bill, bn USD")
    figure.supxlabel(f"share of Iran's exports lost, {months} (dotted: nothing lost)", fontsize=10)
    write_whole(ROOT / "docs" / "sweep.png", lambda path: figure.savefig(path, metadata={"Software": None}))


def band(axes: Axes, values: xarray.DataArray, colour: str) -> None:
    """Median and 90 % band of an outcome against the loss; values (lever, quantile)."""
    low, middle, high = (values.sel(quantile=quantile) for quantile in (0.05, 0.5, 0.95))
    axes.fill_between(LOSSES, low, high, color=colour, alpha=0.2, linewidth=0, label="90 % band of the draws")
    axes.plot(LOSSES, middle, "o-", color=colour, markersize=4, label="median draw")
    axes.set_xticks(LOSSES, [f"{100 * loss:.0f} %" for loss in LOSSES])
    axes.legend(loc="upper left")


if __name__ == "__main__":
    main()
