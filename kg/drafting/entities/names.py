"""Names in a text: those that a pipeline finds, corrected by the words around them and elsewhere in the article."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.drafting.text.parsed_text import SUBJECTS, NameSpan, ParsedText, Word
from kg.drafting.words.given_names import is_given_name
from kg.drafting.words.name_words import (
    COUNTRIES,
    COUNTRY_OF_ADJECTIVE,
    KIND_OF_WORD,
    KNOWN_ORGANIZATIONS,
    POSTS,
    TITLES,
)
from kg.drafting.words.word_lists import words

KIND_OF_LABEL = {"PERSON": "person", "ORG": "organization", "GPE": "place", "LOC": "place", "FAC": "place"}
"""The kinds of names that become nodes."""
NO_NAMES = words("DATE TIME MONEY CARDINAL PERCENT LANGUAGE")
"""Labels of the pipeline for what is neither somebody nor a place."""
NOT_IN_A_NAME = words("DT POS `` '' -LRB- -RRB- , . : IN CC _SP PRP$ HYPH RB")
"""Tags of words with which no name begins or ends."""
FIRST_WORDS_OF_ORGANIZATIONS = words(
    "university ministry department bank institute court bureau municipality council institut instituto istituto banca "
    "banco banque universidad universidade università université partido parti partei federación fédération"
)
NOUNS_BEFORE_ORGANIZATIONS = words(
    "agency newspaper daily weekly magazine broadcaster website charity airline firm company network party bank "
    "tabloid consultancy startup"
)
NOUN_BEFORE = "the noun before it"
"""The beginning of the name of the rule by which `the news agency Sel Press` names an organization."""
BY_DATE_LINE = "a date line"
"""The name of the rule by which the first words of a report are where it comes from."""
AGENCY_IN_DATE_LINE = re.compile(
    r"^(?P<place>[^\n(]{0,80})\((?P<agency>(?![A-Z]-)[A-Z][\w.&’' -]{1,30})\)\s*(?:--?|–|—)\s",  # noqa: RUF001
    re.MULTILINE,
)
"""An optional place and day, and the agency in brackets after them, which is not `R-Texas`."""
PLACE_IN_DATE_LINE = re.compile(
    r"^(?P<place>[A-ZÀ-Þ][A-ZÀ-Þ'’.-]*[A-ZÀ-Þ](?:\.? [A-ZÀ-Þ'’.-]*[A-ZÀ-Þ](?![a-z])){0,3})"  # noqa: RUF001 -- an apostrophe
    r"(?:(?:, |\. (?=[A-Z][a-z]+ \d)| \(|(?=\s?[-–—]))[^\n“\"]{0,70}?(?:--|–|—|(?<=\s)-)\s|(?P<colon>: )(?=[^\n]{60}))",  # noqa: RUF001 -- dashes
    re.MULTILINE,
)
"""A place in capitals, and what follows it up to the dash or colon that ends its date line."""
LABEL = re.compile(r"^[A-Z][A-Z .'’-]+: ", re.MULTILINE)  # noqa: RUF001 -- an apostrophe
"""A speaker's label in a transcript; a text with only one such line has a date line."""
OF_OTHER_WORDS: dict[str, list[tuple[str, ...]]] = {}
"""Known organizations whose names a pipeline splits, by their first word."""
for _known in KNOWN_ORGANIZATIONS:
    if any(_word.islower() or _word in {"Without", "Save"} for _word in _known.split()):
        OF_OTHER_WORDS.setdefault(_known.split()[0], []).append(tuple(_known.split()))
MOVING = words("travel fly go drive sail return arrive come head move march walk run flee ride commute")
"""Verbs after which a name after `from` or `to` is a place's."""
PREFIXES_OF_SURNAMES = words("al el ul bin ibn abd ben abu")
"""Prefixes that a hyphen joins to people's names."""

