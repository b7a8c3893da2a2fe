"""The page of one person: levers on the left, the answer on the right. Nothing here is shared between pages."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

from nicegui import background_tasks, events, ui

from simulator import library
from simulator.errors import InputError, OilsimError, printable
from simulator.explorer import files
from simulator.explorer.answer import Answer
from simulator.explorer.desk import Desk
from simulator.explorer.foresight import first_steps, going_on
from simulator.explorer.latest import Latest
from simulator.explorer.levers import Lever, meant, shown
from simulator.explorer.panel import Panel
from simulator.explorer.question import Question
from simulator.explorer.screen import Screen
from simulator.reading.scalars import is_number
from simulator.reading.scalars import shown as as_written
from simulator.report.language import LANGUAGES, Words, words
from simulator.results import Results
from simulator.scenario import Scenario, load_scenario

HERE = Path(__file__).parent
PAUSE_SECONDS = 1.5
"""Who has not moved a lever on for so long may well turn to another."""


class Page:
    """The page of one browser session."""

    def __init__(self, desk: Desk, language: str) -> None:
        self._desk, self._told = desk, words(language)
        self._question = self._answered = desk.first
        self._results = desk.first_results
        self._revision = 0
        self._latest = Latest(desk.ask, self._show, self._refuse)
        ui.add_head_html(f"<style>{_part('page.css')}</style><script>{_part('page.js')}</script>")
        ui.colors(primary="#0072b2")
        self._whole = ui.element("div")
        self._build()
        background_tasks.create(self._look_ahead(self._question, self._question), name="look ahead")

    def _build(self) -> None:
        """Build the page, in the language it has now."""
        told, answer = self._told, self._answer()
        self._whole.clear()
        with self._whole:  # whoever asked for it may be gone with what was there
            ui.page_title(told("explorer.title"))
            self._bar()
            with ui.element("div").classes("os-body"):
                self._panel = Panel(told, self._move, self._reset)
                with ui.element("div").classes("os-answer"):
                    self._notice()
                    self._screen = Screen(told, self._desk.draws, self._desk.seed)
            self._panel.show(self._question)
            self._screen.build(answer)
            self._screen.draw(answer, self._revision)

    def _answer(self) -> Answer:
        return Answer(self._results, moved=bool(self._answered.moves))

    def _notice(self) -> None:
        """Where the page tells what cannot be done."""
        with ui.element("div").classes("os-message os-hidden").props("role=alert") as self._message:
            self._said = ui.label().classes("os-text")
            close = ui.button(icon="close", on_click=self._hush).props("flat dense round size=sm")
            close.props(f'aria-label="{self._told("explorer.close")}"')

    def _bar(self) -> None:
        told = self._told
        with ui.element("div").classes("os-bar"):
            ui.label(told("explorer.title")).classes("os-title")
            names = {stem: told.remark(name) for stem, name in shipped_names().items()}
            self._shipped = ui.select(names, label=told("explorer.pick"), on_change=self._pick)
            self._shipped.props("dense outlined options-dense")
            self._upload = ui.upload(
                on_upload=self._load,
                on_rejected=lambda: self._tell(_too_large(told)),
                max_file_size=files.MOST_BYTES,
                auto_upload=True,
            ).classes("os-hidden")
            self._upload.on("failed", lambda: self._tell(told("explorer.upload_failed")), args=[])
            load = ui.button(told("explorer.load"), icon="upload_file").props("flat dense no-caps")
            load.on("click", js_handler=f"() => getElement({self._upload.id}).$refs.qRef.pickFiles()")
            ui.button(told("explorer.save"), icon="download", on_click=self._save).props("flat dense no-caps")
            ui.button(told("explorer.reset_all"), icon="undo", on_click=lambda: self._reset(None)).props(
                "flat dense no-caps"
            )
            ui.element("div").classes("os-space")
            ui.button(told("explorer.other_language"), on_click=self._turn).props("flat dense no-caps")

    def _turn(self) -> None:
        """The same page in the other language."""
        self._told = words(next(one for one in LANGUAGES if one != self._told.language))
        self._build()

    async def _move(self, lever: Lever, number: object) -> None:
        """Move a lever where the person wants it, or say why not."""
        try:
            if not is_number(number):
                raise InputError([])
            question = self._question.moved(lever.name, meant(lever, float(number)))  # type: ignore[arg-type]
        except InputError:
            self._out_of_range(lever, number)
            self._panel.show(self._question)
            return
        await self._ask(question)

    def _out_of_range(self, lever: Lever, number: object) -> None:
        low, high = (f"{shown(lever, end):g}" for end in self._question.start.limits[lever.name])
        said = {
            "lever": self._told(f"explorer.lever_{lever.name}"),
            "unit": self._told(f"explorer.unit_{lever.unit}"),
            "value": f"{shown(lever, self._question.value(lever)):g}",
            "given": f"{number:g}" if is_number(number) else printable(as_written(number)[:40]),
        }
        self._tell(self._told("explorer.out_of_range", low=low, high=high, **said))

    async def _reset(self, name: str | None) -> None:
        await self._ask(self._question.reset(name))

    async def _ask(self, question: Question) -> None:
        self._question = question
        self._hush()
        self._panel.show(question)
        ui.run_javascript("oilsim.asked()")
        await self._latest.ask(question)

    def _show(self, question: Question, results: Results) -> None:
        """An answer has come: it may be older than what the levers say by now, a newer one follows then."""
        if self._whole.is_deleted:
            return
        before, self._answered, self._results = self._answered, question, results
        self._revision += 1
        answer = self._answer()
        with self._whole:  # the lever that asked may be gone, as the language was turned
            self._screen.show(answer)
            self._screen.draw(answer, self._revision)
        background_tasks.create(self._look_ahead(question, before), name="look ahead")

    async def _look_ahead(self, question: Question, before: Question) -> None:
        """While the person looks, have those answers made ready that are likely to be asked for next."""
        near = list(going_on(question, before))
        if self._question is question:
            await asyncio.to_thread(self._desk.prepare, near)
        await asyncio.sleep(PAUSE_SECONDS)
        if self._question is question:
            await asyncio.to_thread(self._desk.prepare, [*near, *first_steps(question, before)])

    def _refuse(self, question: Question, error: OilsimError) -> None:
        """The model cannot be asked this: back to what was last answered, unless the levers have moved on."""
        if self._whole.is_deleted:
            return
        with self._whole:
            self._tell(f"{self._told('explorer.refused')}\n{error}")
            if self._question is question:
                self._question = self._answered
                self._panel.show(self._question)
                ui.run_javascript("oilsim.answered()")

    def failed(self) -> None:
        """Something went wrong that should not."""
        self._tell(self._told("explorer.went_wrong"))

    async def _pick(self, event: events.ValueChangeEventArguments[str | None]) -> None:
        """Start from a shipped scenario; the page itself takes its name away when a file comes in its place."""
        if event.value is None:
            return
        found = {file.stem: file for file in library.files()}.get(str(event.value))
        if found is None:
            self._tell(self._told("explorer.no_such_scenario"))
        else:
            await self._start(load_scenario(found))

    async def _load(self, event: events.UploadEventArguments) -> None:
        """Start from a file of the person's own."""
        self._upload.reset()
        name = printable(event.file.name)[: files.LONGEST_NAME]
        if event.file.size() > files.MOST_BYTES:
            self._tell(_too_large(self._told))
            return
        try:
            scenario = files.opened(await event.file.read(), name)
            Question.of(scenario).scenario  # noqa: B018  # checked against the market before anything is lost
        except OilsimError as error:
            self._tell(f"{self._told('explorer.not_loaded', file=name)}\n{error}")
        else:
            self._shipped.value = None
            await self._start(scenario)

    async def _start(self, scenario: Scenario) -> None:
        ui.notify(self._told("explorer.loaded", name=scenario.name), color="primary")
        await self._ask(Question.of(scenario))

    def _save(self) -> None:
        """Hand out what the page shows as a file."""
        text = files.saved(self._answered, self._desk.draws)
        ui.download.content(text, files.file_name(self._answered), "application/yaml")

    def _tell(self, text: str) -> None:
        self._said.text = text
        self._message.classes(remove="os-hidden")

    def _hush(self) -> None:
        self._message.classes(add="os-hidden")


def _too_large(told: Words) -> str:
    return told("explorer.too_large", most=f"{files.MOST_BYTES / 1e6:g}")


@cache
def shipped_names() -> dict[str, str]:
    """The names that shipped scenarios give themselves, by file: looked up once."""
    return {file.stem: load_scenario(file).name for file in library.files()}


def _part(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
