"""The page itself: what is said in which order, set by a template in which all text is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from simulator import __version__
from simulator.report import policies, sentences
from simulator.report.compare import letter_of
from simulator.report.html import assumptions, outcomes, provenance
from simulator.report.html.answers import Answer
from simulator.report.html.grid import Grid
from simulator.report.html.typeface import embedded
from simulator.report.language import Words

TEMPLATE = "page.html"
LOCALES = {"en": "en", "zh": "zh-Hans"}


@dataclass(frozen=True)
class Part:
    """A piece of a scenario's section: a heading, sentences, tables that stand open or folded, a picture by name."""

    key: str
    sentences: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    picture: str = ""
    folded: tuple[Grid, ...] = ()

    def says_something(self, answer: Answer) -> bool:
        """Whether anything stands under the heading."""
        return bool(self.sentences or self.grids or self.folded or self.picture in answer.pictures)

    def without_bands(self, told: Words) -> Part:
        """The same for a run that drew nothing, and has no bands."""
        bands = told("terminal.change_band_head"), told("terminal.band")
        grids, folded = (tuple(grid.without(bands) for grid in those) for those in (self.grids, self.folded))
        return replace(self, grids=grids, folded=folded)


@dataclass(frozen=True)
class Chapter:
    """One scenario's section; `id` is unique on the page."""

    id: str
    title: str
    answer: Answer
    parts: tuple[Part, ...]
    command: str


@dataclass(frozen=True)
class Wording:
    """What the user typed, a word for each scenario, and what was set in all of them."""

    scenarios: tuple[str, ...]
    settings: tuple[str, ...] = ()


def as_html(answers: Sequence[Answer], several: dict[str, str], asked: Wording, told: Words) -> str:
    """The whole page.

    Parameters
    ----------
    several : pictures that hold all scenarios, as SVG by name
    """
    results = [answer.results for answer in answers]
    letters = [letter_of(at) for at in range(len(answers))] if len(answers) > 1 else [""]
    chapters = [
        _chapter(letter, answer, provenance.command(word, asked.settings, answer.results), told)
        for letter, answer, word in zip(letters, answers, asked.scenarios, strict=True)
    ]
    content: dict[str, Any] = {
        "told": told,
        "document_title": _document_title(answers, told),
        "locale": LOCALES[told.language],
        "lead": tuple(_lead(answers, told)),
        "how_to_read": _how_to_read(answers, told),
        "made_from": _made_from(answers, told),
        "side_by_side": _side_by_side(answers, told),
        "same_months": len({result.months for result in results}) == 1,
        "several": several,
        "chapters": chapters,
        "inputs": assumptions.inputs([answer.scenario for answer in answers], told) if len(answers) > 1 else None,
        "standings": assumptions.standings(told),
        "parameters": assumptions.parameters(told),
        "score": told.paragraph([*provenance.score(told), told("report.misses")]),
        "tables": provenance.tables(results, told),
        "facts": [(chapter, provenance.facts(chapter.answer.results, told)) for chapter in chapters],
        "file_of": provenance.as_file,
        "manifest_of": provenance.manifest,
    }
    page = _each_letter_once(_set(content))
    font = embedded(page)
    return page.replace(FONT_HERE, f'url("{font}")') if font else page


LETTER = re.compile(r'<path id="(l[0-9a-f]{12})"[^>]*/>')
"""The outline of a letter that pictures share, see `simulator.report.figures.as_svg`."""


def _each_letter_once(page: str) -> str:
    """Leave each letter where it is drawn first: scenarios are drawn apart, in processes of their own."""
    seen: set[str] = set()

    def first(found: re.Match[str]) -> str:
        known = found[1] in seen
        seen.add(found[1])
        return "" if known else found[0]

    return LETTER.sub(first, page)


FONT_HERE = 'url("data:font/woff;base64,")'
"""What stands in the style sheet for the font, which is cut when all characters are known; nobody else's quotes stand
bare on the page."""


