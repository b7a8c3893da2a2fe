"""What each stream can export at most."""

from __future__ import annotations

from collections import defaultdict

from simulator import datasets

PAST_USE_SHARE = 0.97
"""Part of its capacity that a stream used in a past month when it shipped more than it could in 2025."""


def capacities(baseline: str) -> dict[str, float]:
    """Export capacity by stream, kb/d: that of 2025; in a past month at least what was shipped then, nearly full."""
    found = {row["stream"]: float(row["capacity_kbd"]) for row in datasets.table("supply").rows}
    if baseline not in datasets.history():
        return found
    exports: dict[str, float] = defaultdict(float)
    for row in datasets.flows(baseline).rows:
        exports[row["stream"]] += row["kbd"]
    return {stream: max(kbd, exports[stream] / PAST_USE_SHARE) for stream, kbd in found.items()}
