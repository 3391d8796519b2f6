"""The sides of people who meet, if they hold offices of different states."""

from __future__ import annotations

import re

from kg.drafting.entities.posts import PostHeld
from kg.drafting.entities.text_entities import Entities, Entity
from kg.drafting.meetings.reported_meetings import ReportedMeeting
from kg.drafting.words.name_words import COUNTRY_OF_ADJECTIVE
from kg.drafting.words.word_lists import words
from kg.mapping.passages.text_spans import TextSpan

MIN_SIDES = 2
STATE_OFFICES = words("minister president premier chancellor ambassador envoy secretary king queen")
"""Posts whose holders speak for a government."""
PORTFOLIOS = words(
    "prime foreign defense defence interior finance trade justice economy energy health security transport state "
    "special deputy vice affairs exterior home for of the and"
)
"""The other words that the name of such a post may have, besides the state's name."""


def sides_of(entities: Entities, meeting: ReportedMeeting, posts: list[PostHeld]) -> list[Entity | None]:
    """Return each participant's government; None if no post shows it, or if all have the same one."""
    places = [_state_of(entities, person, posts) for person in meeting.participants]
    if len({place[0] for place in places if place}) < MIN_SIDES:
        return [None] * len(places)
    return [entities.government(*place, "a post of a place") if place else None for place in places]


def _state_of(entities: Entities, person: Entity, posts: list[PostHeld]) -> tuple[str, TextSpan] | None:
    posts_of_state = (post for post in posts if post.person is person and _is_of_state(entities, post))
    return next((place for post in posts_of_state if (place := entities.place_in(post.span))), None)


def _is_of_state(entities: Entities, post: PostHeld) -> bool:
    """Return whether a post is a state's, rather than a party's or a company's there, and still held."""
    if post.is_rank or post.is_former:
        return False
    names = {word for entity in entities.inside(post.span) for word in entity.name.lower().split()}
    title = re.findall(r"[\w.-]+", re.sub(r"['\u2019]s\b", "", post.title.lower()))
    others = [word for word in title if word not in names and word not in COUNTRY_OF_ADJECTIVE]
    return bool(STATE_OFFICES & {*others}) and {*others} <= STATE_OFFICES | PORTFOLIOS and len(others) < len(title)
