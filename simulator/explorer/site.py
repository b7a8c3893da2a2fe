"""The pages as a site: one page to each browser session, on one address."""

from __future__ import annotations

from nicegui import app, ui
from starlette.middleware.trustedhost import TrustedHostMiddleware

from simulator.explorer.desk import Desk
from simulator.explorer.page import Page, shipped_names
from simulator.explorer.server import Opening, OwnPages, SizeLimit
from simulator.report.language import LANGUAGES

KEPT_SECONDS = 3600.0
"""How long a page that has lost its line, as with a closed lid, finds its levers again."""


def serve(desk: Desk, opening: Opening) -> None:
    """Serve pages until stopped."""

    address = opening.address

    def root(lang: str = opening.language) -> None:
        page = Page(desk, lang if lang in LANGUAGES else opening.language)
        ui.context.client.on_exception(page.failed)

    shipped_names()  # so that the first page does not wait for them
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=address.names)
    app.add_middleware(SizeLimit)
    app.add_middleware(OwnPages)
    app.on_startup(opening.ready)
    ui.run(
        root,
        host=address.host,
        port=address.port,
        title="oilsim",
        reload=False,
        show=opening.browse,
        show_welcome_message=False,
        tailwind=False,
        reconnect_timeout=KEPT_SECONDS,
        gzip_middleware_factory=None,  # on one machine, packing takes longer than it saves
        uvicorn_logging_level="error",
    )
