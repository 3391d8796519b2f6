"""Writes the query of a question that is asked in three boxes: who; did or said what; about or where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from flask import g

from kg.act_words import participle, past_tense
from kg.namespaces import SCHEME
from kg.sparql.query_terms import is_usable_iri
from server.http.errors import invalid_parameter
from server.http.parameters import Parameters
from server.pages.queried_data.select_queries import load_query
from server.pages.queried_data.thing_names import Name, names_of
from server.search.search_words import fold
from server.search.tsv_cells import iri, text
from server.search.version_index import Index

# Also parameters of the address of an answer.
BOXES = ("who", "what", "where")
AGENT_KINDS = ("person", "organization", "group", "voice")
"""The kinds of agents that can say or do something, in words."""
THING_BOXES: Mapping[str, Collection[str]] = {"who": AGENT_KINDS, "where": ()}
"""The boxes that hold a name, each with the kinds of things that may have it; empty for all kinds."""
SAID, DONE = f"{SCHEME}act", f"{SCHEME}event-kind"
"""The schemes of what can be said and of what can be done."""
# The query of each, and what each box adds; a side is an agent with whoever speaks for or belongs to it.
PATTERNS = {
    SAID: {
        "": "?what a cq:Statement ; cq:source ?who ; cq:act ?does .",
        "who": "?what cq:sourceSide {} .",
        "what": "VALUES ?does {{ {} }}",
        "where": "{{ ?what cq:about {0} }} UNION {{ ?what cq:occasion/cq:place {0} }}",
    },
    DONE: {
        "": "?what a cq:Event . ?part cq:participationIn ?what ; cq:participant ?who ; cq:capacity ?does .",
        "who": "?part cq:participantSide {} .",
        "what": "?what cq:ofKind {} .",
        "where": "{{ ?what cq:place {0} }} UNION {{ ?what cq:hasParticipant {0} }} UNION {{ ?what cq:about {0} }}",
    },
}
DEED_FORMS: Mapping[tuple[str, ...], tuple[str, str]] = {
    ("say", "says", "said"): (SAID, ""),
    ("do", "does", "did", "take part", "took part"): (DONE, ""),
    ("meet", "meets", "met", "met with", "meeting"): (DONE, "?what a cq:Meeting ."),
}
"""Words that are no single concept, each with the scheme and the condition that they stand for."""
# A thing with exactly this name is among the first hits; the names of this many are one query.
MAX_CANDIDATES = 500


@dataclass(frozen=True)
class NamedThing:
    """A thing that words name, and whether one of its names is exactly these words."""

    iri: str
    name: Name
    is_called_so: bool


def question_query(parameters: Parameters, index: Index, concepts: Iterable[Mapping[str, str]]) -> str:
    """Return the query for the contents of the boxes `who`, `what` and `where`.

    Raises HttpError 400 if nothing has the name in a box.
    """
    boxes = {box: named_thing(parameters, box, index, kinds) for box, kinds in THING_BOXES.items()}
    deeds = _deeds(parameters.get("what") or "", concepts)
    parts = [_part(scheme, boxes, condition) for scheme, condition in deeds.items()]
    title = (
        "; ".join(filter(None, (boxes["who"][1], parameters.get("what"), boxes["where"][1]))) or "Who did or said what?"
    )
    _, text = load_query("who-did-what", patterns="\n  UNION\n".join(parts))
    return f"# {' '.join(title.split())}\n{text}"


def deed_words(concepts: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the words that the box `what` offers: what can be said and done, and words for any of it."""
    labels = (concept["label"] for concept in concepts if concept.get("scheme") in PATTERNS)
    return sorted({forms[0] for forms in DEED_FORMS} | {*labels})


def _part(scheme: str, boxes: Mapping[str, tuple[str, str]], deed: str) -> str:
    patterns = PATTERNS[scheme]
    conditions = [patterns[box].format(terms) for box, (terms, _) in boxes.items() if terms]
    lines = [patterns[""], *conditions, *filter(None, [deed])]
    return "\n".join(("  {", *(f"    {line}" for line in lines), "  }"))


def named_thing(parameters: Parameters, box: str, index: Index, kinds: Collection[str] = ()) -> tuple[str, str]:
    """Return the IRI, in SPARQL syntax, and the name of the thing that a box names best; both empty for an empty box.

    Raises HttpError 400 if nothing has the name.
    """
    words = (parameters.get(box) or "").strip()
    if not words:
        return "", ""
    for thing in _candidates(words, index, kinds):
        return f"<{thing.iri}>", thing.name.label
    raise invalid_parameter(box, words, "a name that something in the graph has")


def namesakes(parameters: Parameters, index: Index) -> dict[str, dict[str, Name]]:
    """Return, by box, the thing that it names and others with exactly that name; boxes without others are left out."""
    by_box = {}
    for box, kinds in THING_BOXES.items():
        candidates = _candidates((parameters.get(box) or "").strip(), index, kinds)
        alike = {thing.iri: thing.name for thing in candidates if thing is candidates[0] or thing.is_called_so}
        if len(alike) > 1:
            by_box[box] = alike
    return by_box


def _candidates(words: str, index: Index, kinds: Collection[str]) -> list[NamedThing]:
    """Return the things that words name, best first; looked up once per request."""
    known: dict[object, list[NamedThing]] = g.setdefault("named_things", {})
    if (words, kinds) not in known:
        known[words, kinds] = _named_things(words, index, kinds) if words else []
    return known[words, kinds]


def _named_things(words: str, index: Index, kinds: Collection[str]) -> list[NamedThing]:
    if is_usable_iri(words):
        called = {words: True}
    else:
        hits = index.texts.search(words, names_only="statement" not in kinds).hits[:MAX_CANDIDATES]
        called = {iri(hit.thing): fold(text(hit.cell)) == fold(words) for hit in hits}
    names = names_of(called, index.version)
    things = [NamedThing(thing, names[thing], is_called_so) for thing, is_called_so in called.items()]
    # A capital that stands for a government is an alias of it: things with the words as their own name come first.
    things.sort(key=lambda thing: fold(thing.name.label) != fold(words))
    return [thing for thing in things if not kinds or thing.name.kind in kinds]


def _deeds(words: str, concepts: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    """Return the conditions for words for an act or a kind of happening, by scheme; without words, for both schemes."""
    folded = " ".join(fold(words).split())
    if not folded:
        return {SAID: "", DONE: ""}
    for forms, (scheme, condition) in DEED_FORMS.items():
        if folded in forms:
            return {scheme: condition}
    deeds: dict[str, str] = {}
    for concept in concepts:
        scheme, label = concept.get("scheme", ""), concept["label"]
        if scheme in PATTERNS and folded in _forms(label):
            deeds[scheme] = PATTERNS[scheme]["what"].format(f"<{concept['iri']}>")
    if not deeds:
        raise invalid_parameter("what", words, "an act or a kind of happening, such as deny, visit, say or meet")
    return deeds


def _forms(label: str) -> set[str]:
    """Return the forms of a verb that match it: as in its label, in the past tense, and in the third person."""
    third = (
        f"{label[:-1]}ies" if label.endswith("y") else f"{label}{'es' if label.endswith(('s', 'sh', 'ch')) else 's'}"
    )
    return {" ".join(fold(form).split()) for form in (label, participle(label), past_tense(label), third)}
