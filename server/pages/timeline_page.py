"""The timeline: events and statements on one axis, from years down to hours, by person and side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response

from kg.moments import Moment, of
from server.http.errors import HttpError
from server.http.parameters import Parameters, from_query_string
from server.pages.diagrams import MARGIN, Axis
from server.pages.list_documents import LISTED, listed
from server.pages.page_queries import Asked, Findings, query
from server.pages.page_terms import usable
from server.pages.rendering import page as html
from server.pages.thing_names import sides
from server.pages.timeline_ticks import shifted, ticks
from server.search import Index, indexed
from server.search.time_spans import read, said
from server.search.timeline import Chronicle, Item, Wanted
from server.site import site

bp = Blueprint("timeline", __name__)

KINDS = {"": "events and statements", "event": "events only", "statement": "statements only"}
MOST = 50
"""Items that are drawn at most; a nearer look shows the others."""
UNDATED = 30
"""Items without a date that the page itself lists of each kind."""
COLUMNS = 60
"""Columns of the strip that shows how much lies where in the whole."""
LEAST = timedelta(minutes=10)
LEAST_SECONDS = 600
"""The shortest stretch that the axis shows."""
PEOPLE = 100
"""Names that the field for a person offers."""


@dataclass(frozen=True)
class View:
    """What a request asks to see: the part that is wanted, and the two moments between which it lies."""

    wanted: Wanted
    first: Moment | None = None
    last: Moment | None = None

    def address(self, first: datetime | None = None, last: datetime | None = None) -> str:
        """Return the address of the same part between two other moments; without them, of all of it."""
        asked = {"person": self.wanted.person, "side": self.wanted.side, "kind": self.wanted.kind}
        told = {**asked, "from": _spelled(first), "until": _spelled(last)}
        pairs = urlencode({key: value for key, value in told.items() if value}, safe=":/")
        return f"/timeline?{pairs}" if pairs else "/timeline"


@dataclass(frozen=True)
class Column:
    """A column of the strip: where it stands in it, and how high it is, both in hundredths."""

    x: float
    height: float


@bp.get("/timeline")
def timeline() -> Response:
    """Answer with what has a place in time, as a page, as rows, or as triples."""
    index = indexed()
    view = _view(from_query_string(), index.chronicle)
    title, text = query("timeline")
    rows, current = _narrowed(text, view), site().store.current()
    return listed(lambda: _page(index, view, Asked(title, rows, [])), rows, "item", current)


def _view(parameters: Parameters, whole: Chronicle) -> View:
    kind = parameters.one("kind") or ""
    if kind not in KINDS:
        raise HttpError(400, f"The parameter 'kind' is '{kind}': expected one of {', '.join(filter(None, KINDS))}.")
    side = parameters.one("side") or ""
    if side and not usable(side):
        raise HttpError(400, f"The parameter 'side' is '{side}': expected the IRI of a side.")
    wanted = Wanted(_person((parameters.one("person") or "").strip(), whole), side, kind)
    first, last = (_moment(parameters, key) for key in ("from", "until"))
    if first and last and first >= last:
        raise HttpError(
            400, f"The parameter 'until' is '{_spelled(last.clock)}': expected a moment after {_spelled(first.clock)}."
        )
    return View(wanted, first, last)


def _person(asked: str, whole: Chronicle) -> str:
    if not asked or asked in whole.names or ("/" in asked and usable(asked)):
        return asked
    words = asked.casefold()
    exact = (iri for iri, name in whole.names.items() if name.casefold() == words)
    found = next(exact, None) or next((iri for iri, name in whole.names.items() if words in name.casefold()), None)
    if found is None:
        raise HttpError(404, f"The parameter 'person' is '{asked}': expected the name or IRI of somebody in it.")
    return found


def _moment(parameters: Parameters, key: str) -> Moment | None:
    asked = parameters.one(key)
    found = read(_written(asked)) if asked else None
    if asked and found is None:
        raise HttpError(400, f"The parameter '{key}' is '{asked}': expected a date, as 2011-10-20 or 2011-10-20T22:00.")
    return found


def _written(asked: str) -> str:
    """Return a moment as it was meant: a form's space for the T, and a plus that the address lost."""
    day, _, rest = asked.strip().replace("T", " ").partition(" ")
    return f"{day}T{rest.replace(' ', '+')}" if rest else day


def _narrowed(text: str, view: View) -> str:
    """Return the query for the items of a view alone."""
    wanted = view.wanted
    tests = [f'FILTER(?kind = "{wanted.kind}")'] if wanted.kind else []
    if wanted.person:
        took = f"?part cq:participationIn ?item ; cq:participant <{wanted.person}>"
        said = f"?item cq:source|cq:addressee|cq:onBehalfOf <{wanted.person}>"
        tests.append(f"FILTER EXISTS {{ {{ {took} }} UNION {{ {said} }} }}")
    if wanted.side:
        took = f"?part cq:participationIn ?item ; cq:side <{wanted.side}>"
        said = f"?item cq:source/(cq:affiliatedWith|cq:memberOf)? <{wanted.side}>"
        tests.append(f"FILTER EXISTS {{ {{ {took} }} UNION {{ {said} }} }}")
    if view.first or view.last:
        tests.append("BIND(COALESCE(?earliestBegin, ?latestBegin, ?earliestEnd, ?latestEnd) AS ?opening)")
        tests.append("BIND(COALESCE(?latestEnd, ?earliestEnd, ?latestBegin, ?earliestBegin) AS ?closing)")
    tests += [f"FILTER({_in_utc('?closing')} >= {_literal(view.first)})"] if view.first else []
    tests += [f"FILTER({_in_utc('?opening')} <= {_literal(view.last)})"] if view.last else []
    head, _, tail = text.rpartition("}")
    return "\n  ".join((head.rstrip(), *tests)) + "\n}" + tail


