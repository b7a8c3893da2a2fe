"""The pictures of the page, as options of ECharts: what never changes, and what an answer fills in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.axes import BUYERS
from simulator.explorer.answer import Answer
from simulator.report.colours import GROUP_COLOURS, INK, LESS, MORE, QUIET
from simulator.report.language import Words
from simulator.report.shown import DISCOUNT_STREAMS

Options = dict[str, Any]

FAINT = "#D9D9D9"
SCENARIO, BASELINE, STORED = "#0072B2", QUIET, "#56B4E9"
STREAMS = (*DISCOUNT_STREAMS, "iraq_basrah", "usa_wti")
"""Whose discounts are drawn."""
REPLACEMENTS_SHOWN = 9


@dataclass(frozen=True)
class Chart:
    """One picture: its name, its empty form in a language, and what an answer puts into it."""

    name: str
    frame: Callable[[Words], Options]
    filling: Callable[[Answer, Words], Options]

    def options(self, answer: Answer, told: Words) -> Options:
        """The picture of an answer."""
        return _filled(self.frame(told), self.filling(answer, told))


def _filled(frame: Options, filling: Options) -> Options:
    """A frame with a filling put over it, series by series."""
    series = [{**one, **data} for one, data in zip(frame["series"], filling["series"], strict=True)]
    axes = {key: {**frame.get(key, {}), **value} for key, value in filling.items() if key != "series"}
    return {**frame, **axes, "series": series}


def _frame(series: list[Options], **more: Any) -> Options:
    text = {"color": QUIET, "fontSize": 11.5, "padding": [0, 0, 0, -2]}
    key = {
        "type": "scroll",
        "top": 2,
        "left": 4,
        "itemHeight": 9,
        "itemWidth": 12,
        "itemGap": 8,
        "padding": 0,
        "textStyle": text,
    }
    return {
        "animation": False,
        "textStyle": {"fontFamily": "inherit"},
        "grid": {"left": 8, "right": 16, "top": 34, "bottom": 6, "containLabel": True},
        "legend": key,
        "series": series,
        **more,
    }


def _categories(**more: Any) -> Options:
    return {
        "type": "category",
        "axisLabel": {"color": QUIET, "fontSize": 11, "hideOverlap": True},
        "axisLine": {"lineStyle": {"color": FAINT}},
        "axisTick": {"show": False},
        **more,
    }


def _values(**more: Any) -> Options:
    return {
        "type": "value",
        "axisLabel": {"color": QUIET, "fontSize": 11, "hideOverlap": True},
        "splitLine": {"lineStyle": {"color": "#ECECEC"}},
        **more,
    }


def _tooltip(formatter: str, **more: Any) -> Options:
    return {"trigger": "axis", "confine": True, "transitionDuration": 0, ":formatter": formatter, **more}


def _shares_frame(told: Words) -> Options:
    series = [
        {"type": "bar", "stack": "all", "name": told.name("group", group), "color": colour, "barCategoryGap": "12%"}
        for group, colour in GROUP_COLOURS.items()
    ]
    tip = _tooltip("oilsim.shares", axisPointer={"type": "shadow"})
    axis = _values(max=100, axisLabel={"color": QUIET, "fontSize": 11, "hideOverlap": True, "formatter": "{value} %"})
    return _frame(series, tooltip=tip, xAxis=_categories(), yAxis=axis)


def _shares(answer: Answer, told: Words) -> Options:
    months = [told("explorer.before"), *answer.results.months]
    data = []
    for group in GROUP_COLOURS:
        rows = answer.months("share", "group", group)
        data.append(
            {"data": _plain([100 * answer.row("share", "group", group).baseline, *(100 * r.mean for r in rows)])}
        )
    return {"xAxis": {"data": months}, "series": data}


def _path_frame(told: Words) -> Options:
    """A line with its band, and the baseline beside it."""
    quiet = {"type": "line", "symbol": "none", "silent": True, "stackStrategy": "all", "stack": "band"}
    series: list[Options] = [
        {**quiet, "name": "low", "lineStyle": {"opacity": 0}},
        {
            **quiet,
            "name": told("explorer.band_name"),
            "lineStyle": {"opacity": 0},
            "color": SCENARIO,
            "areaStyle": {"color": SCENARIO, "opacity": 0.22},
        },
        {
            "type": "line",
            "name": told("explorer.scenario"),
            "color": SCENARIO,
            "lineStyle": {"width": 2.5},
            "symbol": "circle",
            "symbolSize": 5,
        },
        {
            "type": "line",
            "name": told("explorer.baseline"),
            "color": BASELINE,
            "lineStyle": {"type": "dashed", "width": 1.5},
            "symbol": "none",
        },
    ]
    frame = _frame(series, tooltip=_tooltip("oilsim.path"), xAxis=_categories(), yAxis=_values(scale=True))
    shown = [one["name"] for one in series[1:]]
    band = {"name": shown[0], "itemStyle": {"opacity": 0.35}, "icon": "rect"}
    return {**frame, "legend": {**frame["legend"], "data": [band, *shown[1:]]}}


def _path(metric: str) -> Callable[[Answer, Words], Options]:
    def filling(answer: Answer, told: Words) -> Options:
        rows = answer.months(metric)
        lines = (
            [row.p05 for row in rows],
            [row.p95 - row.p05 for row in rows],
            [row.mean for row in rows],
            [row.baseline for row in rows],
        )
        return {"xAxis": {"data": list(answer.results.months)}, "series": [{"data": _plain(line)} for line in lines]}

    return filling


def _discounts_frame(told: Words) -> Options:
    bar = {"type": "bar", "stack": "band", "stackStrategy": "all", "silent": True, "barWidth": 9}
    series: list[Options] = [
        {**bar, "name": "low", "color": "transparent"},
        {**bar, "name": told("explorer.band_name"), "color": SCENARIO, "itemStyle": {"opacity": 0.3}},
        {"type": "scatter", "name": told("explorer.scenario"), "color": SCENARIO, "symbolSize": 11},
        {
            "type": "scatter",
            "name": told("explorer.baseline"),
            "symbolSize": 11,
            "color": BASELINE,
            "itemStyle": {"color": "#FFFFFF", "borderColor": BASELINE, "borderWidth": 2},
        },
    ]
    names = [told.name("stream", stream) for stream in STREAMS]
    across = _categories(data=names, inverse=True)
    shadow = {"type": "shadow"}
    frame = _frame(series, tooltip=_tooltip("oilsim.path", axisPointer=shadow), xAxis=_values(), yAxis=across)
    shown = [one["name"] for one in series[1:]]
    return {**frame, "legend": {**frame["legend"], "data": shown}}


def _discounts(answer: Answer, told: Words) -> Options:
    rows = [answer.row("discount_usd_bbl", "stream", stream) for stream in STREAMS]
    lines = ([r.p05 for r in rows], [r.p95 - r.p05 for r in rows], [r.mean for r in rows], [r.baseline for r in rows])
    return {"series": [{"data": _plain(line)} for line in lines]}


def _replacements_frame(told: Words) -> Options:
    label = {"show": True, "color": INK, "fontSize": 11, "position": "right", ":formatter": "oilsim.signed"}
    series = [{"type": "bar", "name": told.metric("replacement_kbd"), "barWidth": "62%", "label": label}]
    frame = _frame(series, xAxis=_values(boundaryGap=["14%", "14%"]), yAxis=_categories(inverse=True))
    return {**frame, "grid": {**frame["grid"], "top": 10}, "legend": {"show": False}}


def _replacements(answer: Answer, told: Words) -> Options:
    rows = [row for row in answer.horizon("replacement_kbd", "country") if abs(row.mean) >= 0.5]
    most = sorted(rows, key=lambda row: -abs(row.mean))[:REPLACEMENTS_SHOWN]
    ordered = sorted(most, key=lambda row: row.mean)
    data = [
        {
            "value": round(row.mean, 1),
            "itemStyle": {"color": MORE if row.mean < 0 else LESS},
            "label": {"position": "left" if row.mean < 0 else "right"},
        }
        for row in ordered
    ]
    names = [told.name("country", row.item) for row in ordered] or [told("explorer.nobody")]
    return {"yAxis": {"data": names}, "series": [{"data": data}]}


def _gaps_frame(told: Words) -> Options:
    """What each buyer lacks, and what comes out of its stocks meanwhile."""
    bar = {"type": "bar", "stack": "all", "barWidth": "62%"}
    series = [
        {**bar, "name": told.metric("unmet_kbd"), "color": MORE},
        {**bar, "name": told.metric("stock_draw_kbd"), "color": STORED},
    ]
    names = [told.name("buyer", buyer) for buyer in BUYERS]
    tip = _tooltip("oilsim.listed", axisPointer={"type": "shadow"})
    return _frame(series, tooltip=tip, xAxis=_values(), yAxis=_categories(data=names, inverse=True))


def _gaps(answer: Answer, told: Words) -> Options:
    metrics = ("unmet_kbd", "stock_draw_kbd")
    return {
        "series": [{"data": _plain(answer.row(metric, "buyer", buyer).mean for buyer in BUYERS)} for metric in metrics]
    }


def _plain(values: Iterable[float]) -> Sequence[float | None]:
    """Figures as JSON takes them, with the digits a picture shows; nothing where there is none."""
    return [None if math.isnan(value) else round(value, 3) for value in values]


CHARTS = (
    Chart("shares", _shares_frame, _shares),
    Chart("brent", _path_frame, _path("brent_usd_bbl")),
    Chart("bill", _path_frame, _path("import_bill_usd_bn")),
    Chart("discounts", _discounts_frame, _discounts),
    Chart("replacements", _replacements_frame, _replacements),
    Chart("gaps", _gaps_frame, _gaps),
)
