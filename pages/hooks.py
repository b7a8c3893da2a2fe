"""What mkdocs does beside building pages: adds the generated ones, draws equations, refuses the network."""

from __future__ import annotations

import logging

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from pages import mathematics, offline
from pages.references import GENERATED

log = logging.getLogger("mkdocs.hooks.oilsim")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for place, make in GENERATED.items():
        files.append(File.generated(config, place, content=make()))
    return files


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Equations as MathML."""
    return mathematics.drawn(html)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """A page that would fetch something from another machine fails a strict build."""
    for found in offline.fetched(output):
        log.warning("%s fetches from the network: %s", page.file.src_uri, found)
    return output
