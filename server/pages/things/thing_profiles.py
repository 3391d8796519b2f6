"""Profiles of things without a citation: what the head of their page and their card say about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.act_words import sentence
from kg.formats import PNG
from server.pages.citations import citation_address, one_line, permalink
from server.pages.queried_data.page_queries import distinct_rows
from server.pages.rendering.page_rendering import TemplateCall
from server.pages.terms.literal_words import moment
from server.pages.terms.page_terms import Row
from server.pages.things.thing_queries import ThingQueries
from server.site import site

MAX_LISTED = 3
Sentences = Callable[[ThingQueries, Mapping[str, Any]], Iterable[str]]


@dataclass(frozen=True)
class Profile:
    """A thing's name and a few sentences about it, in a version of a corpus."""

    iri: str
    kind: str
    name: str
    sentences: tuple[str, ...]
    corpus: str
    version: str
    permalink: str

    @property
    def description(self) -> str:
        """Return the sentences about it, on one line."""
        return " ".join(self.sentences)

    @property
    def title(self) -> str:
        """Return its name and the sentences about it, on one line."""
        return f"{sentence(self.name)} {self.description}"

    @property
    def picture(self) -> str:
        """Return the address of its card as PNG."""
        return f"{citation_address(self.iri, version=self.version, name='card')}&format={PNG.name}"


def profile(thing: ThingQueries, page: TemplateCall) -> Profile | None:
    """Return the profile of a thing from the values of its page, None if they yield no sentence."""
    template, values = page
    sentences = tuple(map(one_line, SENTENCES[template](thing, values))) if template in SENTENCES else ()
    if not sentences:
        return None
    version, name = thing.version.name, thing.names[thing.iri]
    corpus, link = one_line(site().settings.title), permalink(thing.iri, version)
    return Profile(thing.iri, name.kind or "thing", one_line(name.label), sentences, corpus, version, link)


def _of_agent(agent: ThingQueries, values: Mapping[str, Any]) -> Iterator[str]:
    # Of the holdings of a post, that of the newest article.
    newest = [holdings[0] for holdings in values["posts"]]
    posts = [f"{'formerly ' if row['over'].value == 'true' else ''}{_name(agent, row, 'held')}" for row in newest]
    if posts:
        yield _listed("", posts, "; ")
    happenings = [row for row, _ in values["happenings"]]
    sides = [_name(agent, row, "side") for row in happenings if "side" in row]
    belongs = [_name(agent, row, "value") for name, rows in values["relations"] for row in rows if name in BELONGING]
    if sides:
        yield _listed("on the side of ", sides, least=_at_least(agent, "agent-happenings"))
    elif belongs and not posts:
        yield _listed("belongs to ", belongs)
    rows, least = agent.rows("agent-by-article"), _at_least(agent, "agent-by-article")
    by, about = (sum(int(row[key].value) for row in rows) for key in ("said", "about"))
    took_part = _counted(len({row["happening"].value for row in happenings}), "event")
    events = f"; took part in {_at_least(agent, 'agent-happenings')}{took_part}" if happenings else ""
    articles = f", in {least}{_counted(len(rows), 'article')}" if rows else ""
    yield _capitalized(f"{least}{_counted(by, 'statement')} by them and {least}{about:,} about them{articles}{events}.")


BELONGING = ("affiliatedWith", "memberOf", "partOf")


def _of_place(place: ThingQueries, values: Mapping[str, Any]) -> Iterator[str]:
    kinds = [_name(place, row, "value") for row in values["what"]]
    within = [_name(place, row, "value") for row in values["within"]]
    if within:
        yield _listed(f"{', '.join(kinds) or 'place'} in ", within)
    real, unreal = (len({row["happening"].value for row, _ in values[key]}) for key in ("real", "unreal"))
    about = len({row["statement"].value for row in values["said"]})
    least, least_about = _at_least(place, "place-happenings"), _at_least(place, "topic-statements")
    planned = f", {least}{unreal:,} planned, feared or demanded there" if unreal else ""
    statements = f"{least_about}{_counted(about, 'statement')} about it"
    yield _capitalized(f"{least}{_counted(real, 'event')} there{planned}; {statements}.")


