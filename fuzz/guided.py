"""The readers of scenario files, --set and tariff cases, tried with input that coverage leads (atheris)."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

READERS = ("scenario", "setting", "case")
INSTRUMENTED = ["simulator.reading", "simulator.scenario", "simulator.published.gsim_case", "simulator.errors"]
LONGEST_BYTES = 4000
HANG_SECONDS = 5
TAIL = 15
"""Lines of a reader's own report that are shown where it failed."""


def campaign(cases: int | None = None, seed: int = 1, minutes: float = 3.0) -> int:
    """Try each reader for a third of the time (`cases`: at most so many each); how many of them failed."""
    failures = 0
    for reader in READERS:
        with tempfile.TemporaryDirectory() as folder:
            seeds = Path(folder) / "seeds"
            seeds.mkdir()
            for number, text in enumerate(_seeds(reader)):
                (seeds / str(number)).write_text(text, encoding="utf-8")
            limits = [f"-max_total_time={int(20 * minutes)}", f"-timeout={HANG_SECONDS}", f"-max_len={LONGEST_BYTES}"]
            limits += [f"-seed={seed}", f"-artifact_prefix={tempfile.gettempdir()}/oilsim_fuzz_{reader}_"]
            limits += [] if cases is None else [f"-runs={cases}"]
            command = [sys.executable, "-m", "fuzz.guided", reader, *limits, str(seeds)]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        said = done.stderr.splitlines()
        last = next((line for line in reversed(said) if line.startswith(("#", "Done"))), "nothing was tried")
        print(f"{reader}: {'failed' if done.returncode else 'nothing found'}; {last}")
        if done.returncode:
            print("\n".join(said[-TAIL:]))
            failures += 1
    return failures


def _seeds(reader: str) -> list[str]:
    from simulator import datasets, library

    if reader == "scenario":
        return [file.read_text(encoding="utf-8") for file in library.files()]
    if reader == "case":
        return [file.read_text(encoding="utf-8") for file in (datasets.folder() / "gsim").glob("*.yaml")]
    return [
        "shocks.0.loss_share=0.5",
        "shocks.0.loss_share={low: 0.1, mid: 0.2, high: 0.3}",
        "shocks.0.streams=[iran, russia]",
        "parameters.fear={distribution: uniform, minimum: 0.1, maximum: 2}",
        'note="a remark, # and all"',
        "months=3",
    ]


def attempts(reader: str, folder: Path) -> Callable[[bytes], None]:
    """What to do with one input; anything raised is a failure."""
    from fuzz.oracle import differences
    from fuzz.trials import Silent
    from fuzz.words import set_is_kept
    from simulator.errors import OilsimError
    from simulator.published.gsim_case import read_case
    from simulator.scenario import load_scenario, to_document

    path = folder / "guided.yaml"

    def scenario() -> None:
        loaded = load_scenario(path)
        text = path.read_bytes().decode("utf-8-sig")
        if loaded.files == (str(path),) and (said := differences(text, to_document(loaded), path.stem)):
            raise Silent(said[0])

    def setting() -> None:
        words, _, value = path.read_bytes().decode("utf-8", errors="surrogateescape").partition("=")
        set_is_kept(words, value)

    attempt = {"scenario": scenario, "setting": setting, "case": partial(read_case, path)}[reader]

    def once(content: bytes) -> None:
        path.write_bytes(content)
        try:
            attempt()
        except OilsimError as refused:
            # A refusal that cannot be printed would be a failure of its own.
            assert str(refused).replace("\n", "").isprintable()

    return once


def _run(reader: str) -> None:
    import atheris

    with (
        atheris.instrument_imports(include=INSTRUMENTED),
        tempfile.TemporaryDirectory() as folder,
    ):
        once = attempts(reader, Path(folder))
        atheris.Setup([sys.argv[0], *sys.argv[2:]], once)
        atheris.Fuzz()


if __name__ == "__main__":
    _run(sys.argv[1])
