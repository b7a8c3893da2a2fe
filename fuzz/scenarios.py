"""Mutated scenario files through everything a command does with them before it computes; some are run as well."""

from __future__ import annotations

import difflib
import random
import shutil
import tempfile
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml

from fuzz.legal import scenario
from fuzz.mutations import MUTATIONS
from fuzz.oracle import Where, differences, leaves, spans, tree
from fuzz.trials import Case, Silent, run_trials
from simulator import library
from simulator.cli.loading import load_all
from simulator.errors import InputError
from simulator.scenario import to_document

RUN_ONE_IN = 60
"""So many accepted files for one that is also run."""
MADE = 120
PARENT = "shocks:\n  - type: demand\n    buyers: [india]\n    change_kbd: -10\nnote: of the parent\n"


def campaign(cases: int = 24_000, seed: int = 1, minutes: float = 20.0) -> int:
    """Try that many files; how many of them failed."""
    with tempfile.TemporaryDirectory() as folder:
        make = partial(_case, prepared(Path(folder)))
        legal_texts()  # made once, before there are child processes
        score = run_trials("scenario files", make, cases, seed, minutes)
    return score.tell(Path(tempfile.gettempdir()) / f"oilsim_fuzz_scenarios_{seed}.jsonl")


def prepared(folder: Path) -> Path:
    """A folder for the files that are tried, with parents of all kinds beside it and in it."""
    inside, parts = folder / "inside", folder / "inside" / "parts"
    parts.mkdir(parents=True)
    (folder / "outside.yaml").write_text(PARENT, encoding="utf-8")
    (parts / "parent.yaml").write_text(PARENT, encoding="utf-8")
    (parts / "circle.yaml").write_text(f"{PARENT}extends: ../case.yaml\n", encoding="utf-8")
    (parts / "grandchild.yaml").write_text(f"{PARENT}extends: parent.yaml\n", encoding="utf-8")
    (parts / "link_outside.yaml").symlink_to(folder / "outside.yaml")
    (parts / "folder_link").symlink_to(folder)
    (parts / "loop.yaml").symlink_to(parts / "loop.yaml")
    for file in (library.folder() / "parts").glob("*.yaml"):
        shutil.copy(file, parts / file.name)
    return inside


@cache
def legal_texts() -> tuple[str, ...]:
    """The shipped scenarios, and made ones that are accepted."""
    texts = [file.read_text(encoding="utf-8") for file in library.files()]
    rng, tried = random.Random(1), 0
    with tempfile.TemporaryDirectory() as folder:
        path = prepared(Path(folder)) / "case.yaml"
        while len(texts) < len(library.files()) + MADE and tried < 40 * MADE:
            tried += 1
            flow = rng.choice([None, True, False])
            text = yaml.safe_dump(
                scenario(rng), sort_keys=False, default_flow_style=flow, allow_unicode=True, width=110
            )
            if _document(path, text) is not None:
                texts.append(text)
    return tuple(texts)


def _document(path: Path, text: str) -> dict[str, Any] | None:
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    try:
        return to_document(load_all((str(path),))[0])
    except InputError:
        return None


def _case(folder: Path, rng: random.Random, _: int) -> Case:
    text = rng.choice(legal_texts())
    kind = rng.choice(list(MUTATIONS))
    mutated = MUTATIONS[kind](text, rng)
    return Case(kind, lambda: examine(folder, text, mutated, rng), mutated)


def examine(folder: Path, text: str, mutated: str, rng: random.Random) -> None:
    """Load a mutated file as commands do; Silent where what is read is not what was written."""
    path = folder / "case.yaml"
    path.write_bytes(mutated.encode("utf-8", errors="surrogatepass"))
    (loaded,) = load_all((str(path),))
    document = to_document(loaded)
    given = path.read_bytes().decode("utf-8-sig")
    if said := differences(given, document, path.stem, _parent(given, folder)):
        raise Silent("; ".join(said[:3]))
    elsewhere(text, given, path)
    if rng.randrange(RUN_ONE_IN) == 0:
        _run(loaded, rng)


def _parent(text: str, folder: Path) -> str | None:
    link = tree(text).get("extends")
    return (folder / " ".join(link.split())).read_text(encoding="utf-8") if link and link not in ("~", "null") else None


def elsewhere(text: str, mutated: str, path: Path) -> None:
    """Silent where a value changed that stands on no line that was touched, in the one text or the other."""
    before = _document(path, text)
    after = _document(path, mutated)
    if before is None or after is None or len(before.get("shocks", ())) != len(after.get("shocks", ())):
        return
    old, new = leaves(before), leaves(after)
    changed = [where for where in old.keys() | new.keys() if old.get(where) != new.get(where)]
    touched = _touched(text, mutated)
    both = spans(text), spans(mutated)
    taken_over = len(after.get("shocks", ())) - len(tree(mutated).get("shocks") or ())
    for where in changed:
        if not any(_on(_own(where, taken_over), lines, marks) for lines, marks in zip(touched, both, strict=True)):
            name = ".".join(map(str, where))
            raise Silent(f"{name}: was {old.get(where)!r} and is {new.get(where)!r}, and its lines were not touched")


def _own(where: Where, taken_over: int) -> Where:
    """A path as the file itself has it: shocks counted without the parent's, a number with a spread as one value."""
    if where[0] != "shocks":
        return where[:2]
    return ("shocks", int(where[1]) - taken_over, *where[2:3])


def _touched(text: str, mutated: str) -> tuple[set[int], set[int]]:
    old, new = _lines(text), _lines(mutated)
    found: tuple[set[int], set[int]] = (set(), set())
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            found[0].update(range(a, b))
            found[1].update(range(c, d))
    return found


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _on(where: Where, lines: set[int], marks: dict[Where, set[int]]) -> bool:
    written = next((where[:count] for count in range(len(where), -1, -1) if where[:count] in marks), ())
    return bool(marks[written] & lines) if written else not lines or where == ("name",)


def _run(loaded: Any, rng: random.Random) -> None:
    from simulator.runs import run

    months = min(loaded.months, rng.randint(1, 3))
    run(loaded, draws=rng.randint(1, 2), seed=rng.randrange(100), months=months)
