"""Writes the query of a question that is put in three boxes: who; did or said what; about or where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from kg.act_words import participle, past_tense
from kg.namespaces import CQ, SCHEME
from kg.sparql.query_terms import is_usable_iri
from server.http.errors import invalid_parameter
from server.http.parameters import Parameters
from server.pages.thing_names import Name, names_of
from server.search import Index
from server.search.search_words import fold
from server.search.text_search import SearchHit
from server.search.tsv_cells import iri, text

BOXES = ("who", "what", "where")
"""The parameters that hold what is asked, in the address of the answer too."""
AGENT_KINDS = ("person", "organization", "group", "voice")
"""Kinds of those who can say or do something, in words."""
THING_BOXES: Mapping[str, Collection[str]] = {"who": AGENT_KINDS, "where": ()}
"""The boxes that hold a name, each with the kinds of things that may have it; none if all may."""
SAID, DONE = f"{SCHEME}act", f"{SCHEME}event-kind"
"""The schemes of what can be said and of what can be done."""
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
"""What is asked of each, and what each box adds; a side is somebody and whoever speaks for or belongs to them."""
DEED_FORMS: Mapping[tuple[str, ...], tuple[str, str]] = {
    ("say", "says", "said"): (SAID, ""),
    ("do", "does", "did", "take part", "took part"): (DONE, ""),
    ("meet", "meets", "met", "met with", "meeting"): (DONE, "?what a cq:Meeting ."),
}
"""Words for no single concept, with the scheme and the condition of what they ask for."""
GENERAL_DEEDS: Mapping[str, Mapping[str, str]] = {
    words: {scheme: condition} for forms, (scheme, condition) in DEED_FORMS.items() for words in forms
}
"""What words for no single concept ask for, by scheme, as a condition; empty for whatever somebody says or does."""
TEMPLATE = """# {title}
PREFIX cq: <{cq}>

SELECT DISTINCT ?who ?does ?what WHERE {{
{body}
}}
ORDER BY ?who ?what
LIMIT 1000
"""


def question_query(parameters: Parameters, index: Index, concepts: Iterable[Mapping[str, str]]) -> str:
    """Return the query of what the boxes `who`, `what` and `where` hold.

    Raises HttpError 400 if nothing has the name in a box.
    """
    boxes = {box: named_thing(parameters, box, index, kinds) for box, kinds in THING_BOXES.items()}
    deeds = _deeds(parameters.get("what") or "", concepts)
    parts = [_part(scheme, boxes, condition) for scheme, condition in deeds.items()]
    title = (
        "; ".join(filter(None, (boxes["who"][1], parameters.get("what"), boxes["where"][1]))) or "Who did or said what?"
    )
    return TEMPLATE.format(title=" ".join(title.split()), cq=CQ, body="\n  UNION\n".join(parts))


def deed_words(concepts: Iterable[Mapping[str, str]]) -> list[str]:
    """Return the words that the box `what` offers: what can be said and done, and words for whatever is."""
    labels = (concept["label"] for concept in concepts if concept.get("scheme") in PATTERNS)
    return sorted({forms[0] for forms in DEED_FORMS} | {*labels})


def _part(scheme: str, boxes: Mapping[str, tuple[str, str]], deed: str) -> str:
    patterns = PATTERNS[scheme]
    conditions = [patterns[box].format(terms) for box, (terms, _) in boxes.items() if terms]
    lines = [patterns[""], *conditions, *filter(None, [deed])]
    return "\n".join(("  {", *(f"    {line}" for line in lines), "  }"))


def named_thing(parameters: Parameters, box: str, index: Index, kinds: Collection[str] = ()) -> tuple[str, str]:
    """Return the IRI, in SPARQL syntax, and the name of what a box names best; nothing for an empty box.

    Raises HttpError 400 if nothing has the name.
    """
    words = (parameters.get(box) or "").strip()
    if not words:
        return "", ""
    for thing, name in _things_named(words, index, kinds).items():
        return f"<{thing}>", name.label
    raise invalid_parameter(box, words, "a name that something in the graph has")


def namesakes(parameters: Parameters, index: Index) -> dict[str, dict[str, Name]]:
    """Return by box what else is called as it says, the thing that is asked of first; not where nothing else is."""
    by_box = {}
    for box, kinds in THING_BOXES.items():
        words = (parameters.get(box) or "").strip()
        things = _things_named(words, index, kinds) if words else {}
        called = {iri(hit.thing) for hit in _hits(words, index, kinds) if fold(text(hit.text.cell)) == fold(words)}
        alike = {thing: name for number, (thing, name) in enumerate(things.items()) if not number or thing in called}
        if len(alike) > 1:
            by_box[box] = alike
    return by_box


def _things_named(words: str, index: Index, kinds: Collection[str]) -> dict[str, Name]:
    """Return the things that words name, with their names, the best first."""
    candidates = [words] if is_usable_iri(words) else [iri(hit.thing) for hit in _hits(words, index, kinds)]
    names = names_of(candidates, index.version)
    # A capital that stands for a government is an alias of it: what is called so by its own name comes first.
    ordered = sorted(candidates, key=lambda thing: fold(names[thing].label) != fold(words))
    return {thing: names[thing] for thing in ordered if not kinds or names[thing].kind in kinds}


def _hits(words: str, index: Index, kinds: Collection[str]) -> Sequence[SearchHit]:
    return [] if is_usable_iri(words) else index.texts.search(words, names_only="statement" not in kinds).hits


def _deeds(words: str, concepts: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    """Return the conditions that words for an act or a kind of happening ask for, by scheme; no words ask for both."""
    folded = " ".join(fold(words).split())
    if not folded:
        return {SAID: "", DONE: ""}
    if folded in GENERAL_DEEDS:
        return GENERAL_DEEDS[folded]
    deeds: dict[str, str] = {}
    for concept in concepts:
        scheme, label = concept.get("scheme", ""), concept["label"]
        if scheme in PATTERNS and folded in _forms(label):
            deeds[scheme] = PATTERNS[scheme]["what"].format(f"<{concept['iri']}>")
    if not deeds:
        raise invalid_parameter("what", words, "an act or a kind of happening, such as deny, visit, say or meet")
    return deeds


def _forms(label: str) -> set[str]:
    """Return the forms of a verb by which it is found: as a label has it, of the past, and of the third person."""
    third = (
        f"{label[:-1]}ies" if label.endswith("y") else f"{label}{'es' if label.endswith(('s', 'sh', 'ch')) else 's'}"
    )
    return {" ".join(fold(form).split()) for form in (label, participle(label), past_tense(label), third)}
