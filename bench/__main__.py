"""Print the figures: speed beside peers, start-up beside numpy, memory and rate of large runs and sweeps."""

from __future__ import annotations

import argparse
import warnings
from importlib import import_module

PARTS = {
    "kernel": "monthly equilibria a second beside scipy",
    "peers": "the same beside ema_workbench",
    "sobol": "Sobol designs and indices beside SALib",
    "startup": "whole processes beside importing numpy",
    "memory": "peak memory and rate of one large run",
    "explorer": "from a lever to the redrawn picture in a browser, beside a plain run",
    "explorer_engine": "the answer behind the page beside a plain run",
    "sweep": "time and memory of a grid of points, one worker beside two",
}


def main() -> None:
    """Run all measurements, or only those named."""
    parts = "; ".join(f"{name}: {what}" for name, what in PARTS.items())
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=parts)
    parser.add_argument("--draws", type=int, default=100_000, help="draws of the memory measurement")
    parser.add_argument("--points", type=int, default=41 * 41, help="points of the sweep, cut to a square")
    asked = parser.parse_args()
    warnings.filterwarnings("ignore", "ipyparallel not installed")  # ema_workbench on import; not measured here
    sizes = {"memory": {"draws": asked.draws}, "sweep": {"points": asked.points}}
    for name in asked.parts or PARTS:
        # Imported when it is its turn: only peers and sobol need what `pip install oilsim[bench]` brings.
        import_module(f"bench.{name}").measure(**sizes.get(name, {}))


if __name__ == "__main__":
    main()
