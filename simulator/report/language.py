"""What people read, in English and Chinese: names of things and sentences, from the tables in `words/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from simulator.errors import InputError, Problem, nearest

LANGUAGES = ("en", "zh")
DEFAULT_LANGUAGE = "en"
TABLES = Path(__file__).with_name("words")
UNITS = ("usd_bbl", "usd_bn", "kbd", "mb", "pct")
"""Endings of a quantity's name that say its unit, as in `landed_cost_usd_bbl`."""

Entry = dict[str, str]


class Words:
    """One language's words. Each table `words/NAME.yaml` holds both languages side by side under each key."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: Any) -> str:
        """A phrase, `table.key`, with its blanks filled in.

        >>> Words("zh")("figures.baseline")
        '基准'
        """
        table, _, name = key.partition(".")
        phrase: str = _table(table)[name][self.language]
        return phrase.format(**values) if values else phrase

    def name(self, by: str, item: str) -> str:
        """What an item of the result table is called; one that a user named is shown as it was written.

        Parameters
        ----------
        by : as in the result table: group, country, stream, segment, buyer, component, or `standing`

        >>> Words("en").name("country", "uae"), Words("zh").name("group", "russia")
        ('UAE', '俄罗斯')
        """
        entry: Entry | None = _table("names").get(by, {}).get(item)
        return entry[self.language] if entry else item.replace("_", " ")

    def metric(self, metric: str) -> str:
        """What a metric is called, without its unit.

        >>> Words("en").metric("import_bill_usd_bn")
        'Import bill'
        """
        entry: Entry = _table("metrics")[metric]
        return entry[self.language]

    def unit(self, metric: str) -> str:
        """The unit of a metric or of another quantity, from the end of its name; nothing where it has none.

        >>> Words("en").unit("import_bill_usd_bn"), Words("en").unit("hhi")
        ('bn USD', '')
        """
        return next((self(f"units.{unit}") for unit in UNITS if metric.endswith(f"_{unit}")), "")


def words(language: str = DEFAULT_LANGUAGE) -> Words:
    """The words of a language.

    Raises
    ------
    InputError : there is no such language.
    """
    if language not in LANGUAGES:
        allowed, meant = ", ".join(LANGUAGES), nearest(language, LANGUAGES)
        raise InputError([Problem("--lang", "there is no such language", given=language, allowed=allowed, meant=meant)])
    return Words(language)


@cache
def _table(name: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    table: dict[str, Any] = yaml.load((TABLES / f"{name}.yaml").read_text(encoding="utf-8"), loader)
    return table
