"""What is not a file: --set, --over, options and arguments of commands, values from Python, cases and episodes."""

from __future__ import annotations

import datetime
import decimal
import fractions
import random
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner

from fuzz.mutations import CONTROL, INVISIBLE, MUTATIONS, VALUES
from fuzz.oracle import Leaf, _same, leaves, tree
from fuzz.trials import Case, Silent, run_trials
from simulator import datasets, library
from simulator.cli import main
from simulator.cli.loading import load_all
from simulator.errors import InputError
from simulator.hindcast.episodes import own
from simulator.published.gsim import respond
from simulator.published.gsim_case import read_case
from simulator.runs import check_numbers
from simulator.scenario import load_scenario, to_document
from simulator.scenario.sweeping import Between
from simulator.sweeps.overs import parse_over


def _nested(depth: int) -> object:
    deep: object = 1
    for _ in range(depth):
        deep = [deep]
    return deep


def _endless() -> object:
    itself: dict[str, object] = {}
    itself["a"] = itself
    return itself


LEGAL = ("0.5", "0.25", "1", "3", "2026-06", "null", "[iran, russia]", "{low: 0.1, mid: 0.2, high: 0.3}", "a remark")
PATHS = (
    "shocks.0.loss_share", "shocks.0.end", "shocks.0.streams", "shocks.0.streams.0", "shocks.0", "shocks", "shocks.1",
    "shocks.1.type", "shocks.0.los_share", "shocks.0.loss_kbd", "shocks.00.loss_share", "shocks.-1.loss_share",
    "months",
    "shocks.9.type", "shocks.0.loss_share.mid", "parameters.fear", "parameters.stock_response.india", "parameters",
    "name",
    "parameters.fear.mid", "parameters.feer", "baseline", "start", "draws", "sampling", "note", "extends", "schema",
    "",
    "sweep", "sweep.over", "correlations", "correlations.0", ".", "a..b", "shocks.0.loss_share ",
    "SHOCKS.0.loss_share",
    "shоcks.0.loss_share", "a." * 3000 + "a", "x" * 50_000,
    "shocks.0.\x1b[31m", "shocks.0.\udcff", "shocks.０.loss_share",
)  # fmt: skip
RANGES = (
    "0:1:11", "0:1", "1:0:3", "0:1:1", "0:1:0", "0:1:-1", "0:1:1e9", "0:1:1000000000", "0:0:3", "a:b:c", ":::",
    "0:1:2:3",
    "0:1:11 ", "nan:1:3", "-inf:inf:3", "1e308:-1e308:3", "0.1,0.2", "[0.1, 0.2]", "[0.1, 0.1]", "0.1,,0.2", "[]",
    "{}",
    "[0.1", "0x1:0x2:3", "1_0:2_0:3", "0:50%:3", "０:1:3", "[iran, russia]", "[[iran], [russia]]", "[1, 1.0]",
    "2025,early_2026", "{from: 0, to: 1, count: 3}", "12:30", "0:1:3#x", "0.1 #x", "1e-400:1:3",
)  # fmt: skip
OBJECTS: tuple[Callable[[], object], ...] = (
    lambda: float("nan"), lambda: float("-inf"), lambda: np.float32(0.5), lambda: np.float64("nan"),
    lambda: np.int8(1),
    lambda: np.bool_(True), lambda: np.array([0.5, 0.6]), lambda: np.array(0.5), lambda: np.str_("iran"), lambda: True,
    lambda: 10**400, lambda: -(10**5000), lambda: 1j, lambda: b"iran", object, lambda: Path("x"), lambda: None,
    lambda: datetime.date(2026, 3, 1), lambda: datetime.datetime(2026, 3, 1), lambda: np.datetime64("2026-03"),
    lambda: decimal.Decimal("0.5"), lambda: fractions.Fraction(1, 2), lambda: {1: 2}, lambda: {None: None},
    lambda: {"iran"},
    lambda: _nested(3000), _endless, lambda: iter([1]), lambda: range(3), lambda: "0.5", lambda: "\ud800",
    lambda: "\x1b[31m",
    lambda: [float("nan")], lambda: {"low": 0.1, "mid": np.float32(0.2), "high": 1}, lambda: ["iran", 1],
    lambda: ("iran",),
    lambda: {"low": 0.1, "mid": float("nan"), "high": 1}, lambda: "x" * 100_000, lambda: [[["iran"]]], lambda: int,
    lambda: -0.0,
    lambda: {"distribution": "discrete", "values": [0.1, True]},
    lambda: {"distribution": "uniform", "minimum": 0, "maximum": np.inf},
)  # fmt: skip
COMMANDS = (
    ("run", "iran_offline", "--draws", "1", "--months", "1"), ("show", "iran_offline"), ("explain", "loss_share"),
    ("validate", "iran_offline"), ("data", "show", "baselines"), ("gsim", "francois_hall_2003"), ("list",),
    ("compare", "iran_offline", "baseline", "--draws", "1", "--months", "1"), ("hindcast", "no_such_episode"),
    ("sweep", "iran_offline", "--over", "shocks.0.loss_share=0:1:2", "--draws", "1", "--workers", "1"),
    ("sensitivity", "iran_offline", "--metric", "brent"), ("breakeven", "iran_offline", "--draws", "1"),
    ("premium", "--baseline", "2024"), ("hazards", "--draws", "10", "--baseline", "x"),
    ("data", "build", "none.csv", "-o", "x"),
)  # fmt: skip
OPTIONS = (
    "--sampling", "--engine", "--format", "--design", "--set", "--over", "--draws", "--seed", "--months", "--metric",
    "--points", "--only", "--scheduler", "--baseline", "--start", "--from", "--brent", "--samples", "--samplng", "--",
)  # fmt: skip
WORDS = (
    "sobo", "jsno", "dsk", "tabel", "", " ", "\n",
    "\x1b[2J", "\udcff\udcfe", "x" * 100_000, "-1", "0", "nan", "1e3", "１",
    "../../etc/passwd", "/etc/passwd", "..", "a/b", "a\nb: 1", "horizon", "share/group/iran", "share/../x",
    "2025\nmonths: 3",
    "2025", "99999999999999999999", "1.5", "true", "[/red]", "{x}", "%s", "--help", "--version", "a\0b", "\u202e",
)  # fmt: skip


