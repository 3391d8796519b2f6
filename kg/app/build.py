"""`build`: the architecture in code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from rdflib import Graph

from kg.app.corpus import Assembled, Graphs, Knowledge, assemble, corpus_file, knowledge
from kg.app.description import description
from kg.app.examples import Question, read_questions
from kg.app.questions import question_triples
from kg.app.reasoning import USUAL, How, Tell, ignore, inferred
from kg.app.recording import SOFTWARE, kept
from kg.app.verdict import must_be_well_typed, must_conform
from kg.dataset import GraphNames, Owner
from kg.mapping import Corpus, read_corpus
from kg.provenance import Making, provenance
from kg.resources import ontology_folder
from kg.store import Transaction, Version, WritableStore
from kg.validation import ValidationReport, validate


@dataclass(frozen=True)
class Built:
    """What a build came to: the version that is current now, and whether it is a new one."""

    version: Version
    corpus: Corpus
    assembled: Assembled
    inferred: Graph
    report: ValidationReport
    changed: bool = False


def build(
    corpus: Path, store_for: Callable[[GraphNames], WritableStore], how: How = USUAL, tell: Tell = ignore
) -> Built:
    """Make a corpus the store's current version; whatever is wrong with it, the store keeps what it had.

    Clients' own graphs stay, and are inferred from and validated with the rest. MappingError, ContradictionError,
    ShapesViolatedError and UnsupportedAxiomError say what is wrong.
    """
    found, known = read(corpus, how.sources, tell)
    with store_for(found.names).write() as change:
        whole = assemble(found, known, clients_own(change, found.names))
        entailed = inferred(whole.asserted, known.ontology, how, tell)
        report = valid(whole, tell)
        write(change, whole, entailed, how)
        return publish(change, Built(change.base, found, whole, entailed, report), tell)


def read(corpus: Path, sources: Path | None = None, tell: Tell = ignore) -> tuple[Corpus, Knowledge]:
    """Read a corpus, and the ontology and shapes that ship; with `sources`, every passage is held against its text."""
    file = corpus_file(corpus)
    tell(f"Reading the mapping documents of {file}")
    return read_corpus(file, sources), knowledge()


def clients_own(change: Transaction, names: GraphNames) -> Graphs:
    """Return the graphs that belong to clients."""
    return {name: _graph(change, name) for name in change.graphs() if names.owner(name) is Owner.CLIENT}


def checked(whole: Assembled, tell: Tell = ignore) -> ValidationReport:
    """Validate what is asserted in the default graph."""
    tell(f"Validating {len(whole.asserted):,} triples")
    return validate(whole.asserted, whole.knowledge.shapes, whole.knowledge.ontology, whole.locations)


def valid(whole: Assembled, tell: Tell = ignore) -> ValidationReport:
    """Validate, or raise IllTypedLiteralError or ShapesViolatedError with a sentence a fault."""
    must_be_well_typed(whole.asserted)
    report = checked(whole, tell)
    must_conform(report)
    return report


def write(change: Transaction, whole: Assembled, entailed: Graph, how: How) -> None:
    """Replace every graph that is not a client's; graphs of articles that the corpus no longer has are removed."""
    names = whole.names
    for name in change.graphs():
        if names.owner(name) is Owner.BUILD and name not in whole.built:
            change.remove_graph(name, Owner.BUILD)
    for name, graph in whole.built.items():
        change.replace_graph(name, graph, Owner.BUILD)
    record = _provenance(whole, how) + kept(change, names)
    for triple in question_triples(whole.questions, names):
        record.add(triple)
    described = description(whole, entailed, _questions(whole))
    for name, graph in ((names.inferred, entailed), (names.description, described), (names.provenance, record)):
        change.replace_graph(name, graph, Owner.SYSTEM)


def publish(change: Transaction, built: Built, tell: Tell = ignore) -> Built:
    """Commit what has changed; a build that changes nothing makes no version."""
    if not any(each.added or each.removed for each in change.changes().values()):
        return built
    tell("Writing the new version")
    made = change.commit(f"build of {len(built.assembled.built)} graphs")
    return replace(built, version=made, changed=True)


def _graph(change: Transaction, name: str) -> Graph:
    graph = Graph(bind_namespaces="none")
    for triple in change.triples(name):
        graph.add(triple)
    return graph


def _provenance(whole: Assembled, how: How) -> Graph:
    origins = (*whole.united, whole.names.ontology)
    making = Making(whole.about, whole.sources, origins, SOFTWARE, version(SOFTWARE), how.reasoner, how.time)
    return provenance(making, whole.names)


def _questions(whole: Assembled) -> tuple[Question, ...]:
    """Return the corpus's own questions, and the shipped ones that it has none of the name of."""
    shipped = {each.name: each for each in read_questions(ontology_folder() / "questions")}
    own = {each.name: Question(each.name, each.text, each.query) for each in whole.questions}
    return tuple({**shipped, **own}.values())