OF_PLACES = words(
    "government parliament navy army capital president minister ministry mayor governor border police coast people "
    "embassy ambassador economy north south east west province city population inspector islands foreign interior "
    "defence defense"
)
"""Nouns for what a country or region has."""
LAST_WORDS_OF_THINGS = words("study survey act treaty prize award awards")
"""The last words of names of texts or prizes."""
SURVEYS = words("geological geodetic antarctic ordnance hydrographic topographic meteorological")
"""What a survey surveys if it is a body; other surveys are texts."""
NAMED_THINGS = words("study studies system tax category site website browser")
"""Nouns for things that are called by the name before them, as in `the Sel study`."""
PORTFOLIO_HOLDERS = words("minister secretary")
"""Posts before which a single name is the post's portfolio: `Finance Minister`."""
TIME_ZONES = words("GMT UTC BST CET CEST EST EDT CST CDT MST MDT PST PDT")
PREPOSITIONS = words("beside besides despite unlike like after before under with without for from in at by")
KINDS_OF_PLACES = words("province city town village region island state county port district capital republic kingdom")
"""Nouns that come before `of` and the name of a place."""
LAST_WORDS_OF_PLACES = words("tower towers station stadium arena airport street avenue square park bridge hotel")
FIRST_WORDS_OF_PLACES = words("schloss chateau château palais palazzo villa hotel camp castle mount lake cape fort")
"""The first words of names of buildings or parts of a landscape."""
MIN_LETTERS_OF_ACRONYM = 3
SHIPS = frozenset({"MS", "MV", "SS", "USS", "HMS", "RMS", "HNoMS"})
"""Prefixes of ships' names."""
STORMS = words("hurricane typhoon cyclone")
"""The first words of names of storms."""
OF_PLURALS = frozenset({"People", "Children", "Women", "Men"})
"""Plurals that take `'s`: `the People's Party`."""
MAX_WORDS_TO_ENDING = 2
"""How many words after a name are searched for a company's ending: `Van Rijn Scheepsbouw BV`."""
HOLDINGS = words("share stake investment investor interest confidence trust faith")
"""Nouns after which `in` introduces a company or body rather than a place."""
AGES = range(12, 110)
"""Numbers that are an age in apposition to a name: `Quill, 54, said`."""
HYPHENATED = 3
"""The number of tokens of a hyphenated title: `Rear`, the hyphen, `Admiral`."""
MIN_WORDS_OF_FULL_NAME, MAX_WORDS_OF_FULL_NAME = 2, 4
MAX_WORDS_OF_NAME = 25
"""The most words and marks of one name: the time to search for it elsewhere grows with their square."""
DATE_LINE_END = 400
"""The number of characters at the start of a text within which its date line ends."""
CAPTION_WORDS = frozenset({"image", "photo", "photograph", "picture", "file", "credit"})
"""Words before a colon and a picture's credit, after a caption without a full stop."""


@dataclass(frozen=True)
class NamedWords:
    """Words that name a person, organization or place, according to one of the rules."""

    start: int
    end: int
    kind: str
    rule: str
    confidence: float

    def words(self, parsed: ParsedText) -> list[Word]:
        """Return the words of the name."""
        return parsed.words[self.start : self.end]

    def text(self, parsed: ParsedText) -> str:
        """Return the text of the name, with single spaces."""
        words = self.words(parsed)
        return " ".join(parsed.text[words[0].start : words[-1].end].split())


def names_of(parsed: ParsedText) -> list[NamedWords]:
    """Return the names of people, organizations and places, in order and without overlaps."""
    names = [name for span in _candidates(parsed) if (name := _trimmed(parsed, span))]
    named = {index for name in names for index in range(name.start, name.end)}
    names += [name for name in _capitalized(parsed) if not named & {*range(name.start, name.end)}]
    known = [*_known_in(parsed)]
    inside = {index for name in known for index in range(name.start, name.end)}
    names = [*(name for name in names if not inside & {*range(name.start, name.end)}), *known]
    names = [*_with_date_line(parsed, names)]
    names = [*_with_agency(parsed, [name for name in names if not _is_heading(parsed, name)])]
    names = [*_without_first_words(parsed, names)]
    names = [*_agreed(parsed, [*_with_full_names(parsed, names)])]
    names = [*_with_unnamed_first_names(parsed, names)]
    names += _repeated(parsed, names)
    names += _acronyms(parsed, names)
    return [*with_first_names(parsed, sorted(names, key=lambda name: name.start))]


def initials_of(name: str) -> str:
    """Return the capital initials of the words of a name."""
    return "".join(word[0] for word in re.findall(r"\w+", name) if word[0].isupper())


def _acronyms(parsed: ParsedText, names: list[NamedWords]) -> Iterator[NamedWords]:
    """Yield acronyms of bodies named in the article that the pipeline does not recognize as names."""
    bodies = {initials_of(name.text(parsed)) for name in names if name.kind == "organization"}
    bodies = {initials for initials in bodies if len(initials) >= MIN_LETTERS_OF_ACRONYM}
    named = {index for name in names for index in range(name.start, name.end)}
    for word in parsed.words:
        if word.text in bodies and word.index not in named and word.tag.startswith("NN"):
            yield NamedWords(word.index, word.index + 1, "organization", "the initials of a body", 0.8)


