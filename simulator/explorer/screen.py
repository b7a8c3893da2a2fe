"""The answer on the right of the page: a sentence, large figures, pictures."""

from __future__ import annotations

import json

from nicegui import ui

from simulator.explorer.answer import HEADLINES, Answer
from simulator.explorer.charts import CHARTS
from simulator.report.language import Words
from simulator.runs import DEFAULT_SEED


class Tile:
    """One large figure."""

    def __init__(self, metric: str, digits: int, told: Words) -> None:
        self._metric, self._digits, self._told = metric, digits, told
        with ui.element("div").classes("os-tile").props(f'data-metric="{metric}"') as self._tile:
            self._of = ui.label().classes("os-of")
            self._value = ui.label().classes("os-figure")
            self._change = ui.label().classes("os-change")
            self._band = ui.label().classes("os-band")

    def show(self, answer: Answer) -> None:
        """Take over an answer's figure."""
        told, metric = self._told, self._metric
        figure = answer.figure(metric, self._digits, told)
        name = told(f"explorer.tile_{metric}", count=len(answer.results.months))
        self._of.text = told("terminal.comma").join([name, told.unit(metric)])
        self._value.text, self._change.text, self._band.text = figure.value, figure.change, figure.band
        others = " ".join(f"os-{way}" for way in ("up", "down", "still") if way != figure.way)
        self._tile.classes(add=f"os-{figure.way}", remove=others)


class Screen:
    """All of the answer. The pictures are sent figures alone once they stand."""

    def __init__(self, told: Words, draws: int, seed: int) -> None:
        self._told, self._draws, self._seed = told, draws, seed
        self._charts: dict[str, ui.echart] = {}
        self._title = ui.label().classes("os-of")
        self._headline = ui.label().classes("os-headline")
        self._more = ui.label().classes("os-more")
        with ui.element("div").classes("os-tiles"):
            self._tiles = [Tile(metric, digits, told) for metric, digits in HEADLINES]
        self._pictures = ui.element("div").classes("os-charts")
        self._foot = ui.label().classes("os-foot")

    def build(self, answer: Answer) -> None:
        """Draw the pictures for the first time."""
        told = self._told
        for chart in CHARTS:
            with self._pictures, ui.element("div").classes("os-chart").props(f'data-chart="{chart.name}"'):
                ui.label(told(f"explorer.chart_{chart.name}")).classes("os-caption")
                ui.label(told(f"explorer.axis_{chart.name}")).classes("os-unitline")
                self._charts[chart.name] = ui.echart(chart.options(answer, told))
        self.show(answer)

    def show(self, answer: Answer) -> None:
        """Take over an answer in words and large figures."""
        for tile in self._tiles:
            tile.show(answer)
        self._title.text = answer.title(self._told)
        self._headline.text, *more = answer.sentences(self._told)
        self._more.text = "\n".join(more)
        seeded = "" if self._seed == DEFAULT_SEED else f" --seed {self._seed}"
        self._foot.text = self._told("explorer.foot", draws=self._draws, seed=self._seed, seeded=seeded)

    def draw(self, answer: Answer, revision: int) -> None:
        """Put an answer into the pictures; the page's `data-drawn` says when all of them show it."""
        fillings = {self._charts[chart.name].id: chart.filling(answer, self._told) for chart in CHARTS}
        ui.run_javascript(f"oilsim.show({json.dumps(fillings, allow_nan=False)}, {revision})")
