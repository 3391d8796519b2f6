"""Migration of mapping documents of earlier versions: what can be rewritten is, and the rest is left to a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.durable_files import replace_content
from kg.errors import Problem
from kg.mapping.documents.text_edits import TextEdit, apply_edits
from kg.mapping.documents.yaml_document import (
    MappingDocument,
    YamlMapping,
    YamlNode,
    YamlText,
    load_document,
    mappings_below,
    mappings_in,
    texts_in,
)
from kg.mapping.triples.document_triples import short_name
from kg.mapping.triples.edtf_spans import read_span
from kg.mapping.triples.implied_triples import SPANS

SPAN_KEYS = {short_name(span): (short_name(first), short_name(last)) for span, (first, last) in SPANS.items()}
"""The two stamps that a span can replace, by the span's key; earlier pairs take precedence."""
STATUSES_BY_STATEMENT = frozenset({"demanded", "feared", "offered", "planned", "wanted"})
LENGTH_OF_DATE = len("2034-03-14")


@dataclass(frozen=True)
class Migration:
    """What was (or would be) rewritten in a document, and what a person must decide."""

    document: Path
    rewritten: tuple[Problem, ...]
    decisions: tuple[Problem, ...]


def migrate_document(document: Path, *, write: bool) -> Migration:
    """Migrate a document, keeping comments and layout; a second run changes nothing. Raises MappingError if invalid."""
    loaded = load_document(document)
    edits: list[TextEdit] = []
    rewritten: list[Problem] = []
    for node in mappings_below(loaded.root):
        for problem, changes in _span_rewritings(loaded, node):
            rewritten.append(problem)
            edits += changes
    if write and edits:
        replace_content(document, apply_edits(loaded.text, edits))
    decisions = sorted(_decisions(loaded.root), key=lambda problem: problem.location.line)
    return Migration(document, tuple(rewritten), tuple(decisions))


def _span_rewritings(document: MappingDocument, node: YamlMapping) -> Iterator[tuple[Problem, list[TextEdit]]]:
    """Yield each pair of stamps that bound one date of the text, unless the date is only inferred."""
    used: set[str] = set()
    for key, pair in SPAN_KEYS.items():
        graded = any(f"{stamp}Grade" in node.nodes for stamp in pair) or node.text_of("timeGrade") != "explicit"
        date = _common_date(node.text_of(pair[0]), node.text_of(pair[1]))
        if date and not graded and key not in node.nodes and not used & {*pair}:
            used |= {*pair}
            first, second = sorted(pair, key=lambda stamp: node.keys[stamp].start)
            message = f"`{pair[0]}` and `{pair[1]}` bound one date of the text: now `{key}: {date}`."
            yield (
                Problem(node.nodes[first].location, message),
                _replace_pair(document, node, (first, second), key, date),
            )


def _common_date(earliest: str, latest: str) -> str:
    """Return the day or moment that two stamps bound, empty if there is none."""
    for date in (earliest[:LENGTH_OF_DATE], earliest):
        span = read_span(date) if date else None
        if span is not None and (span.earliest, span.latest) == (earliest, latest):
            return date
    return ""


def _replace_pair(
    document: MappingDocument, node: YamlMapping, stamps: tuple[str, str], key: str, date: str
) -> list[TextEdit]:
    first, second = ((node.keys[stamp], node.nodes[stamp]) for stamp in stamps)
    start, end = second[0].start, _end(second[1])
    if node.flow:
        # With the comma before it, or two commas would be left in a row.
        start = document.text.rindex(",", 0, start)
    elif not document.text[end : document.text.find("\n", end)].strip():  # no comment that has to stay
        start = document.text.rindex("\n", 0, start)
    return [TextEdit(first[0].start, _end(first[1]), f"{key}: {date}"), TextEdit(start, end, "")]


def _end(node: YamlNode) -> int:
    return node.end if isinstance(node, YamlText) else 0


def _decisions(root: YamlMapping) -> Iterator[Problem]:
    if "article" in root.nodes and not {"notBefore", "published"} & {*root.nodes}:
        why = "nothing in it is known as of any time; give `notBefore`, or `published` where the text gives the day"
        yield Problem(root.nodes["article"].location, f"the article has no date, so that {why}.")
    stamps = root.nodes.get("passages")
    if isinstance(stamps, YamlMapping) and len(stamps.nodes) > 1 and all(map(_has_fragment, stamps.nodes.values())):
        why = "as before version 0.2.0, which together reveal the text; run `kg anchor` with the text"
        yield Problem(stamps.location, f"every passage has a fragment, {why}.")
    statements = [node for node in mappings_in(root.nodes.get("statements")) if "id" in node.nodes]
    by_id = {statement.text_of("id"): statement for statement in statements}
    propositions = {
        node.text_of("id"): node for node in mappings_below(root) if "gist" in node.nodes and "source" not in node.nodes
    }
    for statement in statements:
        yield from _statement_decisions(statement, by_id, propositions)
    for scenario in mappings_in(root.nodes.get("scenarios")):
        if scenario.text_of("status") in STATUSES_BY_STATEMENT and "statusBy" not in scenario.nodes:
            why = f"give `statusBy`, the statement in which it is {scenario.text_of('status')}"
            yield Problem(scenario.nodes["status"].location, f"by whose word it has this status is not said: {why}.")
    for holding in mappings_in(root.nodes.get("holdings")):
        if "formerHolder" in holding.nodes and not {"until", "latestEnd", "earliestEnd", "timeWords"} & {
            *holding.nodes
        }:
            why = "give `until` or `timeWords` where the text has it"
            yield Problem(holding.nodes["formerHolder"].location, f"when this holding ended is not said: {why}.")


def _statement_decisions(
    statement: YamlMapping, by_id: dict[str, YamlMapping], propositions: dict[str, YamlMapping]
) -> Iterator[Problem]:
    if statement.text_of("form") in ("direct", "mixed") and "quotedRuns" not in statement.nodes:
        why = "give `quotedRuns`, and `sourceSpan`, `cueSpan` and `contentSpan`"
        yield Problem(statement.nodes["form"].location, f"which words of it are quoted is not said: {why}.")
    if statement.text_of("polarity") == "negative" and any(
        {"condition", "unless"} & {*proposition.nodes} for proposition in _said(statement, propositions)
    ):
        why = "say which half does not come about, by `rulesOut` or `unless`, and make it positive"
        yield Problem(statement.nodes["polarity"].location, f"its halves read as the opposite of what it says: {why}.")
    passed_on = by_id.get(statement.text_of("relays"))
    if passed_on is not None and (statement.text_of("act"), passed_on.text_of("tense")) == ("predict", "future"):
        why = "if nobody has said it yet, it belongs under `foretold`, and this one `foretells` it"
        yield Problem(statement.nodes["relays"].location, f"what it passes on may be foretold only: {why}.")


def _said(statement: YamlMapping, propositions: dict[str, YamlMapping]) -> Iterator[YamlMapping]:
    says = statement.nodes.get("says")
    yield from mappings_in(says)
    yield from (propositions[text.value] for text in texts_in(says) if text.value in propositions)


def _has_fragment(stamp: YamlNode) -> bool:
    return isinstance(stamp, YamlMapping) and "fragment" in stamp.nodes
