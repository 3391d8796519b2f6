"""Checks of quotations: a quoted run is inside its content or around it, a direct quotation inside its marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.errors import Location, Problem
from kg.mapping.documents.yaml_document import YamlMapping, YamlText, mappings_in, texts_in
from kg.mapping.passages.text_spans import TextSpan
from kg.mapping.triples.document_triples import DocumentTriples

Runs = dict[str, TextSpan]
"""The spans of a document's quoted runs, by identifier."""


def quotation_faults(document: DocumentTriples) -> Iterator[Problem]:
    """Yield a problem for every misplaced quoted run, content of a direct quotation, or insertion."""
    statements = mappings_in(document.document.root.nodes.get("statements"))
    own = [run for statement in statements for run in mappings_in(statement.nodes.get("quotedRuns"))]
    runs = {id_.value: span for run in own for id_ in texts_in(run.nodes["id"]) for _, span in _spans(run, "runSpan")}
    for statement in statements:
        contents = [*_spans(statement, "contentSpan")]
        if contents:
            yield from _run_faults(statement, runs, [span for _, span in contents])
            yield from _content_faults(statement, runs, contents)
    for run in own:
        yield from _insertion_faults(run)


def _run_faults(statement: YamlMapping, runs: Runs, contents: list[TextSpan]) -> Iterator[Problem]:
    for identifier, location in _quoted_runs(statement):
        run = runs.get(identifier)
        if run and not any(span.takes_in(run) or run.takes_in(span) for span in contents):
            expected = f"a run inside the content span {_listed(contents)}, or around it"
            yield Problem(location, f"the quoted run {identifier} is {run}; expected {expected}.")


def _content_faults(statement: YamlMapping, runs: Runs, contents: list[tuple[YamlText, TextSpan]]) -> Iterator[Problem]:
    own = [runs[identifier] for identifier, _ in _quoted_runs(statement) if identifier in runs]
    if not own or statement.text_of("form") != "direct":
        return
    for text, span in contents:
        if not any(run.takes_in(span) for run in own):
            expected = f"what stands between its quotation marks, {_listed(own)}"
            yield Problem(text.location, f"the content span of a direct quotation is {span}; expected {expected}.")


def _insertion_faults(run: YamlMapping) -> Iterator[Problem]:
    for _, whole in _spans(run, "runSpan"):
        for text, span in _spans(run, "insertion"):
            if not whole.takes_in(span):
                yield Problem(text.location, f"found the insertion {span}; expected one inside its run {whole}.")


def _quoted_runs(statement: YamlMapping) -> Iterator[tuple[str, Location]]:
    """Yield the identifiers of a statement's runs, defined there or referred to, with their locations."""
    value = statement.nodes.get("quotedRuns")
    for run in mappings_in(value):
        identifier, span = run.nodes["id"], run.nodes["runSpan"]
        if isinstance(identifier, YamlText):
            yield identifier.value, span.location
    for text in texts_in(value):
        yield text.value, text.location


def _spans(node: YamlMapping, key: str) -> Iterator[tuple[YamlText, TextSpan]]:
    for text in texts_in(node.nodes.get(key)):
        if span := TextSpan.read(text.value):
            yield text, span


def _listed(spans: Iterable[TextSpan]) -> str:
    return ", ".join(map(str, spans))
