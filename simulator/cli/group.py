"""The command line: its name, its errors, its exit codes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from simulator.cli.options import DONE, WRONG_INPUT
from simulator.cli.signals import exit_code, heeded


@contextmanager
def _printable_complaints() -> Iterator[None]:
    """What click says of a word it cannot use, without what would steer the terminal."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as wrong:
        from simulator.errors import printable

        said = wrong.format_message()
        if said.isprintable():
            raise
        raise click.UsageError(printable(said), wrong.ctx) from None


class Oilsim(click.Group):
    """Turns what can go wrong into one line per problem and the agreed exit code."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the words before the command."""
        with _printable_complaints():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; errors of ours become messages, a closed pipe becomes silence."""
        from simulator.errors import OilsimError, printable

        _take_the_place_of_closed_streams()
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # a terminal that cannot show a sign shows a question mark
        try:
            with heeded(), _printable_complaints():
                return super().invoke(ctx)
        except OilsimError as error:
            click.echo("\n".join(map(printable, str(error).split("\n"))), err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt as stop:
            click.echo("stopped", err=True)
            ctx.exit(exit_code(stop))
        except BrokenPipeError:
            # The reader has gone, as with `| head`: nothing is left to say, not even at shutdown.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(DONE)
        except OSError as error:
            click.echo(f"output: cannot be written: {error.strerror or error}", err=True)
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(WRONG_INPUT)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find a command, or name the one that was meant."""
        from simulator.errors import nearest

        if args and self.get_command(ctx, args[0]) is None:
            meant = nearest(args[0], self.list_commands(ctx))
            hint = f"; did you mean {meant}?" if meant else ""
            ctx.fail(f"{args[0]}: there is no such command (allowed {', '.join(self.list_commands(ctx))}{hint})")
        return super().resolve_command(ctx, args)


def _take_the_place_of_closed_streams() -> None:
    """Let nothing be where a standard stream was closed, lest a result be opened there and messages end up in it."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        if number:
            nowhere = os.fdopen(number, "w", encoding="utf-8")
            sys.stdout, sys.stderr = (nowhere, sys.stderr) if number == 1 else (sys.stdout, nowhere)
    os.close(number)


@click.group(cls=Oilsim, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="oilsim")
def main() -> None:
    """Whose crude does China buy, at what price, and what changes when a supplier, route, tariff or sanction does?

    Start with:  oilsim run iran_offline
    """
