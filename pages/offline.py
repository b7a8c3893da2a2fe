"""A page must not make a browser ask another machine while it is shown."""

from __future__ import annotations

import re

FETCHED = re.compile(
    r'<(?:script|img|iframe|source)\b[^>]*\bsrc="(?:https?:)?//[^"]*"'
    r'|<link\b(?=[^>]*\brel="(?:stylesheet|preconnect|preload|icon))[^>]*\bhref="(?:https?:)?//[^"]*"'
)


def fetched(page: str) -> list[str]:
    """What a page would fetch from elsewhere; links that a reader may follow do not count.

    >>> fetched('<a href="https://a.org">x</a><script src="https://b.org/c.js"></script>')
    ['<script src="https://b.org/c.js"']
    """
    return FETCHED.findall(page)
