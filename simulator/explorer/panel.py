"""The levers on the left of the page: each with its number to drag or to type, and a way back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from simulator.explorer.levers import GROUPS, LEVERS, Lever, shaped_by, shown
from simulator.explorer.question import Question
from simulator.report.language import Words

Move = Callable[[Lever, object], Awaitable[None]]
Reset = Callable[[str | None], Awaitable[None]]


LEFT_OUT = ("type", "note", "ramp_months", "recovery_months")
"""Keys of a shock that a line about it does without."""


class Row:
    """One lever on the page."""

    def __init__(self, lever: Lever, told: Words, move: Move, reset: Reset) -> None:
        self._lever, self._told, self._move = lever, told, move
        self._shown: float | None = None
        self._state: tuple[float, float, bool, bool, str] | None = None
        with ui.element("div").classes("os-lever").props(f'data-lever="{lever.name}"') as self._row:
            ui.label(told(f"explorer.lever_{lever.name}")).classes("os-name")
            self._typed = ui.number().props("dense borderless").props(f'aria-label="{lever.name}"')
            ui.label(told(f"explorer.unit_{lever.unit}")).classes("os-unit")
            self._back = ui.button(icon="undo").props("flat dense round size=xs")
            self._back.props(f'aria-label="{told("explorer.reset")}"')
            self._slider = ui.slider(min=0, max=1, step=shown(lever, lever.step)).props("dense")
            self._hint = ui.label().classes("os-hint")
        self._back.on_click(lambda: reset(lever.name))
        self._slider.on_value_change(lambda event: self._take(event.value))
        for leaving in ("blur", "keydown.enter"):
            self._typed.on(leaving, lambda: self._take(self._typed.value))

    async def _take(self, number: object) -> None:
        """A position the person chose; what the page itself has put there is none."""
        if number != self._shown:
            await self._move(self._lever, number)

    def show(self, question: Question) -> None:
        """Stand where the question says, whatever was dragged or typed since; only what differs is sent."""
        lever = self._lever
        low, high = (shown(lever, end) for end in question.start.limits[lever.name])
        value = shown(lever, question.value(lever))
        self._shown = value
        for element in (self._slider, self._typed):
            if element.value != value:
                element.value = value
                element.update()
        state = (low, high, lever.name in question.moves, question.acts(lever), self._said(question))
        if state != self._state:
            self._state = state
            self._mark(*state)

    def _mark(self, low: float, high: float, moved: bool, acts: bool, said: str) -> None:
        """How far the lever goes, whether it was moved, whether it acts, and what is worth knowing."""
        self._slider.props(f"min={low:g} max={high:g}")
        for name, so in (("os-moved", moved), ("os-idle", not acts)):
            self._row.classes(add=name if so else "", remove="" if so else name)
        self._back.classes(add="" if moved else "os-hidden", remove="os-hidden" if moved else "")
        self._hint.text = said

    def _said(self, question: Question) -> str:
        """What is worth knowing of this lever now."""
        lever, told = self._lever, self._told
        if not question.acts(lever):
            return told("explorer.hint_idle", lever=told(f"explorer.lever_{lever.of}"))
        parts = []
        if band := question.band(lever):
            low, high = (f"{shown(lever, end):g}" for end in band)
            parts.append(told("explorer.hint_band", low=low, high=high))
        if lever.name == "us_duty":
            parts.append(told("explorer.hint_us_duty", duty=f"{100 * question.start.duty:g}"))
        elif "total_mb" in lever.shock:
            parts.append(told("explorer.hint_release", total=f"{lever.shock['total_mb']:g}"))
        if months := self._own_months(question):
            parts.append(months)
        return " · ".join(parts)

    def _own_months(self, question: Question) -> str:
        """From when to when a loaded shock acts, where that is not all the time."""
        shock, asked = question.start.shock(self._lever), question.start.scenario
        if shock is None or any(other.key == "end" for other in (self._lever, *shaped_by(self._lever))):
            return ""  # another lever says so
        first, last = asked.span(shock)
        whole = first <= asked.start and last >= asked.last
        return "" if whole else self._told("explorer.hint_span", first=first, last=min(last, asked.last))


class Panel:
    """All levers, in their groups, and what else the scenario holds."""

    def __init__(self, told: Words, move: Move, reset: Reset) -> None:
        self._told = told
        self._rows: list[Row] = []
        with ui.element("div").classes("os-levers"):
            for group in GROUPS:
                ui.label(told(f"explorer.group_{group}")).classes("os-group")
                self._rows += [Row(lever, told, move, reset) for lever in LEVERS if lever.group == group]
            self._others = ui.label().classes("os-others")

    def show(self, question: Question) -> None:
        """Put every lever where the question has it."""
        for row in self._rows:
            row.show(question)
        others = [_in_words(shock, self._told) for shock in question.start.others()]
        self._others.text = "\n".join([self._told("explorer.also"), *others]) if others else ""


def _in_words(shock: dict[str, Any], told: Words) -> str:
    """A shock on a line.

    >>> from simulator.report.language import words
    >>> _in_words({"type": "demand", "buyers": ["india"], "change_kbd": {"low": 1.0, "mid": 2.0, "high": 3.0}}, words())
    '• demand: India; change, kb/d: 2 (1 to 3)'
    """
    parts = [_value_in_words(key, value, told) for key, value in shock.items() if key not in LEFT_OUT]
    named = told("explorer.key_value", key=told.name("shock", shock["type"]), value=told("explorer.then").join(parts))
    return f"• {named}"


def _value_in_words(key: str, value: Any, told: Words) -> str:
    if isinstance(value, list):
        return told("terminal.comma").join(_name(str(one), told) for one in value)
    if isinstance(value, dict) and {"low", "mid", "high"} <= set(value):
        value = told("explorer.number_band", **{point: f"{value[point]:g}" for point in ("low", "mid", "high")})
    elif isinstance(value, float):
        value = f"{value:g}"
    return told("explorer.key_value", key=told.name("key", key), value=value)


def _name(item: str, told: Words) -> str:
    """What a stream, country, group or buyer is called."""
    plain = item.replace("_", " ")
    names = (told.name(by, item) for by in ("group", "buyer", "stream", "country"))
    return next((name for name in names if name != plain), plain)