def _is_heading(parsed: ParsedText, name: NamedWords) -> bool:
    """Return whether a single word is a line or sentence of its own, such as `Correction` or `Background`."""
    start, end = parsed.words[name.start].start, parsed.words[name.end - 1].end
    is_line = parsed.text[:start].rstrip(" \t#*")[-1:] in {"", "\n"} and parsed.text[end:].lstrip(" \t*:")[:1] == "\n"
    sentence = parsed.sentence_words(parsed.words[name.start].sentence)
    is_sentence = [word.text for word in sentence if word.text.strip()] == [parsed.words[name.start].text, "."]
    return (is_line or is_sentence) and name.end - name.start == 1 and name.kind != "place"


def _with_date_line(parsed: ParsedText, names: list[NamedWords]) -> Iterator[NamedWords]:
    """Yield names, and the place in capitals that begins a date line, regardless of what the pipeline takes it for."""
    match = next((match for match in PLACE_IN_DATE_LINE.finditer(parsed.text[:DATE_LINE_END])), None)
    is_place = match is not None and (match["colon"] is None or len(LABEL.findall(parsed.text)) == 1)
    if match is None or not is_place or match["place"] in KNOWN_ORGANIZATIONS:
        yield from names
        return
    start, end = parsed.word_at(match.start("place")), parsed.word_at(match.end("place") - 1) + 1
    yield from (name for name in names if name.end <= start or name.start >= end)
    yield NamedWords(start, end, "place", BY_DATE_LINE, 0.85)


def _with_agency(parsed: ParsedText, names: list[NamedWords]) -> Iterator[NamedWords]:
    """Yield names, and the news agency in brackets before the dash of a date line."""
    matches = AGENCY_IN_DATE_LINE.finditer(parsed.text[:DATE_LINE_END])
    match = next((match for match in matches if not any(map(str.islower, match["place"].split()))), None)
    if not match:
        yield from names
        return
    start, end = parsed.word_at(match.start("agency")), parsed.word_at(match.end("agency") - 1) + 1
    yield from (name for name in names if name.end <= start or name.start >= end)
    yield NamedWords(start, end, "organization", "a news agency in a date line", 0.9)


def with_first_names(parsed: ParsedText, names: list[NamedWords]) -> Iterator[NamedWords]:
    """Yield names; a person's name is joined with the single word right before it that was taken for another name."""
    first: NamedWords | None = None
    for name in names:
        if first and _is_first_name(parsed, first, name):
            yield replace(name, start=first.start, rule="a first name and a person's name", confidence=0.75)
            first = None
            continue
        if first:
            yield first
        first = name
    if first:
        yield first


def _with_unnamed_first_names(parsed: ParsedText, names: list[NamedWords]) -> Iterator[NamedWords]:
    """Yield names; a person's one-word name is joined with an unnamed proper noun before it."""
    named = {index for name in names for index in range(name.start, name.end)}
    known = {name.text(parsed).split()[-1] for name in names if name.kind == "person" and name.end - name.start > 1}
    for name in names:
        before, word = parsed.words[max(0, name.start - 1)], parsed.words[name.start]
        is_one = name.kind == "person" and name.end - name.start == 1 and word.text not in known
        is_joined = before.head == word.index and before.relation == "compound"
        is_proper = before.tag == "NNP" and (is_joined or is_given_name(before.text))
        is_free = (
            before.index not in named and not _is_title(before) and before.text[1:].islower() and not before.name_kind
        )
        # `the head of the guild, Per Lund`: a given name that the parser takes for a preposition.
        is_preposition = name.end - name.start == 1 and before.relation == "prep" and before.text[:1].isupper()
        is_mistaken = is_preposition and is_given_name(before.text) and not _begins_sentence(parsed, before)
        if is_mistaken and is_free:
            yield NamedWords(before.index, name.end, "person", f"the given name “{before.text}”", 0.7)
        elif is_one and is_proper and is_free and before.text.lower() not in POSTS:
            yield replace(name, start=before.index, rule="a first name and a person's name", confidence=0.7)
        else:
            yield name


def _begins_sentence(parsed: ParsedText, word: Word) -> bool:
    return word.index == parsed.sentences[word.sentence][0]


def _is_first_name(parsed: ParsedText, first: NamedWords, name: NamedWords) -> bool:
    is_beside = first.end == name.start and first.end - first.start == 1 == name.end - name.start
    word, following = parsed.words[first.start], parsed.words[name.start]
    is_apart = not parsed.text[word.end : following.start].isspace() or "\n" in parsed.text[word.end : following.start]
    return is_beside and not is_apart and name.kind == "person" and first.kind != "place" and not word.text.isupper()


