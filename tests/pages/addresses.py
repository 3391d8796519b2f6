"""The addresses of every page: by the route that answers them, so that a route without one is found."""

from __future__ import annotations

from collections.abc import Mapping

BASE = "https://w3id.org/communique/data/"
TALKS = "/about/article/haqqani-talks"
WHY = (
    f"/why?subject={BASE}person/ashfaq-parvez-kayani"
    "&predicate=https://w3id.org/communique/ontology%23affiliatedWith"
    f"&value={BASE}organization/pakistan-government"
)
GIST = "SELECT%20%2A%20%7B%20%3Fs%20%3Chttps%3A%2F%2Fw3id.org%2Fcommunique%2Fontology%23gist%3E%20%3Fgist%20%7D"
PAGES: Mapping[str, tuple[str, ...]] = {
    "home.home": ("/",),
    "corpus.articles": ("/articles",),
    "people.people": ("/people", "/people?kind=group"),
    "events.events": ("/events", "/events?kind=unreal"),
    "claims.claims": ("/statements", "/statements?polarity=negative", "/statements?q=qqzz"),
    "disagreements.disagreements": ("/disagreements",),
    "timeline.timeline": ("/timeline", "/timeline?from=2011-10-20T20:00&until=2011-10-21T04:00&kind=event"),
    "vocabulary.schemes": ("/schemes",),
    "vocabulary.ontology": ("/ontology",),
    "vocabulary.relations": ("/ontology/relations",),
    "vocabulary.shapes": ("/shapes",),
    "dataset.dataset": ("/dataset",),
    "search.search": ("/search?q=haqqani", "/search?q=qqzz"),
    "things.about": (
        "/about/person/ashfaq-parvez-kayani",
        "/about/person/ahmed-shuja-pasha",
        "/about/organization/pakistan-government",
        f"{TALKS}/group/pakistanis",
        f"{TALKS}/voice/article",
        "/about/place/islamabad",
        "/about/post/isi-head",
        f"{TALKS}/",
        f"{TALKS}/event/islamabad-talks",
        f"{TALKS}/scenario/breakup-of-the-force",
        f"{TALKS}/statement/official-warns-of-militias",
        f"{TALKS}/topic/haqqani-talks-preconditions",
        f"{TALKS}/passage/2217-2348",
        f"{TALKS}/proposition/brinkmanship",
        "/about?iri=https%3A%2F%2Fw3id.org%2Fcommunique%2Fontology%23Statement",
    ),
    "citations.citation": (f"/cite?iri={BASE}article/haqqani-talks/scenario/breakup-of-the-force",),
    "why.why": (WHY,),
    "examples.examples": ("/examples",),
    "examples.example": ("/examples/30-contradictions",),
    "network.network": ("/network", f"/network?around={BASE}person/ashfaq-parvez-kayani"),
    "network.chain": ("/network/chain?from=clinton&to=kayani",),
    "sparql.by_get": ("/sparql", f"/sparql?query={GIST}"),
    "collections.collections": ("/collections",),
    "collections.disputed": ("/disputed",),
    "collecting.form": (f"/collect?iri={BASE}article/haqqani-talks/statement/official-not-in-our-pocket",),
}
FAULTS = (
    "/nothing",
    "/timeline?from=tomorrow",
    "/network/chain?from=clinton&to=qqzz",
    "/sparql?query=SELECT%20%7B",
)
"""Pages of errors, whose status is not 200."""
ELSEWHERE = {
    "collections.collection": "test_collections.py",
    "collecting.removal_form": "test_collections.py",
    "reconciliation.preview": "test_reconciliation_preview.py",
}
"""Routes of pages that need something collected, or are made for another page's frame, and what tests them."""
OF_DOCUMENTS = {
    "admin.queries",
    "assets.static",
    "citations.card",
    "editor.names",
    "editor.overview",
    "editor.question",
    "editor.terms",
    "editor.things",
    "graphs.dereference",
    "graphs.dump",
    "graphs.read",
    "health.health",
    "health.ready",
    "metrics.metrics",
    "network.graph",
    "openapi.description",
    "reconciliation.by_get",
    "reconciliation.propose",
    "reconciliation.suggest",
    "sparql.describe_updates",
    "void.base",
    "void.describe",
}
"""Routes that answer with data for programs, or lead elsewhere."""
EVERY_PAGE = tuple(address for addresses in PAGES.values() for address in addresses)
OVER_THE_SERIES = (
    "/",
    "/articles",
    "/disagreements",
    "/events?kind=unreal",
    "/timeline",
    "/network",
    "/examples/27-changed-position",
    "/about/occurrence/fire",
    "/about/utterance/fire-was-set",
    "/about/article/ferry-fire/foretold/guards-asked",
)
"""Pages that have more to show over several articles."""
