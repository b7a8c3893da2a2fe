"""What stands around the page: one answer at a time, nothing too large, no address but the one asked for."""

import asyncio
import socket
import subprocess
import sys
import threading
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from simulator import library, load_scenario
from simulator.errors import InputError, Problem
from simulator.explorer.files import MOST_MONTHS, opened
from simulator.explorer.latest import Latest
from simulator.explorer.question import Question
from simulator.explorer.server import Address, OwnPages, SizeLimit, free_address

CALM = Question.of(load_scenario(library.find("baseline")))
LOST = [CALM.moved("iran_loss", share / 10) for share in range(6)]


def test_only_the_newest_question_waits() -> None:
    first_done, shown, asked = threading.Event(), [], []

    def answer(question: Question) -> object:
        asked.append(question)
        first_done.wait(20)
        return SimpleNamespace(question=question)

    async def moves() -> None:
        latest = Latest(answer, lambda question, found: shown.append((question, found.question)), pytest.fail)
        first = asyncio.create_task(latest.ask(LOST[0]))
        await asyncio.sleep(0)
        for question in LOST[1:]:
            await latest.ask(question)
        first_done.set()
        await first

    asyncio.run(moves())
    assert asked == [LOST[0], LOST[-1]]
    assert shown == [(LOST[0], LOST[0]), (LOST[-1], LOST[-1])]


def test_what_cannot_be_asked_is_told_and_the_next_is_answered() -> None:
    told = []

    def answer(question: Question) -> object:
        if question is LOST[0]:
            raise InputError([Problem("rate", "is outside its range")])
        return question

    async def moves() -> None:
        latest = Latest(
            answer,
            lambda question, found: told.append((question, found)),
            lambda question, error: told.append(str(error)),
        )
        await latest.ask(LOST[0])
        await latest.ask(LOST[1])

    asyncio.run(moves())
    assert told == ["rate: is outside its range", (LOST[1], LOST[1])]


@pytest.mark.parametrize(
    ("headers", "chunks", "status"),
    [
        ([(b"content-length", b"10")], [10], 200),
        ([(b"content-length", b"101")], [10], 413),
        ([(b"content-length", b"-1")], [10], 413),
        ([], [60, 40], 200),
        ([], [60, 41], 499),
    ],
)
def test_requests_are_cut_off_where_they_are_too_large(headers: list, chunks: list[int], status: int) -> None:
    sent, coming = [], iter(chunks)

    async def app(scope: dict, receive: object, send: object) -> None:
        for _ in chunks:
            if (await receive())["type"] == "http.disconnect":
                await send({"type": "http.response.start", "status": 499})
                return
        await send({"type": "http.response.start", "status": 200})

    async def receive() -> dict:
        return {"type": "http.request", "body": b"x" * next(coming)}

    async def send(message: dict) -> None:
        sent.append(message)

    asyncio.run(SizeLimit(app, most_bytes=100)({"type": "http", "headers": headers}, receive, send))
    assert sent[0]["status"] == status


@pytest.mark.parametrize(
    ("kind", "origin", "answer"),
    [
        ("http", None, "handed on"),
        ("http", b"http://localhost:80", "handed on"),
        ("websocket", b"http://localhost:80", "handed on"),
        ("http", b"http://localhost:81", "http.response.start"),
        ("http", b"null", "http.response.start"),
        ("websocket", b"https://elsewhere.example", "websocket.close"),
    ],
)
def test_pages_of_other_sites_may_not_ask(kind: str, origin: bytes | None, answer: str) -> None:
    said = []

    async def app(scope: dict, receive: object, send: object) -> None:
        said.append("handed on")

    async def send(message: dict) -> None:
        said.append(message["type"])

    headers = [(b"host", b"localhost:80"), *([(b"origin", origin)] if origin else [])]
    asyncio.run(OwnPages(app)({"type": kind, "headers": headers}, None, send))
    assert said[0] == answer


def test_a_port_that_is_taken_or_a_host_that_is_not_ours_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(InputError, match=f"--port: cannot be served on: .*given {taken}"):
            free_address("127.0.0.1", taken)
    with monkeypatch.context() as nobody_knows, pytest.raises(InputError, match="--host: cannot be served on"):
        nobody_knows.setattr(socket, "getaddrinfo", Mock(side_effect=socket.gaierror("unknown")))
        free_address("no.such.host.invalid", None)
    found = free_address("127.0.0.1", 0)
    assert found.port and found.url == f"http://127.0.0.1:{found.port}/"
    assert found.names == ["127.0.0.1", "localhost"] and Address("0.0.0.0", 80).names == ["*"]


def test_a_scenario_that_takes_too_long_is_refused() -> None:
    text = f"schema: 1\nbaseline: '2025'\nstart: 2026-03\nmonths: {MOST_MONTHS + 1}\n"
    with pytest.raises(InputError, match=r"long.yaml:4:9: months: are too many for the page .*up to 60"):
        opened(text.encode(), "long.yaml")


def test_who_lacks_the_framework_is_told_how_to_get_it() -> None:
    lacking = "import sys; sys.modules['nicegui'] = None; from simulator.cli import main; main(['explore'])"
    ended = subprocess.run([sys.executable, "-c", lacking], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "pip install 'oilsim[app]'" in ended.stderr