def _candidates(parsed: ParsedText) -> Iterator[NameSpan]:
    kinds = {*KIND_OF_LABEL, "PRODUCT", "WORK_OF_ART", "EVENT", "NORP"}
    return (span for span in parsed.names if span.kind in kinds)


def _trimmed(parsed: ParsedText, span: NameSpan) -> NamedWords | None:
    """Return a name without articles, titles and marks around it; None if it names something else."""
    start, end = _without_marks(parsed, span)
    while (length := _title_length(parsed, start, end)) and span.kind in {"PERSON", "ORG"}:
        start += length
    if span.kind == "PERSON" and start < end:
        start, end = _with_hyphens(parsed, start, end)
    end = _with_company_ending(parsed, start, end)
    words = parsed.words[start:end]
    if len(words) > MAX_WORDS_OF_NAME or not any(word.text[:1].isupper() for word in words):
        return None
    is_ship = words[0].text in SHIPS or (start > 0 and parsed.words[start - 1].text in SHIPS)
    if is_ship or words[0].text.lower() in STORMS or [word.text for word in words[:2]] == ["Tropical", "Storm"]:
        return None
    is_one_of_many = start > 0 and parsed.words[start - 1].text.lower() in {"a", "an"} and end - start == 1
    if len(words) == 1 and words[0].text.endswith(".") and _is_title(words[0]):
        return None  # `Insp.`, where the name after it is a separate one
    is_kind = span.kind == "ORG" and words[0].relation not in {"compound", "nmod", "amod", "poss"}
    if (span.kind in {"PERSON", "NORP"} or is_kind) and is_one_of_many:
        return None  # `a Democrat`
    if span.kind == "ORG" and _is_no_body(parsed, start, end):
        return None
    kind, rule, confidence = _kind(parsed, span.kind, start, end)
    return NamedWords(start, end, kind, rule, confidence) if kind else None


def _without_marks(parsed: ParsedText, span: NameSpan) -> tuple[int, int]:
    """Return the range of a name up to a word that ends it, without articles, prepositions and marks around it."""
    start = span.start
    end = next((index for index in range(start + 1, span.end) if _ends_name(parsed, start, index)), span.end)
    while start < end and (parsed.words[start].tag in NOT_IN_A_NAME or not parsed.words[start].text.strip()):
        start += 1
    while start < end and (parsed.words[end - 1].tag in NOT_IN_A_NAME or not parsed.words[end - 1].text.strip()):
        end -= 1
    return start, end


def _with_company_ending(parsed: ParsedText, start: int, end: int) -> int:
    """Return the end of a name, extended to the ending of a company's name: `Van Rijn Scheepsbouw BV`."""
    last = parsed.words[start : end + MAX_WORDS_TO_ENDING]
    for word in last[max(0, end - start) :]:
        if word.tag not in {"NNP", "NNPS"} or word.sentence != last[0].sentence:
            break
        if KIND_OF_WORD.get(word.text.lower().strip(".")) == "company":
            return word.index + 1
    return end


def _with_hyphens(parsed: ParsedText, start: int, end: int) -> tuple[int, int]:
    """Return the range of a person's name with what hyphens join to it, as in `al-Sadr` and `Keita-Diallo`."""
    words = parsed.words
    if parsed.is_hyphen(end) and words[end + 1].text[:1].isupper():
        end += 2
    first = words[start - 2].text if parsed.is_hyphen(start - 1) else ""
    return (start - 2, end) if first.lower() in PREFIXES_OF_SURNAMES else (start, end)


def _is_no_body(parsed: ParsedText, start: int, end: int) -> bool:
    """Return whether a name is not a body's, but a text's, a prize's, a named thing's, a time zone's or a post's.

    An example of the last is `Afghan Ambassador`.
    """
    words, last = parsed.words[start:end], parsed.words[end - 1]
    if not words[1:] and last.text.lower() in COUNTRY_OF_ADJECTIVE and last.relation in {"amod", "compound", "nmod"}:
        return True  # `Kazakh President`
    if not words[1:] and last.text == "PAC":
        return True  # `a super PAC`
    is_survey = last.text == "Survey" and bool(SURVEYS & {word.text.lower() for word in words})
    if words[1:] and last.text.lower() in LAST_WORDS_OF_THINGS | POSTS and not is_survey:
        return True
    is_of = start > 1 and parsed.words[start - 1].tag == "IN"
    if is_of and parsed.words[start - 2].text.lower() in PORTFOLIO_HOLDERS:
        return not words[1:]  # `Secretary of State`, `Minister for Education`: the portfolio of a post
    following = parsed.words[end].text.lower() if end < len(parsed.words) else ""
    is_portfolio = following in PORTFOLIO_HOLDERS and last.text not in KNOWN_ORGANIZATIONS
    if is_portfolio and not words[1:] and last.text.lower() not in KIND_OF_WORD:
        return True
    is_named_by = last.relation in {"compound", "nmod"} and parsed.words[last.head].text.lower() in NAMED_THINGS
    return is_named_by or (not words[1:] and last.text in TIME_ZONES)