def _page(index: Index, view: View, asked: Asked) -> Response:
    findings, whole = Findings(index.version), index.chronicle
    part = whole.part(view.wanted)
    extent = _extent(part.dated)
    first, last = _window(view, extent)
    line = Axis(first, last)
    there = part.within(view.first or extent[0], view.last or extent[1])  # the axis may be longer
    letters = sides(findings.version)
    findings.asked.append(asked)
    values: dict[str, Any] = {
        "view": view,
        "kinds": KINDS,
        "people": [*whole.names.items()][:PEOPLE],
        "person_name": whole.names.get(view.wanted.person, view.wanted.person),
        "parties": [*letters],
        "axis": line,
        "marks": [
            (tick, line.at(of(tick.start)), line.at(of(tick.end)) - line.at(of(tick.start)))
            for tick in ticks(first.clock, last.clock)
        ],
        "window": f"{_said(first)} to {_said(last)}",
        "offsets": any(moment.offset is not None for each in there for moment in each.span.known),
        "rows": [(each, line.bar(each.span), _letter(whole, each, letters)) for each in there[:MOST]],
        "number": len(there),
        "total": len(part.dated),
        "moves": _moves(view, first.clock, last.clock),
        "strip": _strip(part.dated, extent, (first, last)),
        "undated": [(kind, words, [each for each in part.undated if each.kind == kind]) for kind, words in UNPLACED],
        "undated_shown": UNDATED,
    }
    shown = [each for _, _, items in values["undated"] for each in items[:UNDATED]]
    findings.also(each.iri for each in (*there[:MOST], *shown))
    findings.also(each.occasion for each in there[:MOST] if each.occasion)
    return html("timeline.html", findings, LISTED, **values)


UNPLACED = (("event", "Events"), ("statement", "Statements"))


def _letter(whole: Chronicle, item: Item, letters: Mapping[str, str]) -> str:
    """Return the letter of the one side that an item is of; nothing where both are in it, or neither."""
    found = {letters[each] for each in whole.sides.get(item.iri, ()) if each in letters}
    return found.pop() if len(found) == 1 else ""


def _said(when: Moment) -> str:
    return said(Moment(when.seconds))


def _extent(items: tuple[Item, ...]) -> tuple[Moment, Moment]:
    """Return the first and the last moment of all; the present year where there is none."""
    if not items:
        return of(datetime(2000, 1, 1, tzinfo=UTC)), of(datetime(2001, 1, 1, tzinfo=UTC))
    return min(each.ends[0] for each in items), max(each.ends[1] for each in items)


def _window(view: View, extent: tuple[Moment, Moment]) -> tuple[Moment, Moment]:
    first, last = view.first or extent[0], view.last or extent[1]
    short = LEAST_SECONDS - (last.seconds - first.seconds)
    if short > 0:
        first, last = Moment(first.seconds - Fraction(short) / 2), Moment(last.seconds + Fraction(short) / 2)
    return first, last


def _moves(view: View, first: datetime, last: datetime) -> list[tuple[str, str, str]]:
    """Return where one can go from here: the name, the words and the address of each move."""
    length = last - first
    moves = [
        ("earlier", "Earlier", (shifted(first, -length / 2), shifted(last, -length / 2))),
        ("in", "Zoom in", (shifted(first, length / 4), shifted(last, -length / 4))),
        ("out", "Zoom out", (shifted(first, -length / 2), shifted(last, length / 2))),
        ("later", "Later", (shifted(first, length / 2), shifted(last, length / 2))),
    ]
    kept = [each for each in moves if each[2][1] - each[2][0] >= LEAST]
    told = [(name, words, view.address(*window)) for name, words, window in kept]
    return [*told, ("whole", "Everything", view.address())]


@dataclass(frozen=True)
class Strip:
    """How much lies where in the whole, and which part of it is looked at, in hundredths."""

    columns: tuple[Column, ...]
    start: float
    width: float


def _strip(items: tuple[Item, ...], extent: tuple[Moment, Moment], window: tuple[Moment, Moment]) -> Strip:
    first, length = extent[0].seconds, max(LEAST_SECONDS, extent[1].seconds - extent[0].seconds)
    counts = [0] * COLUMNS
    for each in items:
        a, b = (min(COLUMNS - 1, int((end.seconds - first) / length * COLUMNS)) for end in each.ends)
        for place in range(a, b + 1):
            counts[place] += 1
    most = max(counts, default=0) or 1
    columns = (Column(_placed(n / COLUMNS), round(100 * count / most, 1)) for n, count in enumerate(counts))
    start, end = (_placed(min(1.0, max(0.0, float((each.seconds - first) / length)))) for each in window)
    return Strip(tuple(each for each in columns if each.height), round(start, 2), round(max(1.0, end - start), 2))


def _placed(share: float) -> float:
    """Return where a share of the whole stands, in hundredths: as on the axis, when that shows the whole."""
    return round(MARGIN + (100 - 2 * MARGIN) * share, 2)


def _spelled(when: datetime | None) -> str:
    return when.replace(tzinfo=None).isoformat(timespec="minutes") if when else ""


def _in_utc(variable: str) -> str:
    """Return a moment that has an offset, for SPARQL does not compare one that has with one that has none."""
    dated = f'STRDT(CONCAT(STR(<http://www.w3.org/2001/XMLSchema#dateTime>({variable})), "Z"), <http://www.w3.org/2001/XMLSchema#dateTime>)'
    return f'IF(TZ({variable}) = "", {dated}, {variable})'


def _literal(when: Moment) -> str:
    return f'"{when}"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
