"""What people read, in English and Chinese: names of things and sentences, from the tables in `words/`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from simulator.errors import InputError, Problem, nearest
from simulator.report.wording import number, signed, significant

LANGUAGES = ("en", "zh")
DEFAULT_LANGUAGE = "en"
TABLES = Path(__file__).with_name("words")
UNITS = ("usd_bbl", "usd_bn", "kbd", "mb", "pct")
"""Endings of a quantity's name that say its unit, as in `landed_cost_usd_bbl`."""
SAID_IN_A_BILLION = {"en": 1.0, "zh": 10.0}
"""How often the unit in which a language's sentences say money goes into a billion: bn in English, 亿 in Chinese.
Tables and axes have billions in both."""

Entry = dict[str, str]


class Words:
    """One language's words. Each table `words/NAME.yaml` holds both languages side by side under each key."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, /, **values: Any) -> str:
        """A phrase, `table.key`, with its blanks filled in.

        >>> Words("zh")("terminal.baseline")
        '基准'
        """
        table, _, name = key.partition(".")
        phrase: str = _table(table)[name][self.language]
        return phrase.format(**values) if values else phrase

    def known(self, key: str, written: str) -> str:
        """A phrase where there is one for a word of data or scenario files; else the word as it was written.

        >>> Words("zh").known("report.value_lng", "lng"), Words("zh").known("report.value_my_fuel", "my fuel")
        ('液化天然气', 'my fuel')
        """
        table, _, name = key.partition(".")
        return self(key) if name in _table(table) else written

    def name(self, by: str, item: str) -> str:
        """What an item of the result table is called; one that a user named is shown as it was written.

        Parameters
        ----------
        by : as in the result table: group, country, stream, segment, buyer, component; or standing, chokepoint,
            parameter, shock (its type), key (of a scenario file)

        >>> Words("en").name("country", "uae"), Words("zh").name("group", "russia")
        ('UAE', '俄罗斯')
        """
        entry: Entry | None = _table("names").get(by, {}).get(item)
        return entry[self.language] if entry else item.replace("_", " ")

    def remark(self, text: str) -> str:
        """The name or summary of a shipped scenario in this language; one that a user wrote as it was written.

        >>> Words("zh").remark("Iran offline"), Words("zh").remark("My own")
        ('伊朗断供', 'My own')
        """
        return _remarks(self.language).get(text, text)

    def input(self, name: str, shocks: Sequence[str] = ()) -> str:
        """What an uncertain number is called: a parameter, one of a buyer's own, or a key of a shock.

        Parameters
        ----------
        name : as drivers name it: a parameter, `parameter.buyer`, a path as shocks.0.loss_share,
            or existing_rate.us, a duty that a threat would come on top of
        shocks : types of the scenario's shocks, in order; of several of one type the number is said

        >>> told = Words("en")
        >>> told.input("stock_response.india"), told.input("shocks.1.loss_share", ["tariff", "supply_outage"])
        ('response of stocks to price (India)', 'share lost (supply outage)')
        """
        first, _, rest = name.partition(".")
        if first == "shocks":
            return self._key_of_shock(name, shocks)
        label = self.name("parameter", first)
        owner = "coalition" if first == "existing_rate" else "buyer"
        return self("language.of_buyer", label=label, buyer=self.name(owner, rest)) if rest else label

    def _key_of_shock(self, path: str, shocks: Sequence[str]) -> str:
        _, position, key = path.split(".", 2)
        if int(position) >= len(shocks):
            return path
        kind = shocks[int(position)]
        shock = self.name("shock", kind)
        if shocks.count(kind) > 1:
            shock = f"{shock} {shocks[: int(position) + 1].count(kind)}"
        return self("language.of_shock", key=self.name("key", key), shock=shock)

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

    def paragraph(self, sentences: Iterable[str]) -> str:
        """Sentences one after the other, empty ones left out; Chinese has no blanks between them.

        >>> Words("en").paragraph(["One.", "", "Two."]), Words("zh").paragraph(["一。", "二。"])
        ('One. Two.', '一。二。')
        """
        gap = " " if self.language == "en" else ""
        return gap.join(sentence for sentence in sentences if sentence)

    def month(self, month: str) -> str:
        """A month in a sentence; tables, and whatever a user may type again, have it as 2026-03.

        >>> Words("en").month("2026-03"), Words("zh").month("2026-03")
        ('2026-03', '2026年3月')
        """
        year, number_ = month.split("-")
        return self("language.month", year=year, number=int(number_))

    def measured(self, metric: str, unit: str = "") -> str:
        """A metric with its unit, that of its name or another in which it is shown; a label of a table.

        >>> Words("en").measured("import_bill_usd_bn"), Words("en").measured("hormuz_share", "%")
        ('Import bill, bn USD', 'Share through Hormuz, %')
        """
        shown = unit or self.unit(metric)
        return self("language.measured", what=self.metric(metric), unit=shown) if shown else self.metric(metric)

    def money(self, usd_bn: float, digits: int, sign: bool = False) -> str:
        """An amount of money as sentences say it: in bn USD in English, in 亿美元 in Chinese, as exact in both.

        Parameters
        ----------
        digits : decimals of the billions     sign : whether a plus is written

        >>> Words("en").money(298.14, 1), Words("zh").money(298.14, 1), Words("zh").money(7.54, 1, sign=True)
        ('298.1', '2,981', '+75')
        """
        scale = SAID_IN_A_BILLION[self.language]
        write = signed if sign else number
        return write(scale * round(usd_bn, digits), digits if scale == 1.0 else max(digits - 1, 0))

    def error_of_money(self, usd_bn: float) -> str:
        """How well an amount is known, in the same unit, to two digits that count.

        >>> Words("en").error_of_money(0.314), Words("zh").error_of_money(0.314)
        ('0.31', '3.1')
        """
        return significant(SAID_IN_A_BILLION[self.language] * usd_bn, 2)


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
def _remarks(language: str) -> dict[str, str]:
    """What is said of shipped scenarios, by the English of it."""
    return {
        entry[DEFAULT_LANGUAGE]: entry[language] for said in _table("scenarios").values() for entry in said.values()
    }


@cache
def _table(name: str) -> dict[str, Any]:
    text = (TABLES / f"{name}.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = (
        yaml.load(text, yaml.CSafeLoader) if hasattr(yaml, "CSafeLoader") else yaml.load(text, yaml.SafeLoader)
    )
    return table
