"""Files of the project that stand beside the documentation, as pages of it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def page(name: str) -> str:
    """A file such as `DECISIONS.md`; numbers of decisions become places one can point to."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.sub(r"^(\d+)\. \*\*(.*?)\*\*", r'<a id="d\1"></a>\n\n**\1. \2**', text, flags=re.MULTILINE | re.DOTALL)
