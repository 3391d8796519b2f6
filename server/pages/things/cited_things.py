"""Reads what is cited of a statement, a passage, an event, a scenario or a disagreement from the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import request

from kg.act_words import (
    IN_SHORT,
    chain_words,
    content_title,
    manner,
    passed_on_title,
    sentence,
    status_author,
    telling,
)
from kg.iterables import in_batches
from kg.namespaces import CQ
from kg.sparql.query_terms import iri_in_query
from server.pages.citations import (
    Citation,
    CitedArticle,
    CitedPart,
    Speaker,
    citation_address,
    one_line,
    permalink,
)
from server.pages.queried_data.page_queries import PageQueries, rows_by
from server.pages.queried_data.thing_names import Names
from server.pages.terms.literal_words import row_span
from server.pages.terms.page_terms import Row, is_web
from server.pages.things.event_page import happened_in_its_article
from server.pages.things.thing_queries import ThingQueries
from server.search.timeline import TIME_PROPERTIES
from server.site import site

CITED_CLASSES = {str(CQ[name]): name.lower() for name in ("Statement", "Passage", "Event", "Scenario")}
MAX_STATEMENTS_OF_A_PASSAGE = 20
STATEMENTS_PER_QUERY = 50
CitedParts = tuple[CitedPart, ...]


def cite(thing: ThingQueries, other: str = "") -> Citation | None:
    """Return the citation of a thing, or of its disagreement with another; None if there is none."""
    version = thing.version.name
    kind, relation, parts = _disagreement(thing, other) if other else _cited_thing(thing)
    if not parts:
        return None
    of_pair = request.host_url.rstrip("/") + citation_address(thing.iri, other, version)
    link = of_pair if other else permalink(thing.iri, version)
    return Citation(thing.iri, other, kind, parts, relation, one_line(site().settings.title), version, link)


def _cited_thing(thing: ThingQueries) -> tuple[str, str, CitedParts]:
    types = {row["type"].value for row in thing.rows("types")}
    kind = next((kind for iri, kind in CITED_CLASSES.items() if iri in types), "")
    if kind == "statement":
        return kind, "", tuple(cite_statements(thing, [thing.iri]).values())
    if kind == "passage":
        return kind, "", _passage_parts(thing)
    return kind, "", _event_parts(thing, is_scenario=kind == "scenario") if kind else ()


def _disagreement(thing: ThingQueries, other: str) -> tuple[str, str, CitedParts]:
    ends = (iri_in_query(thing.iri), iri_in_query(other))
    directions = [
        f"({iri_in_query(str(relation))} {' '.join(pair)})"
        for relation in (CQ.contradicts, CQ.opposes)
        # Either may be the one that contradicts the other.
        for pair in (ends, ends[::-1])
    ]
    links = thing.select("disagreement-links", links=" ".join(directions))
    parts = tuple(cite_statements(thing, [thing.iri, other]).values()) if links else ()
    if len(parts) < len(ends):
        return "disagreement", "", ()
    return "disagreement", links[0]["relation"].value.removeprefix(str(CQ)), parts


def cite_statements(queries: PageQueries, statements: Sequence[str]) -> dict[str, CitedPart]:
    """Return the cited parts of those IRIs that are statements, by IRI; this is the page's last query."""
    rows = list[Row]()
    for batch in in_batches(statements, STATEMENTS_PER_QUERY):
        rows += queries.select("citation-statements", statements=" ".join(map(iri_in_query, batch)))
    by_statement = rows_by(rows, "statement")
    return {iri: _statement_part(by_statement, iri, queries.names) for iri in statements if iri in by_statement}


def _statement_part(by_statement: dict[str, list[Row]], iri: str, names: Names) -> CitedPart:
    chain = _chain(by_statement, iri)
    speakers = tuple(_speaker(by_statement[link], names) for link in chain)
    own, last = by_statement[iri], by_statement[chain[-1]]
    relayed = [by_statement[link][0] for link in _distinct(last, "relays") if link in by_statement]
    contents = [*map(one_line, _distinct(last, "content") or _distinct(relayed, "gist"))]
    quotations, gist = [*map(one_line, _distinct(own, "quote"))], one_line(own[0]["gist"].value)
    short = one_line(last[0]["gist"].value)
    tellings = [speaker.telling for speaker in speakers]
    # Whoever denies that somebody said something reverses what a reader would take the last link alone to mean.
    passed_on = [_label(by_statement[link], "polarity", names) for link in chain[:-1]]
    title = content_title(_label(last, "act", names), _label(last, "polarity", names), passed_on)
    return CitedPart(
        " … ".join(quotations) or gist,
        bool(quotations),
        (chain_words(speakers[0].name, tellings, contents, short),),
        _article(own),
        speakers,
        title if contents else passed_on_title(IN_SHORT, passed_on),
        tuple(contents or [short]),
    )