def _ends_name(parsed: ParsedText, start: int, index: int) -> bool:
    """Return whether a word cannot be part of a name: a bracket, a caption's `Image:`, a preposition after a full name.

    A name also ends at a headline's end and before an article.
    """
    word, first = parsed.words[index], parsed.words[start].text
    is_article = word.tag == "DT" and parsed.words[index - 1].tag != "IN"
    is_after_person = word.tag == "IN" and index - start >= MIN_WORDS_OF_FULL_NAME and is_given_name(first)
    following = parsed.words[index + 1].text if index + 1 < len(parsed.words) else ""
    is_caption = word.text.lower() in CAPTION_WORDS and following == ":"
    return word.tag in {"_SP", "-LRB-"} or is_article or is_after_person or is_caption


def _kind(parsed: ParsedText, label: str, start: int, end: int) -> tuple[str, str, float]:
    """Return the kind of a name, its rule and confidence: by its words if they show it, else by the pipeline."""
    words = parsed.words[start:end]
    before = parsed.words[start - 1] if start else None
    if known := _known_kind(parsed, start, end):
        return known
    is_body = words[-1].text.lower().strip(".") in KIND_OF_WORD
    if before and _is_title(before) and label != "GPE" and not is_body:
        return "person", f"the title “{before.text}” before it", 0.9
    if place := _word_of_place(words):
        return "place", f"the word “{place}”", 0.8
    if word := _word_of_organization(words, label):
        return "organization", f"the word “{word}”", 0.85
    return _kind_of_person(parsed, label, words) or (KIND_OF_LABEL.get(label, ""), "a name by the pipeline", 0.75)


def _known_kind(parsed: ParsedText, start: int, end: int) -> tuple[str, str, float] | None:
    """Return the kind of a name that is known regardless of context, or by the noun before it or its date line."""
    words = parsed.words[start:end]
    text = " ".join(word.text for word in words)
    if text.lower() in COUNTRIES:
        return "place", "a country", 0.95
    if text in KNOWN_ORGANIZATIONS or text.replace(".", "") in KNOWN_ORGANIZATIONS:
        return "organization", "a known organization", 0.9
    if start and _names_body(parsed.words[start - 1], words):
        return "organization", f"{NOUN_BEFORE}: “{parsed.words[start - 1].text}”", 0.85
    if text.isupper() and _is_date_line(parsed, start, end):
        return "place", BY_DATE_LINE, 0.85
    return None


def _names_body(noun: Word, name: list[Word]) -> bool:
    """Return whether a noun such as `newspaper` is right before a name and syntactically joined to it."""
    beside = {word.index for word in name}
    is_joined = noun.head in beside or any(word.relation == "dep" or word.head == noun.index for word in name)
    return noun.text in NOUNS_BEFORE_ORGANIZATIONS and is_joined and name[0].sentence == noun.sentence


def _word_of_place(words: list[Word]) -> str:
    """Return the word by which a name is a building's or a part of a landscape's, empty if there is none."""
    last, first = words[-1].text, words[0].text
    if not words[1:]:
        return ""
    if last.lower() in LAST_WORDS_OF_PLACES:
        return last
    # `Mount Sel Hospital` is a hospital
    is_body = last.lower().strip(".") in KIND_OF_WORD
    return first if first.lower() in FIRST_WORDS_OF_PLACES and not is_body else ""


def _word_of_organization(words: list[Word], label: str) -> str:
    """Return the word of a name that shows its kind of organization, empty if there is none."""
    last, first = words[-1].text, words[0].text
    if last.lower().strip(".") in KIND_OF_WORD and (len(words) > 1 or label == "ORG"):
        return last
    return first if words[1:] and first.lower() in FIRST_WORDS_OF_ORGANIZATIONS else ""


def _kind_of_person(parsed: ParsedText, label: str, words: list[Word]) -> tuple[str, str, float] | None:
    if label != "PERSON" and words[0].tag == "NNP" and _has_post_beside(parsed, words[-1]):
        return "person", "a post in apposition to it", 0.85
    before = parsed.words[words[0].index - 1].text.lower() if words[0].index else ""
    following = parsed.words[words[-1].index + 1 : words[-1].index + 2]
    has_something = label == "FAC" and bool(following) and following[0].tag == "POS"  # `Ada Quill's villa`
    is_no_place = label not in {"PERSON", "GPE", "LOC", "FAC"} or has_something
    if is_no_place and before != "the" and _begins_with_given_name(words):
        return "person", f"the given name “{words[0].text}”", 0.8
    return None


