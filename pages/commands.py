"""The page of commands, from the command line itself: what `--help` says, with places to link to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import dedent

import click

from pages.writing import code, plain, table
from simulator.cli import main

HEAD = """# Commands

Made from the program itself; `oilsim COMMAND --help` says the same. Results go to standard output, progress and
messages to standard error. By use: [the command line](../command-line.md).

| exit code | |
|--:|---|
| 0 | done |
| 2 | the input is wrong: one line a problem, `FILE:LINE:COLUMN: key: what is wrong` |
| 3 | a data table is missing or changed |
| 4 | more than one draw in a thousand did not clear |
| 5 | `check` or `replay` found figures that are not the same |
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *_group(main, "oilsim")])


def _group(group: click.Group, name: str) -> Iterator[str]:
    context = click.Context(group, info_name=name)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        assert command is not None
        if isinstance(command, click.Group):
            yield from _group(command, f"{name} {word}")
        else:
            yield from _command(command, f"{name} {word}")


def _command(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name, **command.context_settings)
    words = name.split()[1:]
    yield f"## {code(' '.join(words))} {{ #{'-'.join(words)} }}\n"
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f"```text\n{name} {pieces}\n```\n"
    yield from _paragraphs(command.help or "")
    options = [option for option in command.params if isinstance(option, click.Option)]
    yield from table(["option", "meaning"], [_option(option, context) for option in options])


def _option(option: click.Option, context: click.Context) -> tuple[str, str]:
    """The names of an option with what stands for its value, and its meaning with the words it takes."""
    names, meaning = option.get_help_record(context) or ("", "")
    name, _, takes = names.partition(" ")
    if isinstance(option.type, click.Choice):
        return code(name), f"{plain(meaning)} {', '.join(map(code, option.type.choices))}"
    return code(f"{name} {takes}" if re.fullmatch(r"[A-Z:=.\[\]/]+", takes) else name), plain(meaning)


def _paragraphs(text: str) -> Iterator[str]:
    """Help as click shows it: paragraphs, and blocks that begin with a backspace as they stand."""
    for paragraph in dedent(f"    {text}" if not text.startswith(" ") else text).split("\n\n"):
        if paragraph.lstrip().startswith("\b"):
            yield "```yaml\n" + dedent(paragraph.replace("\b\n", "").replace("\b", "")).strip("\n") + "\n```\n"
        else:
            yield plain(paragraph) + "\n"
