"""Serves the page on this machine, and looks after what comes in."""

from __future__ import annotations

import socket
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from simulator.errors import InputError, Problem
from simulator.explorer.files import MOST_BYTES, refuse_long
from simulator.scenario import Scenario

LARGEST_REQUEST_BYTES = 2 * MOST_BYTES
"""A file with what surrounds it; anything larger is cut off as it comes in."""
USUAL_PORT = 8080
NEEDED = ("nicegui", "starlette")

Message = MutableMapping[str, Any]


@dataclass(frozen=True)
class Address:
    """Where the page is served."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """What a person opens."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host
        return f"http://[{host}]:{self.port}/" if ":" in host else f"http://{host}:{self.port}/"

    @property
    def names(self) -> list[str]:
        """What a browser may call this machine: anything, once it was opened to others on purpose."""
        return ["127.0.0.1", "localhost"] if self.host in LOCAL else ["*"]


LOCAL = ("127.0.0.1", "localhost")


def free_address(host: str, port: int | None) -> Address:
    """Where to serve: the port asked for, else the usual one, else any that is free.

    Raises
    ------
    InputError : the host is not this machine's, or the port asked for is taken.
    """
    for wanted in [port] if port is not None else [USUAL_PORT, 0]:
        try:
            family = socket.getaddrinfo(host, wanted, type=socket.SOCK_STREAM)[0][0]
            with socket.socket(family, socket.SOCK_STREAM) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind((host, wanted))
                return Address(host, trial.getsockname()[1])
        except OSError as error:
            last = error
    key, given = ("--host", host) if isinstance(last, socket.gaierror) or port is None else ("--port", port)
    raise InputError([Problem(key, f"cannot be served on: {last.strerror or last}", given=given)])


class SizeLimit:
    """Cuts off requests that are larger than any scenario, before they fill memory or disk."""

    def __init__(self, app: Callable[..., Any], most_bytes: int = LARGEST_REQUEST_BYTES) -> None:
        self._app, self._most = app, most_bytes

    async def __call__(self, scope: Message, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """Hand on a request, or answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"content-length", b"0")
        if not given.isdigit() or int(given) > self._most:
            await _answer(send, 413, b"too large")
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message: Message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._most:
                return {"type": "http.disconnect"}
            return message

        await self._app(scope, counted, send)


class OwnPages:
    """Refuses what a page of another site has a reader's browser ask here: only pages served here may ask."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """Hand on a request, or answer 403."""
        given = dict(scope.get("headers", ()))
        origin = given.get(b"origin")
        if origin is None or origin.partition(b"://")[2] == given.get(b"host"):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _answer(send, 403, b"from another site")


async def _answer(send: Callable[..., Any], status: int, said: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"connection", b"close")]})
    await send({"type": "http.response.body", "body": said})


@dataclass(frozen=True)
class Opening:
    """How pages are opened.

    address : where     language : which they start in     browse : whether a browser is opened
    ready : called a moment before they can be
    """

    address: Address
    language: str
    browse: bool
    ready: Callable[[], None]


def open_pages(scenario: Scenario, opening: Opening, draws: int, seed: int) -> None:
    """Serve pages until stopped; each browser session gets its own.

    Parameters
    ----------
    scenario : where the levers start
    draws, seed : of every answer

    Raises
    ------
    InputError : what the page needs is not installed, or the scenario runs over too many months for it.
    """
    refuse_long(scenario)
    try:
        from simulator.explorer.site import serve
    except ModuleNotFoundError as missing:
        if str(missing.name).split(".")[0] not in NEEDED:
            raise
        what = "needs more: pip install 'oilsim[app]'"
        raise InputError([Problem("explore", what, given=f"no {missing.name}")]) from None
    from simulator.explorer.desk import opened_desk
    from simulator.explorer.solver import Solver

    with Solver(draws, seed) as solver:
        serve(opened_desk(scenario, solver.run, solver.foresee, draws, seed), opening)
