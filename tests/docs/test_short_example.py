"""The short article of docs/mapping.md is anchored, checked and built unchanged."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from rdflib import RDF

from kg.app.build_options import BuildOptions
from kg.app.builds.build import build
from kg.app.builds.check import check
from kg.mapping.authoring.anchoring import anchor_document
from kg.namespaces import CQ
from kg.store import EmbeddedStore
from tests.support.command_line import here

PAGE = Path(__file__).parents[2] / "docs" / "mapping.md"
SECTION = re.compile(r"## A short article, whole\n.*?```text\n(.*?)```\n(.*?)```yaml\n(.*?)```", re.DOTALL)


def test_the_short_article_is_anchored_checked_and_built(tmp_path: Path) -> None:
    section = SECTION.search(PAGE.read_text("utf-8"))
    assert section is not None
    words, prose, mapping = section.groups()
    text, document = tmp_path / "sel.txt", tmp_path / "sel.yaml"
    text.write_text(words, "utf-8")
    assert here("new", text).status == 0
    document.write_text(mapping, "utf-8")
    assert f" {len(mapping.splitlines())} lines" in prose
    anchor_document(document, text)
    report = check(document, text)
    graph = report.corpus.graphs[report.corpus.names.article("sel")]
    assert {report.copies[slug].same for slug in report.copies} == {True}
    assert len([*graph.subjects(RDF.type, CQ.Statement)]) == 4
    built = build(document, partial(EmbeddedStore.open, tmp_path / "store"), BuildOptions(sources=text))
    assert (built.changed, {*built.left_out}, built.report.violations) == (True, set(), 0)