def campaign(cases: int = 6_000, seed: int = 1, minutes: float = 10.0) -> int:
    """Try that many; how many failed."""
    with tempfile.TemporaryDirectory() as folder:
        score = run_trials("words", partial(_case, Path(folder)), cases, seed, minutes)
    return score.tell(Path(tempfile.gettempdir()) / f"oilsim_fuzz_words_{seed}.jsonl")


def _case(folder: Path, rng: random.Random, _: int) -> Case:
    return rng.choice((_set, _set, _over, _python, _python, _numbers, _command, _gsim, _episode))(folder, rng)


def _value(rng: random.Random) -> str:
    text = rng.choice(LEGAL) if rng.random() < 0.4 else rng.choice((*VALUES, *WORDS[:20]))
    if rng.random() < 0.3:
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice((*CONTROL, *INVISIBLE, " #x", "#", "\n", ": ", "%", ",")) + text[at:]
    return text


def _set(_: Path, rng: random.Random) -> Case:
    path, text = rng.choice(PATHS[: rng.choice((6, len(PATHS)))]), _value(rng)
    return Case("--set", lambda: set_is_kept(path, text), f"{path[:200]}={text[:200]!r}")


def set_is_kept(path: str, text: str) -> None:
    """Whether a value that is set is in the document, as the text has it, and nothing else has changed."""
    (scenario,) = load_all(("iran_offline",), (f"{path}={text}",))
    # A name may not be split at the dot that it holds itself.
    before, after = leaves(to_document(load_scenario(library.find("iran_offline")))), leaves(to_document(scenario))
    under = path.strip()
    dotted = {".".join(map(str, where)): where for where in before.keys() | after.keys()}
    changed = [name for name, where in dotted.items() if before.get(where) != after.get(where)]
    if far := [
        name for name in changed if not f"{name}.".startswith(f"{under}.") and not f"{under}.".startswith(f"{name}.")
    ]:
        raise Silent(f"{far[0]} changed, and {under} was set")
    written = tree(f"value: {text}\n")["value"]
    value = after.get(dotted.get(under, ()))
    if isinstance(written, Leaf) and under in dotted and not isinstance(value, list) and not _same(written, value):
        raise Silent(f"{under}: {text!r} was set, {value!r} is there")
    listed = after.get(dotted.get(under.rpartition(".")[0], ()))
    found = under in dotted or (isinstance(listed, list) and str(written) in listed)
    if isinstance(written, Leaf) and not found and not (written.plain and written in ("~", "null")):
        raise Silent(f"{under}: {text!r} was set and is nowhere")


def _over(_: Path, rng: random.Random) -> Case:
    text = rng.choice((*RANGES, _value(rng)))
    if rng.random() < 0.3:
        text = MUTATIONS["slip of the hand"](text or "0", rng)
    path = rng.choice(PATHS[:12])
    return Case("--over", lambda: _over_is_kept(path, text), f"{path[:200]}={text[:200]!r}")


def _over_is_kept(path: str, text: str) -> None:
    values = parse_over(f"{path}={text}")[1]
    if isinstance(values, Between):
        parts = [Leaf(part.strip()) for part in text.split(":")]
        found = [values.low, values.high] + ([] if values.count is None else [values.count])
        if len(parts) != len(found) or not all(map(_same, parts, found)):
            raise Silent(f"{text!r} was written, {found} was read")
        return
    bare = text.strip()
    listed = tree(f"value: {bare if bare[:1] in '[{' or ',' not in bare else f'[{bare}]'}\n")["value"]
    written = listed if isinstance(listed, list) else [listed]
    alike = [_same(one, other) for one, other in zip(written, values, strict=False) if isinstance(one, Leaf)]
    if len(written) != len(values) or not all(alike):
        raise Silent(f"{text!r} was written, {values} was read")