def _begins_with_given_name(words: list[Word]) -> bool:
    is_length = MIN_WORDS_OF_FULL_NAME <= len(words) <= MAX_WORDS_OF_FULL_NAME
    return is_length and is_given_name(words[0].text) and all(word.text[:1].isupper() for word in words)


def _is_date_line(parsed: ParsedText, start: int, end: int) -> bool:
    """Return whether words begin a paragraph and are followed by a comma, a bracket or a dash."""
    opens = start == 0 or "\n" in parsed.text[parsed.words[start - 1].start : parsed.words[start].start]
    return opens and end < len(parsed.words) and parsed.words[end].text in {",", "(", "—", "--", "–"}  # noqa: RUF001 -- a dash


def _has_post_beside(parsed: ParsedText, head: Word) -> bool:
    """Return whether a post or an age is in apposition to a noun: `Quill, the chairman`, `Ada, a 43-year-old`."""
    beside = [*parsed.dependents(head, "appos"), *([parsed.words[head.head]] if head.relation == "appos" else [])]
    return any(
        (word.lemma.lower() in POSTS and word.tag == "NN")
        or (word.tag == "CD" and word.text.isdigit() and int(word.text) in AGES)
        or any(other.lemma.lower() == "old" for other in parsed.dependents(word, "amod"))
        for word in beside
    )


def _title_length(parsed: ParsedText, start: int, end: int) -> int:
    """Return how many words at the start of a name are a title, as in `Rear-Admiral Ada Quill`.

    `Justice Department` and `General Motors` begin with no title.
    """
    if end - start > 1 and parsed.words[end - 1].text.lower().strip(".") in KIND_OF_WORD:
        return 0
    if end - start > 1 and _is_title(parsed.words[start]):
        return 1
    is_hyphenated = end - start > HYPHENATED and parsed.words[start + 1].text == "-"
    return HYPHENATED if is_hyphenated and _is_title(parsed.words[start + 2]) else 0


def _is_title(word: Word) -> bool:
    is_title = word.text.lower().strip(".") in TITLES and word.text[:1].isupper()
    return is_title and word.text not in SHIPS  # `MS Sel` is a ship


def _capitalized(parsed: ParsedText) -> Iterator[NamedWords]:
    """Yield proper nouns that are names by a title before them or by their words, whatever the pipeline finds."""
    index = 0
    while index < len(parsed.words):
        end = index
        while (
            end < len(parsed.words)
            and (parsed.words[end].tag in {"NNP", "NNPS"} or _is_mistagged(parsed, parsed.words[end]))
            and parsed.words[end].text[:1].isupper()
        ):
            end += 1
        start = index
        while end - start > 1 and _is_title(parsed.words[start]):
            start += 1
        if end > start and (name := _named_by_place(parsed, start, end)):
            yield name
        index = max(end, index + 1)


def _is_mistagged(parsed: ParsedText, word: Word) -> bool:
    """Return whether a word is a given name before another name that the pipeline took for an adjective: `Émile`."""
    is_before = word.relation == "compound" and word.head == word.index + 1
    return is_before and is_given_name(word.text) and not _begins_sentence(parsed, word)


def _known_in(parsed: ParsedText) -> Iterator[NamedWords]:
    """Yield names of bodies with words unusual in names: `Save the Children`, `the Attorney General's Office`."""
    for word in parsed.words:
        for known in OF_OTHER_WORDS.get(word.text, ()):
            if tuple(other.text for other in parsed.words[word.index : word.index + len(known)]) == known:
                yield NamedWords(word.index, word.index + len(known), "organization", "a known organization", 0.9)
        holder = parsed.words[word.index - 2] if word.index > 1 else word
        if holder.tag in {"NNPS", "NNP"} and _ends_possessed(parsed, word):
            start = _start_of_name(parsed, holder)
            yield NamedWords(start, word.index + 1, "organization", f"the word “{word.text}”", 0.8)
        is_owned = word.text == "Office" and parsed.words[word.index - 1].tag == "POS" and holder.tag == "NNP"
        if is_owned and holder.text.lower() in POSTS | TITLES | {"general"}:
            yield NamedWords(
                _start_of_name(parsed, holder), word.index + 1, "organization", "the office of a post", 0.85
            )


