"""The pages of passages and propositions: what rests on the one, and who says the other."""

from __future__ import annotations

from typing import Any

from flask import Response

from kg.namespaces import CQ
from server.descriptions.own_queries import iri
from server.pages.page_queries import Findings, distinct
from server.pages.passage_display import shown
from server.pages.rendering import page as html

WAYS = (
    ("evidence", "What rests on it"),
    ("mention", "What it names"),
    ("withoutStatement", "Carries no statement, in"),
)


def passage(name: str, findings: Findings) -> Response:
    """Answer with a passage: where it stands, its words where they are at hand, and what rests on it."""
    this = iri(name)
    rows = findings.ask("passage-carries", this=this)
    ways = [(title, [row for row in rows if row["way"].value == str(CQ[way])]) for way, title in WAYS]
    found = shown(distinct(findings.ask("passage-itself", this=this), "passage"), findings.version)
    return html("passage.html", findings, this=name, passages=found, ways=[each for each in ways if each[1]])


def proposition(name: str, findings: Findings) -> Response:
    """Answer with a proposition: its halves, what it describes, and who says it."""
    this = iri(name)
    values: dict[str, Any] = {
        "facts": [row for row in findings.facts(name) if row["property"].value.startswith(str(CQ))],
        "said": distinct(findings.ask("proposition-said", this=this), "statement"),
        "pointing": [
            row for row in findings.pointing(name) if row["property"].value in {str(CQ.condition), str(CQ.consequence)}
        ],
    }
    findings.also([name])
    return html("proposition.html", findings, this=name, **values)
