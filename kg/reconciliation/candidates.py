"""Candidates for a thing in other data among ours, scored by their names and by what else is known about both.

Each agreement moves the score a share of the way to 100, and each contradiction takes a share away. Scores rank
candidates and are explained by their evidence; they are not probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.reconciliation.known_things import KnownThing
from kg.reconciliation.name_likeness import NameIndex, folded_name, folded_words, likeness

SAME_NAME = 100.0
"""The likeness of names that are equal when folded."""
LEAST_SCORE = 60.0
"""The minimum score of suggested candidates."""
DEFAULT_CANDIDATES = 5
POST_SHARE, NEIGHBOUR_SHARE, DATE_SHARE = 0.4, 0.3, 0.2
"""The share of the way to 100 by which an agreement raises the score."""
CONTRADICTION_SHARE = 0.3
"""The share of the score that a contradiction takes away."""
MAX_NEIGHBOURS = 2
"""The maximum number of common neighbours that count."""
SAME_LIKENESS = 88.0
"""The minimum likeness for two names of posts or neighbours to count as the same."""
MATCH_SCORE, MATCH_DISTANCE = 95.0, 10.0
"""The minimum score of a match, and its minimum distance to every other candidate."""
PROPERTIES_SCORE = 75.0
"""The score of a thing with all requested properties if no name is requested."""
NO_START = 2
LEAST_WORDS_OF_A_PART = 2
"""The minimum number of words in a name that counts as part of a longer one."""
YEAR_DIGITS = 4


@dataclass(frozen=True)
class NamedThing:
    """A thing in other data, with its properties there."""

    identifier: str
    names: tuple[str, ...]
    kind: str = ""
    """The name of its class in our data (`person`); empty if unknown."""
    posts: tuple[str, ...] = ()
    begin: str = ""
    """The first year or day of its existence or post, such as 2011 or 2011-10-21; empty if unknown."""
    end: str = ""
    neighbours: tuple[str, ...] = ()
    """The names of what it belongs to and of people whom it knows."""
    place: str = ""
    """Its location for the user: a file and line."""
    description: str = ""


@dataclass(frozen=True)
class Evidence:
    """One reason for a score: a word for what was compared, a sentence, and the change of the score."""

    kind: str
    sentence: str
    change: float


@dataclass(frozen=True)
class Candidate:
    """A thing of ours that may be the same, with the reasons."""

    thing: KnownThing
    score: float
    evidence: tuple[Evidence, ...]
    likeness: float
    """The likeness of the names only, from 0 to 100."""
    name: str = ""
    """The most similar name in the other data."""

    @property
    def has_very_name(self) -> bool:
        """Return whether the names are the same; a person's surname alone does not count, since others may have it."""
        folded = folded_name(self.name)
        is_part = self.thing.kind == "person" and " " not in folded and folded != folded_name(self.thing.name)
        return self.likeness == SAME_NAME and not is_part


class Reconciler:
    """Finds candidates among the things of one version."""

    def __init__(self, things: Mapping[str, KnownThing]) -> None:
        self.things = things
        self.index = NameIndex((name, thing.iri) for thing in things.values() for name in thing.names)

    def beginning(self, prefix: str) -> list[KnownThing]:
        """Return things with a name, or a word in one, that begins with a prefix; whole names first, by length."""
        start = folded_name(prefix)
        ranked = [
            (rank, len(thing.name), thing.iri)
            for thing in self.things.values()
            if (rank := min(_rank_of_start(start, folded_name(name)) for name in thing.names)) < NO_START
        ]
        return [self.things[iri] for _, _, iri in sorted(ranked)]

    def holding(self, named: NamedThing, kinds: Collection[str] = ()) -> list[Candidate]:
        """Return the things with all properties of a thing without a name, sorted by IRI."""
        # Begin and end count once, because `_reasons` has one reason for both.
        number = len(named.posts) + len(named.neighbours) + bool(named.begin)
        candidates = []
        for thing in self.things.values():
            reasons = [
                Evidence(kind, text, PROPERTIES_SCORE) for kind, text, share in _reasons(named, thing) if share > 0
            ]
            if len(reasons) >= number > 0 and (not kinds or thing.kind in kinds):
                candidates.append(Candidate(thing, PROPERTIES_SCORE, tuple(reasons), 0.0))
        return sorted(candidates, key=lambda candidate: candidate.thing.iri)

    def candidates(
        self, named: NamedThing, limit: int = DEFAULT_CANDIDATES, kinds: Collection[str] = ()
    ) -> list[Candidate]:
        """Return candidates, best first, optionally of some kinds only."""
        likest: dict[str, tuple[float, str]] = {}
        for name in named.names:
            for iri, score in self.index.search(name).items():
                likest[iri] = max((score, name), likest.get(iri, (0.0, "")))
        kinds = kinds or ((named.kind,) if named.kind else ())
        weighed = [
            weigh(named, self.things[iri], score, name)
            for iri, (score, name) in likest.items()
            if not kinds or self.things[iri].kind in kinds
        ]
        # Weighed before the weaker ones are dropped, since other evidence may lift them over the limit.
        ranked = sorted(weighed, key=lambda candidate: (-candidate.score, candidate.thing.iri))
        return [candidate for candidate in ranked if candidate.score >= LEAST_SCORE][:limit]