def _ends_possessed(parsed: ParsedText, word: Word) -> bool:
    """Return whether a word such as `Party` ends a name with a possessive plural: `Workers' Party`."""
    mark = parsed.words[word.index - 1] if word.index else word
    is_plural = mark.tag == "POS" and (len(mark.text) == 1 or parsed.words[word.index - 2].text in OF_PLURALS)
    return is_plural and word.text[:1].isupper() and word.text.lower() in KIND_OF_WORD and word.tag.startswith("NN")


def _start_of_name(parsed: ParsedText, last: Word) -> int:
    start = last.index
    while start and parsed.words[start - 1].tag == "NNP" and parsed.words[start - 1].sentence == last.sentence:
        start -= 1
    return start


def _named_by_place(parsed: ParsedText, start: int, end: int) -> NamedWords | None:
    words = parsed.words[start:end]
    if len(words) > MAX_WORDS_OF_NAME or any(word.name_kind in NO_NAMES for word in words):
        return None
    if known := _known_kind(parsed, start, end):
        return NamedWords(start, end, *known)
    before = parsed.words[start - 1] if start else None
    if before and _is_title(before) and before.tag in {"NNP", "NN"}:
        return NamedWords(start, end, "person", f"the title “{before.text}” before it", 0.85)
    if words[-1].text.lower().strip(".") in KIND_OF_WORD and len(words) > 1:
        return NamedWords(start, end, "organization", f"the word “{words[-1].text}”", 0.7)
    if _begins_with_given_name(words):
        return NamedWords(start, end, "person", f"the given name “{words[0].text}”", 0.7)
    return None


def _without_first_words(parsed: ParsedText, names: list[NamedWords]) -> Iterator[NamedWords]:
    """Yield names without the first word of a sentence, if they occur elsewhere without it (`Beside Quill`)."""
    known = {name.text(parsed) for name in names}
    known |= {name.text(parsed).split()[-1] for name in names if name.kind == "person"}
    for name in names:
        words = name.words(parsed)
        is_first = name.start == parsed.sentences[words[0].sentence][0]
        rest = NamedWords(name.start + 1, name.end, name.kind, name.rule, name.confidence)
        first = words[0].text.lower()
        is_no_name = words[0].tag != "NNP" or first.endswith("ing") or first in PREPOSITIONS
        yield rest if is_first and words[1:] and is_no_name and rest.text(parsed) in known else name


def _repeated(parsed: ParsedText, names: list[NamedWords]) -> Iterator[NamedWords]:
    """Yield the other occurrences of a name, or of the last word of a person's, that were not taken for names."""
    kinds: dict[tuple[str, ...], str] = {}
    for name in names:
        words = tuple(word.text for word in name.words(parsed))
        kinds.setdefault(words, name.kind)
        if name.kind == "person" and len(words) > 1:
            kinds.setdefault(words[-1:], "person")
    # By first word, since hardly any word of an article begins a name.
    lengths_by_first: defaultdict[str, set[int]] = defaultdict(set)
    for words in kinds:
        lengths_by_first[words[0]].add(len(words))
    named = {index for name in names for index in range(name.start, name.end)}
    index = 0
    while index < len(parsed.words):
        lengths = [
            length
            for length in sorted(lengths_by_first.get(parsed.words[index].text, ()), reverse=True)
            if tuple(word.text for word in parsed.words[index : index + length]) in kinds
            and not named & {*range(index, index + length)}
        ]
        if lengths and parsed.words[index].text[:1].isupper() and parsed.words[index].tag.startswith(("NN", "JJ")):
            kind = kinds[tuple(word.text for word in parsed.words[index : index + lengths[0]])]
            yield NamedWords(index, index + lengths[0], kind, "the same name elsewhere in the article", 0.8)
        index += lengths[0] if lengths else 1


def _is_place_by_words(parsed: ParsedText, name: NamedWords) -> bool:
    """Return whether the words beside a name show that it is a place: `Denmark's navy`, `in Denmark`."""
    last = parsed.words[name.end - 1]
    following = parsed.words[name.end : name.end + 3]
    of = parsed.words[name.start - 1] if name.start else last
    is_of_kind = of.text.lower() == "of" and parsed.words[of.head].lemma.lower() in KINDS_OF_PLACES
    has = bool(following) and following[0].tag == "POS" and any(word.lemma in OF_PLACES for word in following[1:])
    before = parsed.words[last.head]
    is_single = name.kind == "organization" and not name.words(parsed)[1:] and not last.text.isupper()
    is_body = last.text in KNOWN_ORGANIZATIONS or last.text.lower() in KIND_OF_WORD
    if last.relation == "pobj" and before.text.lower() in {"near", "outside", "off"} and is_single and not is_body:
        return True
    if last.relation == "pobj" and before.text in {"from", "to"} and name.kind == "organization":
        return any(word.lemma in MOVING for word in parsed.ancestors(before)) and not last.text.isupper()
    return has or is_of_kind or (last.relation == "pobj" and before.text.lower() == "in" and name.kind == "person")