def _of_post(post: ThingQueries, values: Mapping[str, Any]) -> Iterator[str]:
    if within := [_name(post, row, "value") for row in values["within"]]:
        yield _listed("a post in ", within)
    holders = [
        f"{_name(post, row, 'person')}{' (formerly)' if row['over'].value == 'true' else ''}"
        for row in distinct_rows(values["holders"], "person")
    ]
    yield _listed("held by ", holders) if holders else "No holder is named."


def _of_topic(topic: ThingQueries, values: Mapping[str, Any]) -> Iterator[str]:
    sources = [_name(topic, row, "source") for row in values["rows"] if "source" in row]
    least = _at_least(topic, "topic-statements")
    yield _capitalized(f"{least}{_counted(len(values['rows']), 'statement')} about it.")
    if sources:
        yield _listed("by ", sources, least=least)
    if values["against"]:
        yield f"{_counted(len(values['against']), 'pair')} of them contradict or oppose each other."


def _of_proposition(proposition: ThingQueries, values: Mapping[str, Any]) -> Iterator[str]:
    sources = [_name(proposition, row, "source") for row in values["said"] if "source" in row]
    if sources:
        yield _listed("put forward by ", sources, least=_at_least(proposition, "proposition-said"))


def _of_article(article: ThingQueries, values: Mapping[str, Any]) -> Iterator[str]:
    least = _at_least(article, "article-statements")
    covered = f"{least}{values['covered']} of every hundred characters carry one"
    yield _capitalized(f"{least}{_counted(len(values['rows']), 'statement')}; {covered}.")
    if values["published"]:
        yield f"Published {moment(values['published']).removesuffix(', 00:00')}."
    elif values["not_before"]:
        yield f"The text itself dates the article not before {moment(values['not_before']).removesuffix(', 00:00')}."


def _of_utterance(utterance: ThingQueries, values: Mapping[str, Any]) -> Iterator[str]:
    if speakers := [utterance.names[term.value].label for term in values["speakers"]]:
        yield _listed("said by ", speakers)
    if values["when"]:
        yield f"When: {values['when'].words}."
    articles = len(values["articles"])
    tellers = f"{_at_least(utterance, 'utterance-tellings')}{_counted(articles, 'article')}"
    yield f"Told by {tellers}, as one source; {values['independent']:,} independent of it."


def _of_anything(thing: ThingQueries, values: Mapping[str, Any]) -> Iterator[str]:
    name = thing.names[thing.iri]
    if name.definition:
        yield sentence(name.definition)
        return
    if table := values.get("accounts"):
        articles = (thing.names[row["article"].value].label for _, row in table.heads)
        yield _listed("told of in ", articles, "; ", _at_least(thing, "occurrence-accounts"))
    numbers = (("facts", "fact", "about it"), ("pointing", "reference", "to it"))
    counted = [_at_least(thing, key) + _counted(len(values[key]), *words) for key, *words in numbers if values[key]]
    if counted:
        yield sentence(_capitalized(", ".join(counted)))


SENTENCES: Mapping[str, Sentences] = {
    "agent.html": _of_agent,
    "article.html": _of_article,
    "place.html": _of_place,
    "post.html": _of_post,
    "topic.html": _of_topic,
    "proposition.html": _of_proposition,
    "thing.html": _of_anything,
    "utterance.html": _of_utterance,
}
"""The sentences about things, by the template of their page."""


def _name(thing: ThingQueries, row: Row, key: str) -> str:
    term = row[key]
    return thing.names[term.value].label if term.is_iri else term.value


def _listed(words: str, names: Iterable[str], separator: str = ", ", least: str = "") -> str:
    """Return a sentence of words and distinct names, only the first few of many."""
    distinct = [*dict.fromkeys(names)]
    more = len(distinct) - MAX_LISTED
    rest = f" and {least}{more:,} more" if more > 0 else ""
    text = f"{words}{separator.join(distinct[:MAX_LISTED])}{rest}"
    return sentence(_capitalized(text))


def _at_least(thing: ThingQueries, query: str) -> str:
    """Return the words before a number that is counted in a query's rows: "at least" if the query may have more."""
    return "at least " if thing.is_cut(query) else ""


def _capitalized(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _counted(number: int, noun: str, rest: str = "") -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}{rest and f' {rest}'}"
