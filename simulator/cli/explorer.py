"""The command that opens the page where a lever moves the answer."""

from __future__ import annotations

import click

from simulator.cli.group import main
from simulator.cli.options import LANGUAGE, SEED


@main.command()
@click.argument("scenario", metavar="[SCENARIO]", default="baseline")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to serve on.  [default: 8080, or one that is free]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on; others let others in.")
@click.option("--lang", type=LANGUAGE, default="en", show_default=True, help="Language to start with.")
@click.option("--draws", type=click.IntRange(1, 10_000), default=256, show_default=True, help="Draws of an answer.")
@SEED
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def explore(scenario: str, port: int | None, host: str, lang: str, draws: int, seed: int, no_browser: bool) -> None:
    """Open a page on this machine: move a lever, see shares, bill, Brent and discounts move.

    SCENARIO is where the levers start: a YAML file or the name of a shipped scenario (oilsim list). What the page
    saves, oilsim run reproduces. Ctrl-C ends it.
    """
    from simulator.cli.loading import load_all
    from simulator.explorer.server import LOCAL, Opening, free_address, open_pages

    (asked,) = load_all((scenario,))
    address = free_address(host, port)
    if host not in LOCAL:
        click.echo(f"{host}: whoever reaches this address can use the page; there is no password", err=True)

    def ready() -> None:
        click.echo(f"open: {address.url}   (Ctrl-C ends it)", err=True)

    open_pages(asked, Opening(address, lang, not no_browser, ready), draws, seed)
