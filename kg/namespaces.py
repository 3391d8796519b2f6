"""The vocabularies, as closed classes: a misspelt term is an error when it is used, not a triple that nothing finds."""

from __future__ import annotations

from rdflib import Namespace, URIRef
from rdflib.namespace import DefinedNamespace

ONTOLOGY = "https://w3id.org/communique/ontology#"
SCHEME = "https://w3id.org/communique/scheme/"
SHAPES = "https://w3id.org/communique/shapes#"


class CQ(DefinedNamespace):
    """Every class and property of our ontology."""

    _NS = Namespace(ONTOLOGY)
    _fail = True

    Agent: URIRef
    Article: URIRef
    Claim: URIRef
    Event: URIRef
    Group: URIRef
    Happening: URIRef
    Holding: URIRef
    Link: URIRef
    Meeting: URIRef
    Organization: URIRef
    Participation: URIRef
    Passage: URIRef
    Person: URIRef
    Place: URIRef
    Post: URIRef
    Proposition: URIRef
    Scenario: URIRef
    Statement: URIRef
    Voice: URIRef

    about: URIRef
    act: URIRef
    addressee: URIRef
    advises: URIRef
    affiliatedWith: URIRef
    alias: URIRef
    alliedWith: URIRef
    associatedWith: URIRef
    attendee: URIRef
    capacity: URIRef
    certainty: URIRef
    condition: URIRef
    consequence: URIRef
    contradicts: URIRef
    describes: URIRef
    digest: URIRef
    earliestBegin: URIRef
    earliestEnd: URIRef
    envisagedIn: URIRef
    envisagedPlace: URIRef
    evidence: URIRef
    evidenceGrade: URIRef
    form: URIRef
    formerHolder: URIRef
    fragment: URIRef
    gist: URIRef
    hasHolding: URIRef
    hasParticipant: URIRef
    hasParticipation: URIRef
    heldBy: URIRef
    holder: URIRef
    holds: URIRef
    inArticle: URIRef
    incumbent: URIRef
    kind: URIRef
    latestBegin: URIRef
    latestEnd: URIRef
    length: URIRef
    linkObject: URIRef
    linkPredicate: URIRef
    linkSubject: URIRef
    member: URIRef
    memberOf: URIRef
    membersComplete: URIRef
    mention: URIRef
    name: URIRef
    notBefore: URIRef
    occasion: URIRef
    onBehalfOf: URIRef
    opposes: URIRef
    participant: URIRef
    participationIn: URIRef
    partOf: URIRef
    place: URIRef
    polarity: URIRef
    possiblySame: URIRef
    post: URIRef
    postIn: URIRef
    quote: URIRef
    rank: URIRef
    relatedStatement: URIRef
    relayedBy: URIRef
    relays: URIRef
    relaysEventually: URIRef
    respondsTo: URIRef
    resultOf: URIRef
    saidEarliest: URIRef
    saidLatest: URIRef
    says: URIRef
    side: URIRef
    source: URIRef
    sourceInChain: URIRef
    sourceKind: URIRef
    speakingAs: URIRef
    statedIn: URIRef
    status: URIRef
    strengthens: URIRef
    subEventOf: URIRef
    supports: URIRef
    tense: URIRef
    tenure: URIRef
    timeGrade: URIRef
    underCondition: URIRef
    voiceKind: URIRef
    within: URIRef
    withoutStatement: URIRef


class OA(DefinedNamespace):
    """What passages use of the Web Annotation vocabulary."""

    _NS = Namespace("http://www.w3.org/ns/oa#")
    _fail = True

    TextPositionSelector: URIRef

    end: URIRef
    hasSelector: URIRef
    hasSource: URIRef
    start: URIRef


class SCHEMA(DefinedNamespace):
    """What the code itself uses of schema.org, by its https names; the alignments use more."""

    _NS = Namespace("https://schema.org/")
    _fail = True

    Person: URIRef

    name: URIRef
    sameAs: URIRef
    target: URIRef


class SEM(DefinedNamespace):
    """The Simple Event Model, which the code writes a prefix for and the alignments use."""

    _NS = Namespace("http://semanticweb.cs.vu.nl/2009/11/sem/")
    _fail = True
