"""Predicted against observed, on the screen and as rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.hindcast.episodes import Episode, Target
from simulator.hindcast.history import Hindcast
from simulator.hindcast.naive import NAIVE
from simulator.hindcast.scores import Judged, Score
from simulator.keeping import Write, as_utf8, write_together
from simulator.manifest import origin
from simulator.report.language import words
from simulator.report.rows import as_csv as rows_as_csv
from simulator.report.wording import number

if TYPE_CHECKING:
    from simulator.report.figures import Wanted

Line = dict[str, Any]

FEW_DIGITS_BELOW = 100.0
NAME_WIDTH = 27
KEPT_DIGITS = 6


def rows(found: Hindcast) -> list[Line]:
    """One row a target, unscored ones too: what was predicted, what was observed, how it was judged."""
    judged = {(row.target.episode, row.target.target): row for row in found.judged}
    return [
        _row(episode, target, judged.get((episode.id, target.target)))
        for episode in found.episodes
        for target in episode.targets
    ]


def _row(episode: Episode, target: Target, row: Judged | None) -> Line:
    naive = {f"naive_{name.replace(' ', '_')}": None for name in NAIVE}
    line: Line = {
        "episode": episode.id,
        "month": episode.month,
        "target": target.target,
        "class": target.target_class,
        "unit": target.unit,
        "observed": target.observed,
        "tolerance": target.tolerance,
        **dict.fromkeys(("p05", "p50", "p95", "unchanged", "hit", "sign", "inside_band")),
        **naive,
        "basis": target.basis,
        "reason": target.reason,
        "source": target.source,
    }
    if row is None:
        return line
    return line | {
        "p05": row.p05,
        "p50": row.p50,
        "p95": row.p95,
        "unchanged": row.unchanged,
        "hit": row.hit,
        "sign": _sign(row),
        "inside_band": row.inside,
        **dict(zip(naive, row.naive, strict=True)),
    }


def summary(found: Hindcast) -> Line:
    """The score over all targets as plain data."""
    total = found.score
    return {
        "episodes": len(found.episodes),
        "targets": total.targets,
        "hits": total.hits,
        "signs_right": total.signs,
        "signs_clear": total.clear,
        "inside_band": total.inside,
        "inside_band_of_parameters_alone": total.inside_draws,
        "effective_observations": total.effective,
        "mean_error_tolerances": total.errors[0],
        "naive_mean_error_tolerances": dict(zip(NAIVE, total.errors[1:], strict=True)),
        "skill": dict(zip(NAIVE, total.skill, strict=True)),
    }


def as_json(found: Hindcast) -> str:
    """Rows and summary."""
    document: Line = {"schema": 1, "draws": found.draws, "seed": found.seed, "unconverged": found.unconverged}
    baselines = [episode.scenario.baseline for episode in found.episodes]
    document["manifest"] = origin(*baselines, draws=found.draws, seed=found.seed)
    return json.dumps({**document, "summary": summary(found), "rows": rows(found)}, indent=1)


def as_csv(found: Hindcast, digits: int | None = None) -> str:
    """The rows; with `digits`, numbers to so many significant ones, so that only what matters shows in a comparison."""
    lines = [{key: _rounded(value, digits) for key, value in line.items()} for line in rows(found)]
    return f"{rows_as_csv(lines)}\n"


def save(found: Hindcast, folder: Path, how: Wanted | None = None) -> list[Path]:
    """Keep the rows, the score and the picture, a PNG where it can be drawn if nothing is wanted; returns the paths."""
    from simulator.report import figures

    how = how or figures.Wanted(("png",) if figures.drawable() else (), figures.REPORT, words())
    total = {key: _rounded(value, KEPT_DIGITS) for key, value in summary(found).items()}
    texts = {"hindcast.csv": as_csv(found, KEPT_DIGITS), "score.json": json.dumps(total, indent=1) + "\n"}
    parts: dict[str, Write] = {name: as_utf8(text) for name, text in texts.items()}
    if how.formats:
        parts |= figures.parts(figures.of_history(found, how.told, how.size), how.formats)
    return write_together(folder, parts)


def _rounded(value: Any, digits: int | None) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(one, digits) for key, one in value.items()}
    return float(f"{value:.{digits}g}") if digits and isinstance(value, float) else value


def as_text(found: Hindcast) -> str:
    """The table of every episode, then the score."""
    return "\n".join(_screen(found))


def headline(total: Score) -> Iterator[str]:
    """The score in sentences."""
    yield f"{_of(total.hits, total.targets)} targets within tolerance."
    yield f"{_of(total.signs, total.clear)} signs right, of what moved by more than its tolerance."
    yield f"{_of(total.inside, total.targets)} inside the 90 % band, {total.inside_draws} in that of parameters alone."
    yield f"The targets are worth {number(total.effective, 0)} independent observations."
    yield f"Mean error {number(total.errors[0], 2)} tolerances, every episode weighing once."
    for name, error, skill in zip(NAIVE, total.errors[1:], total.skill, strict=True):
        yield f"  {name + ':':<18} {number(error, 2)}, skill against it {number(skill, 2)}"


def _screen(found: Hindcast) -> Iterator[str]:
    yield f"Episodes: {len(found.episodes)}, {found.draws:,} draws each, predicted by parameters that never saw them."
    for episode in found.episodes:
        yield ""
        own = found.of(episode)
        yield f"{episode.month}  {episode.title} ({sum(row.hit for row in own)} of {len(own)})"
        yield f"  {'':<{NAME_WIDTH}}{'observed':>15}{'predicted':>11}   {'90 % band':<19} "
        for row in own:
            yield _line(row)
        for target in episode.targets:
            if not target.scored:
                yield f"  {_name(target.target)} not scored ({target.target_class}): {target.reason}"
    yield ""
    yield from headline(found.score)
    if found.unconverged:
        yield f"{found.unconverged} draws did not converge and are left out."


def _line(row: Judged) -> str:
    target = row.target
    digits = 1 if max(abs(target.observed), target.tolerance) < FEW_DIGITS_BELOW else 0
    seen = f"{number(target.observed, digits)} ±{number(target.tolerance, digits)}"
    band = f"{number(row.p05, digits)} to {number(row.p95, digits)}"
    verdict = "hit" if row.hit else "miss"
    notes = [] if row.inside else ["outside the band"]
    notes += ["wrong sign"] if _sign(row) is False else []
    tail = f"{verdict}{', ' if notes else ''}{', '.join(notes)}"
    return f"  {_name(target.target)}{seen:>15}{number(row.p50, digits):>11}   {band:<19} {target.unit:<8} {tail}"


def _name(target: str) -> str:
    return f"{target.replace('_', ' '):<{NAME_WIDTH}}"


def _sign(row: Judged) -> bool | None:
    """Whether the sign was right; None where what was observed has none."""
    return row.sign_right if row.clear else None


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole} ({number(100.0 * part / whole, 0)} %)" if whole else "0 of 0"
