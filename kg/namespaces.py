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
    ForetoldStatement: URIRef
    Group: URIRef
    Happening: URIRef
    Holding: URIRef
    Link: URIRef
    Meeting: URIRef
    Occurrence: URIRef
    Organization: URIRef
    Participation: URIRef
    Passage: URIRef
    Person: URIRef
    Place: URIRef
    Post: URIRef
    Proposition: URIRef
    QuotedRun: URIRef
    Scenario: URIRef
    Statement: URIRef
    Utterance: URIRef
    Voice: URIRef

    about: URIRef
    accountOf: URIRef
    act: URIRef
    addressee: URIRef
    advises: URIRef
    affiliatedWith: URIRef
    after: URIRef
    alias: URIRef
    alliedWith: URIRef
    asOf: URIRef
    associatedWith: URIRef
    attendee: URIRef
    attributedTo: URIRef
    before: URIRef
    byWordOf: URIRef
    callsOff: URIRef
    capacity: URIRef
    certainty: URIRef
    condition: URIRef
    confirms: URIRef
    consequence: URIRef
    contentSpan: URIRef
    contradicts: URIRef
    count: URIRef
    countAtLeast: URIRef
    countAtMost: URIRef
    cueSpan: URIRef
    deniesHappening: URIRef
    describes: URIRef
    digest: URIRef
    during: URIRef
    earliestBegin: URIRef
    earliestBeginGrade: URIRef
    earliestEnd: URIRef
    earliestEndGrade: URIRef
    encloses: URIRef
    envisagedIn: URIRef
    envisagedPlace: URIRef
    evidence: URIRef
    evidenceGrade: URIRef
    foretells: URIRef
    foretoldBy: URIRef
    form: URIRef
    formerHolder: URIRef
    fragment: URIRef
    gist: URIRef
    hasAccount: URIRef
    hasHolding: URIRef
    hasParticipant: URIRef
    hasParticipation: URIRef
    hasTelling: URIRef
    heldBy: URIRef
    holder: URIRef
    holds: URIRef
    identifiedAs: URIRef
    inArticle: URIRef
    incumbent: URIRef
    insertion: URIRef
    insertionSpan: URIRef
    kind: URIRef
    knownFrom: URIRef
    knownUntil: URIRef
    latestBegin: URIRef
    latestBeginGrade: URIRef
    latestEnd: URIRef
    latestEndGrade: URIRef
    leavesUnanswered: URIRef
    length: URIRef
    linkObject: URIRef
    linkPredicate: URIRef
    linkSubject: URIRef
    makesMoot: URIRef
    meets: URIRef
    member: URIRef
    memberOf: URIRef
    membersComplete: URIRef
    mention: URIRef
    misquotes: URIRef
    name: URIRef
    notBefore: URIRef
    occasion: URIRef
    ofKind: URIRef
    onBehalfOf: URIRef
    opposes: URIRef
    outcome: URIRef
    outcomeOf: URIRef
    participant: URIRef
    participationIn: URIRef
    partOf: URIRef
    place: URIRef
    polarity: URIRef
    possiblySame: URIRef
    post: URIRef
    postIn: URIRef
    published: URIRef
    quotationSpan: URIRef
    quote: URIRef
    quotedRun: URIRef
    quotedSpan: URIRef
    rank: URIRef
    realizes: URIRef
    refuses: URIRef
    relatedStatement: URIRef
    relayedBy: URIRef
    relays: URIRef
    relaysEventually: URIRef
    respondsTo: URIRef
    resultOf: URIRef
    revises: URIRef
    runExtent: URIRef
    runNumber: URIRef
    runSpan: URIRef
    saidEarliest: URIRef
    saidEarliestGrade: URIRef
    saidLatest: URIRef
    saidLatestGrade: URIRef
    saidWhen: URIRef
    says: URIRef
    side: URIRef
    since: URIRef
    source: URIRef
    sourceInChain: URIRef
    sourceKind: URIRef
    sourceSpan: URIRef
    speakingAs: URIRef
    statedIn: URIRef
    status: URIRef
    statusBy: URIRef
    strengthens: URIRef
    subEventOf: URIRef
    supports: URIRef
    tellingOf: URIRef
    tense: URIRef
    tenure: URIRef
    timeGrade: URIRef
    timeWords: URIRef
    underCondition: URIRef
    until: URIRef
    utcOffset: URIRef
    voiceKind: URIRef
    when: URIRef
    withdraws: URIRef
    within: URIRef
    withoutStatement: URIRef
    wouldBeSaidBy: URIRef
    wouldBeSaidTo: URIRef
    wouldSay: URIRef


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
