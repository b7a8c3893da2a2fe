"""Results that were kept, read back with distrust: anybody may have written the file."""

from __future__ import annotations

import json
import math
import os
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.errors import InputError, Place, Problem, printable
from simulator.reading.findings import dotted
from simulator.reading.scalars import shown
from simulator.results import COLUMNS, Row

LARGEST_BYTES = 256_000_000
"""A run of 600 months takes some 190 MB."""
MOST_DIGITS = 300
PROBLEMS_TOLD, LONGEST_TOLD = 20, 100
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
NO_RESULT = "is no result that oilsim kept"
KEPT = "JSON of run or compare, the folder or sweep.json of a sweep"

Word = Annotated[str, Field(max_length=1000)]
Words = Annotated[dict[Word, Word | None], Field(max_length=1000)]
Draws = Annotated[int, Field(ge=1, le=10_000_000)]
Position = Annotated[int, Field(ge=0)]


class Strict(BaseModel):
    """Types as JSON has them, none turned into another; keys that are not known are passed over."""

    model_config = ConfigDict(strict=True, frozen=True)


class KeptFailure(Strict):
    """A draw that did not clear, as the manifest names it."""

    draw: Position
    month: Word
    residual_share: float | None
    bound_missed_share: float | None = None


class Processor(Strict):
    """What ran it."""

    machine: Word
    model: Word | None
    extensions: Annotated[list[Word], Field(max_length=1000)]


class Solver(Strict):
    """How exactly markets were cleared."""

    tolerance: float


class KeptProgram(Strict):
    """What computed figures; None: what an older edition does not say."""

    version: Word
    commit: Word | None = None
    code_changed: bool | None = None
    code_sha256: Word | None = None
    libraries: Words
    blas: Words | None = None
    machine: Word
    processor: Processor | None = None


class KeptManifest(KeptProgram):
    """What a manifest must say for a run to be had again."""

    scenario: dict[str, Any]
    scenario_sha256: Word
    data: Words
    parameters_sha256: Word | None = None
    draws: Draws | None = None
    draw: Position | None = None
    seed: Position
    sampling: Literal["monte_carlo", "sobol", "latin_hypercube"]
    draw_block: int
    solver: Solver
    unconverged_draws: list[KeptFailure]
    table_sha256: Word | None = None


class KeptRow(Strict):
    """A row of the result table, null where there is no such value."""

    metric: Word
    by: Word
    item: Word
    month: Word
    baseline: float | None
    mean: float | None
    p05: float | None
    p50: float | None
    p95: float | None

    def row(self) -> Row:
        """The same as results have it."""
        cells: Any = {name: math.nan if (cell := getattr(self, name)) is None else cell for name in COLUMNS}
        return Row(**cells)


class KeptResult(Strict):
    """What `oilsim run` and `compare` keep and print as JSON."""

    edition: Literal[1] = Field(alias="schema")
    scenario: Word
    baseline: Word
    months: list[Word]
    draws: Draws
    unconverged: Position
    manifest: KeptManifest
    rows: list[KeptRow]


class KeptSweep(Strict):
    """The label of a sweep's store."""

    version: Word
    code: Word
    name: Word
    baseline: Word
    scenario: dict[str, Any]
    design: Literal["grid", "list", "lhs", "sobol"]
    levers: Annotated[dict[Word, Annotated[list[Word | int | float], Field(min_length=1)]], Field(min_length=1)]
    months: list[Word]
    draws: Draws
    seed: Position
    outcomes: list[list[Word]]
    data: Words
    made_with: KeptProgram | None = None


def results_of(document: object, file: str) -> list[KeptResult]:
    """The results in a document: one, or an array of several.

    Raises
    ------
    InputError : it holds something else, or is damaged; every problem up to a number.
    """
    parts = document if isinstance(document, list) else [document]
    if not parts:
        raise InputError([Problem(file, NO_RESULT, given="an empty array")])
    problems: list[Problem] = []
    found: list[KeptResult] = []
    for number, part in enumerate(parts):
        at = (number,) if isinstance(document, list) else ()
        if not isinstance(part, dict) or not part.keys() >= {"manifest", "months", "rows"}:
            problems.append(Problem(f"{file}: {dotted(at)}" if at else file, NO_RESULT, allowed=KEPT))
            continue
        try:
            found.append(KeptResult.model_validate(part))
        except ValidationError as error:
            problems += _told(error, file, at)
    if problems:
        raise InputError(_first(problems, file))
    return found


def checked(model: type[Strict], document: object, file: str) -> Any:
    """A document as a model; InputError with what does not fit."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise InputError(_first(list(_told(error, file, ())), file)) from None


def read_json(path: str | os.PathLike[str]) -> Any:
    """A JSON file, read strictly: no key twice, no number that is none, no text that cannot be written again.

    Raises
    ------
    InputError : there is no such file, it cannot be read, is too large or is no JSON.
    """
    file = printable(os.fspath(path))
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "no name of a file"
        raise InputError([Problem(file, f"cannot be read: {why}")]) from None
    if len(raw) > LARGEST_BYTES:
        raise InputError([Problem(file, "is too large", allowed=f"at most {LARGEST_BYTES:,} bytes")])
    try:
        document = json.loads(
            raw.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=_number,
            parse_int=_whole,
        )
        return _whole_characters(document, raw)
    except json.JSONDecodeError as error:
        place = Place(file, error.lineno, error.colno)
        raise InputError([Problem("file", f"is no JSON here: {error.msg}", place)]) from None
    except (_Refused, UnicodeDecodeError, RecursionError) as error:
        told = {UnicodeDecodeError: "is not UTF-8 text", RecursionError: "is nested too deep"}
        raise InputError([Problem(file, told.get(type(error), str(error)))]) from None


class _Refused(ValueError):
    """JSON that no program of ours writes."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise _Refused(f"holds the key {shown(twice)[:LONGEST_TOLD]} twice in one place")
    return found


def _whole_characters(document: Any, raw: bytes) -> Any:
    """The document, where all its text can be written again: JSON may name half of a character."""
    if _HALF.search(raw):
        try:
            json.dumps(document, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise _Refused("holds half of a character") from None
    return document


def _no_number(word: str) -> NoReturn:
    raise _Refused(f"holds {word}, which is no number")


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _Refused(f"holds a number that is too large: {text[:40]}")
    return value


def _whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise _Refused("holds a number of too many digits")
    return int(text)


def _told(error: ValidationError, file: str, at: tuple[int, ...]) -> Iterable[Problem]:
    for one in error.errors(include_url=False):
        key = dotted((*at, *one["loc"]))[:LONGEST_TOLD]
        missing = one["type"] == "missing"
        given = None if missing else _short(one["input"])
        yield Problem(f"{file}: {key}", "is required" if missing else _lower(one["msg"]), given=given)


def _short(value: object) -> str:
    """A value for a message; of lists and mappings what they are, for they may be endless."""
    return type(value).__name__ if isinstance(value, dict | list) else shown(value)[:LONGEST_TOLD]


def _lower(message: str) -> str:
    """pydantic's sentence as ours: `input should be a valid integer`."""
    return f"{message[:1].lower()}{message[1:]}"


def _first(problems: list[Problem], file: str) -> list[Problem]:
    more = len(problems) - PROBLEMS_TOLD
    last = [Problem(file, f"holds {more:,} more problems")] if more > 0 else []
    return [*problems[:PROBLEMS_TOLD], *last]
