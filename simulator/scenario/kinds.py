"""What every kind of value has in common: it reads a value or refuses it in the user's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from simulator.reading.findings import Finding


class Kind:
    """A kind of value a key can take, attached to its field with `Annotated`.

    It checks the value and tells `keys.py` its unit and legal range, so that a limit is written down once.
    Subclasses have `kind`, `unit` and `allowed` in words, and `read`.
    """

    read: Callable[..., Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


def refuse(*findings: Finding) -> PydanticCustomError:
    """The one error a field raises; it carries findings, so several problems travel together."""
    text = "; ".join(finding.what for finding in findings)
    return PydanticCustomError("refused", "{text}", {"text": text, "findings": findings})