def _python(_: Path, rng: random.Random) -> Case:
    path, value = rng.choice(PATHS[:30]), rng.choice(OBJECTS)()
    odd = rng.choice((*[{path: value}] * 20, {3: value}, [(path, value)], "x", {None: 1}, {b"months": 3}))
    return Case("set= of Python", lambda: _python_is_kept(odd, path, value), f"{path[:200]}: {type(value)}")


def _python_is_kept(given: Any, path: str, value: object) -> None:
    document = leaves(to_document(load_scenario(library.find("iran_offline"), set=given)))
    if not isinstance(given, Mapping) or path not in given:
        raise Silent(f"{type(given)} was taken for values by path")
    found = {".".join(map(str, where)): one for where, one in document.items()}.get(path)
    if isinstance(value, int | float | np.number | fractions.Fraction) and (
        isinstance(value, bool) or found is None or float(found) != float(value)
    ):
        raise Silent(f"{path}: {value!r} was set, {found!r} is there")


def _numbers(_: Path, rng: random.Random) -> Case:
    draws, seed, months, sampling = (rng.choice((lambda: 1, lambda: None, *OBJECTS))() for _ in range(4))

    def attempt() -> None:
        check_numbers(draws, 1 if seed is None else seed, months, sampling)  # type: ignore[arg-type]
        whole = all(
            one is None or (isinstance(one, int | np.integer) and not isinstance(one, bool)) for one in (draws, months)
        )
        if not whole or not (sampling is None or isinstance(sampling, str)):
            raise Silent(f"{draws!r}, {months!r}, {sampling!r} were taken")

    return Case("numbers of run()", attempt, f"{type(draws)} {type(seed)} {type(months)} {type(sampling)}")


def _command(_: Path, rng: random.Random) -> Case:
    words = [*rng.choice(COMMANDS)]
    for _ in range(rng.randint(1, 2)):
        more = [rng.choice(OPTIONS), rng.choice(WORDS)] if rng.random() < 0.7 else [rng.choice(WORDS)]
        at = rng.choice((len(words), rng.randint(0, len(words))))
        words[at:at] = more
    return Case("commands", lambda: _said(words), repr([word[:60] for word in words]))


def _said(words: list[str]) -> None:
    """Run a command in this process; what it prints must be fit for a terminal."""
    done = CliRunner().invoke(main, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    if raw := sorted({sign for sign in done.output if not sign.isprintable() and sign not in "\n\t"}):
        raise RuntimeError(f"a command printed raw {raw[0]!r}")
    if done.exit_code not in (0, 2, 3, 4):
        raise RuntimeError(f"a command ended with {done.exit_code}: {done.output[-200:]}")
    if done.exit_code:
        raise InputError([])


def _gsim(folder: Path, rng: random.Random) -> Case:
    text = next((datasets.folder() / "gsim").glob("*.yaml")).read_text(encoding="utf-8")
    for _ in range(rng.randint(1, 2)):
        text = rng.choice(list(MUTATIONS.values()))(text or "x", rng)

    def attempt() -> None:
        path = folder / "gsim.yaml"
        path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
        case = read_case(path)
        names = (case.name, *case.exporters, *case.importers)
        if not all(name.isprintable() for name in names):
            raise Silent("a name holds signs that steer a terminal")
        respond(case)

    return Case("tariff cases", attempt, text)


def _episode(folder: Path, rng: random.Random) -> Case:
    shipped = datasets.folder()
    lines = (shipped / "targets.csv").read_text(encoding="utf-8").split("\n")
    name = lines[1].split(",")[0]
    kept = "\n".join([lines[0], *(line for line in lines[1:] if line.startswith(f"{name},"))]) + "\n"
    other = rng.choice((name, "../gsim", "/etc/passwd", "..", "a/b", "\x1b[31m", "", "a\0b", "x" * 300, "CON", "~"))
    text = kept.replace(f"{name},", f"{other},") if rng.random() < 0.5 else kept
    for _ in range(rng.randint(0, 2)):
        text = rng.choice(list(MUTATIONS.values()))(text or "x", rng)

    def attempt() -> None:
        place = folder / "episodes"
        place.mkdir(exist_ok=True)
        shutil.copy(shipped / "episodes" / f"{name}.yaml", place)
        (place / "targets.csv").write_bytes(text.encode("utf-8", errors="surrogatepass"))
        for episode in own(place):
            if Path(episode.scenario.files[0]).resolve().parent != place.resolve():
                raise Silent(f"an episode was read from {episode.scenario.files[0]}")

    return Case("episodes of one's own", attempt, text)