def _chain(by_statement: dict[str, list[Row]], iri: str) -> list[str]:
    """Return the chain that a statement is part of, outermost first; it ends where a statement relays several."""
    # Sorted, so that if several pass on one statement, it is always the same one.
    outer = {link: outer for outer in sorted(by_statement) for link in _distinct(by_statement[outer], "relays")}
    chain = [iri]
    while (above := outer.get(chain[0])) and above not in chain:
        chain.insert(0, above)
    while len(relayed := _distinct(by_statement[chain[-1]], "relays")) == 1 and relayed[0] in by_statement:
        if relayed[0] in chain:
            break
        chain.append(relayed[0])
    return chain


def _speaker(rows: Sequence[Row], names: Names) -> Speaker:
    source, act, polarity, certainty = (_label(rows, key, names) for key in ("source", "act", "polarity", "certainty"))
    behalves = (one_line(names[behalf].label) for behalf in _distinct(rows, "behalf"))
    name = one_line(source)
    return Speaker(name, telling(name, act, polarity, manner(act, one_line(certainty), behalves)))


def _label(rows: Sequence[Row], key: str, names: Names) -> str:
    return names[rows[0][key].value].label if key in rows[0] else ""


def _passage_parts(thing: ThingQueries) -> CitedParts:
    passages, article = thing.passages("passage-itself"), _article(thing.rows("citation-article", "article"))
    uses = [row for row in thing.rows("passage-carries") if row["way"].value == str(CQ.evidence)]
    resting = [row["thing"].value for row in uses][:MAX_STATEMENTS_OF_A_PASSAGE]
    statements = cite_statements(thing, resting).values() if resting else ()
    return tuple(
        CitedPart(
            one_line(passage.quotation) or passage.place.capitalize(),
            bool(passage.quotation),
            tuple(sentence for statement in statements for sentence in statement.sentences),
            article,
        )
        for passage in passages[:1]
    )


def _event_parts(thing: ThingQueries, *, is_scenario: bool) -> CitedParts:
    authors = thing.select("scenario-authors", happenings=iri_in_query(thing.iri)) if is_scenario else []
    article, became = _article(thing.rows("citation-article", "article")), thing.outcomes() if is_scenario else []
    names = [one_line(row["value"].value) for row in thing.values("name")]
    statuses = [row["value"].value for row in thing.values("status")] if is_scenario else []
    times = {name: row["value"] for name in TIME_PROPERTIES for row in thing.values(name)}
    sentences = [_authored(row, thing.names) for row in authors]
    if is_scenario and not happened_in_its_article(thing, became):
        sentences.append("The article does not report that it happened.")
    when = row_span(times)
    sentences += [f"When: {when.words}."] if when.known else []
    # The name alone would read as if it had happened.
    prefix = f"{', '.join(one_line(thing.names[iri].label) for iri in statuses)}: " if statuses else ""
    names = [f"{prefix[:1].upper()}{prefix[1:]}{name}" for name in names]
    return tuple(CitedPart(name, is_quotation=False, sentences=tuple(sentences), article=article) for name in names[:1])


def _authored(row: Row, names: Names) -> str:
    status, act, source = (one_line(names[row[key].value].label) for key in ("status", "act", "source"))
    return sentence(f"{status[:1].upper()}{status[1:]} {status_author(status, act)} {source}")


def _article(rows: Sequence[Row]) -> CitedArticle | None:
    row = next((row for row in rows if "article" in row), None)
    if row is None:
        return None
    # A `javascript:` address in a graph must not become a link.
    url = row["address"].value if "address" in row and is_web(row["address"].value) else ""
    published = one_line(row["published"].value) if "published" in row else ""
    return CitedArticle(one_line(row.get("title", row["article"]).value), published, url)


def _distinct(rows: Iterable[Row], key: str) -> list[str]:
    return [*dict.fromkeys(row[key].value for row in rows if key in row)]
