"""The plain page of a thing: its facts, and what points at it."""

from __future__ import annotations

from flask import Response

from server.pages.page_queries import Findings
from server.pages.rendering import page as html


def page(name: str, findings: Findings) -> Response:
    """Answer with everything that is said of a thing, and everything that is said with it."""
    facts = findings.facts(name)
    pointing = findings.pointing(name)
    findings.also([name])
    return html("thing.html", findings, this=name, facts=facts, pointing=pointing)
