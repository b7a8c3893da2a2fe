"""Drawn disruptions against sums over single events, and against the odds they are meant to have."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.published.futures import LEAST_WRITTEN_KBD, odds, write_futures
from simulator.published.hazards import MONTHS, Futures, futures, hazards
from simulator.published.premium import disruptions
from simulator.scenario import load_scenario


def missing_by_hand(drawn: Futures, future: int, month: int) -> float:
    """Net loss of one month, from the list of events alone."""
    events, given = drawn.events, drawn.hazards
    lost = dict.fromkeys((source.name for source in given.sources), 0.0)
    for k in np.flatnonzero(events.future == future):
        source = given.sources[events.source[k]]
        if events.start[k] <= month < events.start[k] + events.months[k]:
            loss = float(events.loss_kbd[k])
            rest = 0.0 if source.fixed_kbd else lost[source.name] * loss / source.exports_kbd
            lost[source.name] += loss - rest
    straits = sum(lost[source.name] for source in given.sources if source.fixed_kbd)
    regions = sum(lost.values()) - straits
    holder = next(source for source in given.sources if source.holds_spare)
    spare = float(drawn.spare_kbd[future]) * (1.0 - lost[holder.name] / holder.exports_kbd)
    offset = 0.0 if straits else min(spare, given.most_offset_share * regions)
    return regions - offset + straits


def test_what_is_missing_adds_up_event_by_event():
    drawn = futures(hazards(), 30, seed=3)
    by_hand = [[missing_by_hand(drawn, f, m) for m in range(MONTHS)] for f in range(30)]
    assert drawn.net_kbd == pytest.approx(np.array(by_hand), abs=1e-6)


def test_stretches_are_counted_as_by_eye():
    drawn = futures(hazards(), 400, seed=5)
    for loss, months in ((2000.0, 1), (2000.0, 6), (3000.0, 18)):
        hit = 0
        for path in drawn.net_kbd >= loss:
            runs = "".join("x" if month else " " for month in path).split()
            hit += any(len(run) >= months for run in runs)
        assert drawn.share_with(loss, months) == pytest.approx(hit / 400)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_published_odds_come_back(seed):
    for one in odds(futures(hazards(), 20_000, seed)):
        assert one.within, one


def test_the_same_seed_gives_the_same_futures():
    one, two, other = (futures(hazards(), 50, seed) for seed in (4, 4, 5))
    assert (one.net_kbd == two.net_kbd).all()
    assert (one.net_kbd != other.net_kbd).any()


def test_without_events_nothing_is_missing():
    calm = hazards()
    quiet = replace(calm, sources=tuple(replace(source, events_per_decade=1e-12) for source in calm.sources))
    assert not futures(quiet, 20, seed=1).net_kbd.any()


def test_more_spare_capacity_never_leaves_more_missing():
    given = hazards()
    spare = (replace(given, spare_low_kbd=kbd, spare_high_kbd=kbd) for kbd in (0.0, 3000.0))
    scant, ample = (futures(one, 200, seed=6) for one in spare)
    assert (ample.net_kbd <= scant.net_kbd + 1e-9).all()
    assert ample.net_kbd.sum() < scant.net_kbd.sum()


def test_kinds_of_disruption_cover_every_stretch():
    drawn = futures(hazards(), 2000, seed=2)
    kinds = disruptions(drawn)
    starts = (drawn.net_kbd >= 2000.0).astype(int)
    stretches = int((np.diff(np.pad(starts, ((0, 0), (1, 0))), axis=1) == 1).sum())
    assert sum(kind.per_year for kind in kinds) * 2000 * MONTHS / 12 == pytest.approx(stretches)
    assert [kind.least_kbd for kind in kinds] == [2000.0, 3000.0, 5000.0]
    assert kinds[0].loss_kbd < kinds[1].loss_kbd < kinds[2].loss_kbd


def test_futures_are_ordinary_scenarios(tmp_path):
    from simulator import run

    drawn = futures(hazards(), 40, seed=1)
    files = write_futures(drawn, 12, "early_2026", "2026-03", tmp_path / "new")
    assert len(files) == 12
    scenarios = [load_scenario(path) for path in files]
    large = drawn.events.loss_kbd >= LEAST_WRITTEN_KBD
    events = [int(large[drawn.events.future == k].sum()) for k in range(12)]
    assert [len(scenario.shocks) for scenario in scenarios] == events
    busiest = scenarios[int(np.argmax(events))]
    assert run(busiest, draws=1).unconverged == 0