def _stands_in(parsed: ParsedText, name: NamedWords) -> bool:
    """Return whether a one-word name, not an acronym or known body, is where a place can be: `workers in Dordrecht`."""
    last, preposition = parsed.words[name.end - 1], parsed.words[parsed.words[name.end - 1].head]
    is_body = last.text in KNOWN_ORGANIZATIONS or last.text.lower() in KIND_OF_WORD or last.text.isupper()
    noun = parsed.words[preposition.head]
    is_after_in = last.relation == "pobj" and preposition.text.lower() == "in" and preposition.index == name.start - 1
    return is_after_in and not is_body and noun.lemma.lower() not in HOLDINGS


def _is_of_somebody(parsed: ParsedText, name: NamedWords) -> bool:
    """Return whether a name does something, has a title before it, or is beside a description of somebody."""
    last = parsed.words[name.end - 1]
    is_subject = any(word.relation in SUBJECTS for word in name.words(parsed))
    return (
        is_subject or "title" in name.rule or "post" in name.rule or last.relation in {"appos", "conj", "agent", "poss"}
    )


def _with_full_names(parsed: ParsedText, names: list[NamedWords]) -> Iterator[NamedWords]:
    """Yield names; parts of a person's full name are replaced by the name as it is written elsewhere."""
    people = {tuple(word.text for word in name.words(parsed)) for name in names if name.kind == "person"}
    starts = {words[0]: words for words in people if len(words) > 1}
    whole: list[NamedWords] = []
    for word in parsed.words:
        words = starts.get(word.text)
        end = word.index + len(words) if words else 0
        if words and tuple(other.text for other in parsed.words[word.index : end]) == words:
            whole.append(NamedWords(word.index, end, "person", "the same name elsewhere in the article", 0.8))
    same = {(full.start, full.end) for full in whole}
    remaining = [
        name
        for name in names
        if not _is_in_one(name, whole) or (name.kind == "person" and (name.start, name.end) in same)
    ]
    yield from remaining
    known = {(name.start, name.end) for name in remaining}
    yield from (full for full in whole if (full.start, full.end) not in known)


def _is_in_one(name: NamedWords, whole: list[NamedWords]) -> bool:
    """Return whether a name is part of one of several sorted names, no two of which begin at the same word."""
    last = bisect_right(whole, name.start, key=lambda full: full.start)
    return any(name.end <= full.end for full in whole[max(0, last - MAX_WORDS_OF_NAME) : last])


def _kind_by_last_word(parsed: ParsedText, name: NamedWords) -> str:
    return KIND_OF_WORD.get(parsed.words[name.end - 1].text.lower().strip("."), "")


def _agreed(parsed: ParsedText, names: list[NamedWords]) -> Iterator[NamedWords]:
    """Yield names so that all with one spelling have one kind, and a surname has the kind of the full name."""
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        votes[name.text(parsed).lower()][name.kind] += round(name.confidence * 100)
    people = {
        text.split()[-1] for text, kinds in votes.items() if " " in text and kinds.most_common(1)[0][0] == "person"
    }
    alone = {text for text in votes if " " not in text and text not in people}
    places = {name.text(parsed).lower() for name in names if _is_place_by_words(parsed, name)} & alone
    acting = {name.text(parsed).lower() for name in names if _is_of_somebody(parsed, name)}
    companies = {
        name.text(parsed).lower().rpartition(" ")[0] for name in names if _kind_by_last_word(parsed, name) == "company"
    }
    elsewhere = {name.text(parsed).lower() for name in names if not _stands_in(parsed, name)}
    places |= {name.text(parsed).lower() for name in names if name.kind == "organization"} & alone - acting - elsewhere
    for name in names:
        text = name.text(parsed).lower()
        kind = votes[text].most_common(1)[0][0]
        if " " not in text and text in people and text not in COUNTRIES:
            kind = "person"
        if text in places and text in alone:
            kind = "place"
        if text in companies:
            kind = "organization"  # `shares in Brandt`, where `Brandt AG` is named too
        if kind == "person" and text in alone and text not in acting:
            continue  # one word that does nothing and has no full name: a product, a title
        rule = name.rule if kind == name.kind else "the same name elsewhere in the article"
        yield NamedWords(name.start, name.end, kind, rule, name.confidence)