def _set(content: dict[str, Any]) -> str:
    """Fill in the template."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("simulator.report", "html")
    setting = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    counted = {"next_figure": count(1).__next__, "next_table": count(1).__next__}
    return setting.get_template(TEMPLATE).render(**content, **counted)


def _side_by_side(answers: Sequence[Answer], told: Words) -> tuple[Grid, ...]:
    """Tables of several scenarios that all have an answer."""
    if len(answers) == 1 or not all(map(_cleared, answers)):
        return ()
    return tuple(outcomes.side_by_side([answer.results for answer in answers], told))


def _cleared(answer: Answer) -> bool:
    return answer.results.unconverged < answer.results.draws


def _document_title(answers: Sequence[Answer], told: Words) -> str:
    names = told("report.listing").join(told.remark(answer.results.scenario) for answer in answers)
    return told("report.document_title", names=names)


def _lead(answers: Sequence[Answer], told: Words) -> Iterator[str]:
    """The answer in a paragraph: a sentence a scenario, and how far they lie apart."""
    said = [sentences.headline(answer.results, told) for answer in answers]
    if len(answers) == 1:
        yield said[0]
        return
    for at, (answer, sentence) in enumerate(zip(answers, said, strict=True)):
        yield told("report.said_of", letter=letter_of(at), name=told.remark(answer.results.scenario), sentence=sentence)
    if all(map(_cleared, answers)):
        changes = [(_bill_change(answer), told.remark(answer.results.scenario)) for answer in answers]
        (low, least), (high, most) = min(changes), max(changes)
        ends = {"low": told.money(low, 1, sign=True), "high": told.money(high, 1, sign=True)}
        yield told("report.spread", least=least, most=most, **ends)


def _how_to_read(answers: Sequence[Answer], told: Words) -> str:
    """What stands for what, and what bands are; with one draw each there are none."""
    drawn = any(answer.results.draws > 1 for answer in answers)
    return told.paragraph([told("report.bands" if drawn else "report.no_bands"), told("report.how_to_read")])


def _bill_change(answer: Answer) -> float:
    bill = answer.results.get("import_bill_usd_bn")
    return bill.mean - bill.baseline


def _made_from(answers: Sequence[Answer], told: Words) -> str:
    """One line on what the page was made from."""
    results = [answer.results for answer in answers]
    many = told("report.many_scenarios", count=len(results)) if len(results) > 1 else told("report.one_scenario")
    listing = told("report.listing")
    return told(
        "report.made_from",
        scenarios=many,
        baselines=listing.join(dict.fromkeys(one.baseline for one in results)),
        months=listing.join(dict.fromkeys(sentences.span(one, told) for one in results)),
        draws=listing.join(dict.fromkeys(sentences.sample(one, told) for one in results)),
        seed=results[0].manifest["seed"],
        version=__version__,
    )


def _chapter(letter: str, answer: Answer, command: str, told: Words) -> Chapter:
    """A scenario's section; `letter` names it among several."""
    answered = _parts(answer, told) if _cleared(answer) else _unanswered(answer, told)
    parts = tuple(part for part in (*_happenings(answer, told), *answered) if part.says_something(answer))
    if answer.results.draws == 1:
        parts = tuple(part.without_bands(told) for part in parts)
    name = told.remark(answer.results.scenario)
    title = f"{letter} · {name}" if letter else name
    return Chapter(f"scenario-{letter.lower()}" if letter else "scenario", title, answer, parts, command)


def _unanswered(answer: Answer, told: Words) -> Iterator[Part]:
    """What is left to say where no draw cleared."""
    yield Part("pays", (sentences.headline(answer.results, told), *sentences.left_out(answer.results, told)))


def _happenings(answer: Answer, told: Words) -> Iterator[Part]:
    own = assumptions.overrides(answer.scenario, told)
    yield Part("what_happens", grids=(assumptions.shocks(answer.scenario, told), *((own,) if own else ())))


def _parts(answer: Answer, told: Words) -> Iterator[Part]:
    """What is said of one scenario, in reading order."""
    found = answer.results
    extremes = (sentences.extremes(found, told),) if len(found.months) > 1 else ()
    yield Part("pays", extremes, (outcomes.costs(found, told),), "fan")
    yield Part("whose", (), (outcomes.shares(found, told),), "shares")
    yield Part("why", (), (outcomes.components(found, told),), "bill_change")
    most, less = outcomes.replacements(found, told)
    yield Part("replaces", (), (most,), "replacements", (less,) if less.rows else ())
    first, others = outcomes.discounts(found, told)
    yield Part("discounting", (), (first,), "discounts", (others,))
    groups, countries = outcomes.sellers(found, told)
    said = (outcomes.moscow(found, told), *outcomes.winners(found, told))
    yield Part("gains", said, (groups,), "", (countries,))
    yield Part("trade", picture="flows")
    yield from _threats(answer, told)
    yield Part("safety", (), (), "", (outcomes.security(found, told),))
    yield Part("others", (), (), "", (outcomes.buyers(found, told),))
    drivers = assumptions.drivers(found, told)
    hangs = () if drivers else tuple(sentences.hangs_on(found, told))
    yield Part("hangs", hangs, (drivers,) if drivers else ())
    rests = (*sentences.enough_draws(found, told), sentences.guesses(found, told), *sentences.left_out(found, told))
    yield Part("rests_on", rests)


def _threats(answer: Answer, told: Words) -> Iterator[Part]:
    """Threats, promises to buy crude and other fuels; nothing where there are none."""
    said = tuple(policies.sentences(answer.results, told))
    tables = (make(answer.results, told) for make in (outcomes.bargain, outcomes.promises))
    grids = tuple(grid for grid in tables if grid)
    if said or grids:
        yield Part("threats", said, grids, "breakeven")