def is_match(candidates: Sequence[Candidate]) -> bool:
    """Return whether the first candidate has the same name, no contradictions, and no close rival."""
    if not candidates:
        return False
    first, rival = candidates[0], candidates[1].score if len(candidates) > 1 else 0.0
    is_sure = first.has_very_name and first.score >= MATCH_SCORE
    return is_sure and rival <= first.score - MATCH_DISTANCE and all(reason.change >= 0 for reason in first.evidence)


def weigh(named: NamedThing, thing: KnownThing, name_score: float, name: str) -> Candidate:
    """Return a thing as a candidate, with its score adjusted by each reason."""
    # Sorted, since names are a set: of two equally similar ones, each run should choose the same.
    likest = max(sorted(thing.names), key=lambda known: likeness(folded_name(name), folded_name(known)))
    how = "is" if name_score == SAME_NAME else "is like"
    evidence = [Evidence("name", f"“{name}” {how} “{likest}” ({name_score:.0f} of 100)", name_score)]
    score = name_score
    for kind, sentence, share in _reasons(named, thing):
        # A share of the rest, or of the score, so that the score stays between 0 and 100 for any number of reasons.
        change = (100.0 - score) * share if share > 0 else score * share
        score += change
        evidence.append(Evidence(kind, sentence, round(change, 1)))
    return Candidate(thing, round(score, 1), tuple(evidence), name_score, name)


def _reasons(named: NamedThing, thing: KnownThing) -> Iterator[tuple[str, str, float]]:
    """Yield the kind, the sentence and the share of each agreement and contradiction, except for the names."""
    for post, known in _alike(named.posts, thing.posts.values(), folded_words):
        yield "post", f"the post “{post}” is “{known}” here", POST_SHARE
        break
    for neighbour, known in _alike(named.neighbours, thing.neighbours.values(), folded_name)[:MAX_NEIGHBOURS]:
        yield "neighbour", f"“{neighbour}” is beside it, as “{known}” is here", NEIGHBOUR_SHARE
    described = {*folded_words(named.description).split()}
    for known in sorted({*thing.posts.values(), *thing.neighbours.values()}) if described else ():
        words = {*folded_name(known).split()}
        # A single word, such as the name of a country, occurs in many descriptions.
        if len(words) >= LEAST_WORDS_OF_A_PART and words <= described:
            yield "description", f"its description has the words of “{known}”", NEIGHBOUR_SHARE
            break
    yield from _dates(named, thing)


def _dates(named: NamedThing, thing: KnownThing) -> Iterator[tuple[str, str, float]]:
    if not thing.days or not (named.begin or named.end):
        return
    span = f"{named.begin or '…'} to {named.end or '…'}"
    first, last = min(thing.days)[:10], max(thing.days)[:10]
    if named.begin and _shortened(last, named.begin) < named.begin:
        yield "dates", f"{span} begins after {last}, the last day that an article has it", -CONTRADICTION_SHARE
    elif named.end and _shortened(first, named.end) > named.end:
        yield "dates", f"{span} ends before {first}, the first day that an article has it", -CONTRADICTION_SHARE
    else:
        yield "dates", f"{span} includes days from {first} to {last}, when articles have it", DATE_SHARE


def _likeness_in_part(name: str, other: str) -> float:
    """Return the likeness of two folded names of posts or bodies, one of which may lack words of the other."""
    shorter, longer = sorted(({*name.split()}, {*other.split()}), key=len)
    is_part = len(shorter) >= LEAST_WORDS_OF_A_PART and shorter <= longer
    return max(likeness(name, other), SAME_LIKENESS if is_part else 0.0)


def _rank_of_start(start: str, name: str) -> int:
    """Return 0 if a folded name begins with `start`, 1 if a later word does, and NO_START if none does."""
    # Every name begins with the empty string.
    if not start:
        return NO_START
    return 0 if name.startswith(start) else 1 if f" {start}" in name else NO_START


def _shortened(day: str, pattern: str) -> str:
    """Shorten a day to the precision of another: its year, or its year and month."""
    return day[: max(len(pattern), YEAR_DIGITS)]


def _alike(names: Iterable[str], known: Iterable[str], fold: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return pairs of names that count as the same, with each known name only once."""
    # Sorted, so that of two equally similar names, each run chooses the same.
    known = sorted(known)
    pairs: dict[str, tuple[str, str]] = {}
    for name in names:
        folded = fold(name)
        scored = [(_likeness_in_part(folded, fold(other)), other) for other in known]
        score, other = max(scored, default=(0.0, ""))
        if score >= SAME_LIKENESS:
            pairs.setdefault(other, (name, other))
    return [*pairs.values()]
