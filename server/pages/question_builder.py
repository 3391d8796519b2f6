"""Writes the query of a question that is put in three boxes: who; did or said what; about or where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kg.act_words import participle
from kg.namespaces import CQ, SCHEME
from kg.sparql.query_terms import is_usable_iri
from server.http.errors import invalid_parameter
from server.http.parameters import Parameters
from server.pages.thing_names import names_of
from server.search import Index
from server.search.text_search import fold
from server.search.tsv_cells import iri

AGENT_KINDS = ("person", "organization", "group", "voice")
"""Kinds of those who can say or do something, in words."""
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
    boxes = {
        "who": named_thing(parameters, "who", index, AGENT_KINDS),
        "where": named_thing(parameters, "where", index),
    }
    deeds = _deeds(parameters.get("what") or "", concepts)
    parts = [_part(scheme, boxes | {"what": (iris, "")}) for scheme, iris in deeds.items()]
    title = (
        "; ".join(filter(None, (boxes["who"][1], parameters.get("what"), boxes["where"][1]))) or "Who did or said what?"
    )
    return TEMPLATE.format(title=" ".join(title.split()), cq=CQ, body="\n  UNION\n".join(parts))


def _part(scheme: str, boxes: Mapping[str, tuple[str, str]]) -> str:
    patterns = PATTERNS[scheme]
    conditions = (patterns[box].format(terms) for box, (terms, _) in boxes.items() if terms)
    return "\n".join(("  {", f"    {patterns['']}", *(f"    {condition}" for condition in conditions), "  }"))


def named_thing(parameters: Parameters, box: str, index: Index, kinds: Collection[str] = ()) -> tuple[str, str]:
    """Return the IRI, in SPARQL syntax, and the name of what a box names best; nothing for an empty box.

    Raises HttpError 400 if nothing has the name.
    """
    words = (parameters.get(box) or "").strip()
    if not words:
        return "", ""
    candidates = (
        [words]
        if is_usable_iri(words)
        else [iri(hit.thing) for hit in index.texts.search(words, names_only="statement" not in kinds).hits]
    )
    names = names_of(candidates, index.version)
    # A capital that stands for a government is an alias of it: what is called so by its own name comes first.
    for thing in sorted(candidates, key=lambda thing: fold(names[thing].label) != fold(words)):
        if not kinds or names[thing].kind in kinds:
            return f"<{thing}>", names[thing].label
    raise invalid_parameter(box, words, "a name that something in the graph has")


def _deeds(words: str, concepts: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return the acts and the kinds of happening that words name, by scheme; both schemes, with none, for no words."""
    if not words.strip():
        return {SAID: "", DONE: ""}
    deeds: dict[str, str] = {}
    for concept in concepts:
        scheme, label = concept.get("scheme", ""), concept["label"]
        if scheme in PATTERNS and fold(words) in (fold(label), fold(participle(label))):
            deeds[scheme] = f"<{concept['iri']}>"
    if not deeds:
        raise invalid_parameter("what", words, "an act or a kind of happening, such as deny or visit")
    return deeds
