"""Who says what: the source, cue and content of an attribution, and the subjects of verbs."""

from __future__ import annotations

from dataclasses import dataclass

from kg.drafting.text.noun_kinds import QUANTITIES
from kg.drafting.text.parsed_text import SUBJECTS, ParsedText, Word
from kg.drafting.words.speech_words import ACT_OF_VERB
from kg.drafting.words.word_lists import words
from kg.mapping.passages.text_spans import TextSpan

BESIDE_SOURCE = ("advcl", "punct", "cc", "preconj", "case")
"""Dependents of a source that are not part of its name."""
CLAUSES = ("relcl", "acl")
OF_THE_SAYING = frozenset({"in", "on", "at", "during", "after", "before", "via", "through", "by"})
"""Prepositions that introduce where or when a named person says something, rather than who the person is."""
VERB_GROUP = ("aux", "auxpass", "neg", "advmod")
"""Dependents of a verb of speech that belong to its cue if they come right before it: `has not said`."""
SHARING_SUBJECT = frozenset({"conj", "advcl", "xcomp", "pcomp", "prep", "ccomp", "dep"})
"""Relations of verbs without a subject to a verb whose subject they share."""

ASKING = frozenset({"ask", "press", "question", "tell"})
"""Verbs whose participle says what the speaker of a sentence was asked: `when asked if it rained`."""
SENDING = words("email e-mail text write send release issue publish post tweet circulate distribute deliver address")
"""Verbs whose subject says what follows their object: `issued a statement saying`, `emailed supporters saying`."""
INTERJECTIONS = words("yes no oh well ah hey please yeah ok okay wow alas")
ANSWERING, MAX_WORDS_OF_ANSWER = words("respond reply react retort"), 8
"""Verbs of answering, and the most words from one to the participle of speech with which it is one cue."""


@dataclass(frozen=True)
class Attribution:
    """A quotation or indirect speech, with the rule that found it and the rule's confidence from 0 to 1."""

    form: str
    content: tuple[TextSpan, ...]
    span: TextSpan
    rule: str
    confidence: float
    act: str = "assert"
    source: Word | None = None
    """The head of the source's phrase; None if the source is that of the previous attribution, or nobody is named."""
    source_span: TextSpan | None = None
    cue: Word | None = None
    cue_span: TextSpan | None = None
    content_heads: tuple[int, ...] = ()
    """The head words of the content's clauses or phrases."""
    runs: tuple[int, ...] = ()
    """The numbers of the quoted runs in the content."""
    continues: bool = False
    """Whether the source is that of the previous attribution."""


def subject_of(parsed: ParsedText, verb: Word) -> Word | None:
    """Return the subject of a verb, or of a verb that governs it; None if there is none."""
    for governor in (verb, *parsed.ancestors(verb)):
        if subject := _own_subject(parsed, governor):
            return subject
        head = parsed.words[governor.head]
        if governor.relation == "pcomp" and head.lemma == "for" and (objects := _blamed(parsed, head)):
            return objects[0]
        if _is_sent_with(parsed, governor, head):
            return subject_of(parsed, parsed.words[head.head])  # `emailed supporters saying that …`
        if governor.relation in {"acl", "relcl"} and head.is_noun:
            is_infinitive = governor.relation == "acl" and any(word.tag == "TO" for word in parsed.dependents(governor))
            owners = parsed.dependents(head, "poss") if is_infinitive else []
            return owners[0] if owners else head  # `Quill's refusal to say`
        is_finite_clause = governor.relation == "ccomp" and governor.tag not in {"VBG", "VB"}
        if governor.relation not in SHARING_SUBJECT or is_finite_clause:
            return None
    return None


def _blamed(parsed: ParsedText, preposition: Word) -> list[Word]:
    """Return who is blamed or thanked for what comes after `for`, who is its subject: `slammed her for waiting`."""
    verb = parsed.words[preposition.head]
    return parsed.dependents(verb, "dobj") if verb.lemma in ACT_OF_VERB else []


def _is_sent_with(parsed: ParsedText, participle: Word, noun: Word) -> bool:
    """Return whether a participle after the object of a verb tells what its subject sends or publishes."""
    is_participle = participle.relation == "acl" and participle.tag == "VBG" and participle.lemma in ACT_OF_VERB
    return is_participle and noun.relation == "dobj" and parsed.words[noun.head].lemma in SENDING


def _own_subject(parsed: ParsedText, verb: Word) -> Word | None:
    """Return the subject or agent of a verb; a relative pronoun is replaced by what it refers to."""
    subjects = parsed.dependents(verb, *SUBJECTS)
    # The parser attaches some subjects to the auxiliary: `Quill is convinced that …, aides say`.
    subjects = subjects or [
        word
        for auxiliary in (
            *parsed.dependents(verb, "auxpass"),
            *stranded_auxiliaries(parsed, verb),
            *questions_before(parsed, verb),
        )
        for word in parsed.dependents(auxiliary, *SUBJECTS)
    ]
    subjects = subjects or _of_asides_before(parsed, verb)
    subjects = subjects or _misread_as_interjection(parsed, verb)
    # The parser finds two subjects where a name follows its post without a comma: the person speaks.
    subject = next(iter(subjects), None)
    if subject and subject.name_kind != "PERSON":
        subject = next((word for word in subjects[1:] if word.name_kind == "PERSON"), subject)
    if subject:
        return parsed.words[verb.head] if subject.tag in {"WP", "WDT"} and verb.relation == "relcl" else subject
    return _agent_of(parsed, verb)


def _of_asides_before(parsed: ParsedText, verb: Word) -> list[Word]:
    """Return the subject that the parser gives to a participle between commas: `Quill, writing for the court, said`."""
    asides = [
        word
        for word in parsed.dependents(verb, "advcl")
        if word.tag in {"VBG", "VBN"} and word.index < verb.index and parsed.words[word.index - 1].text == ","
    ]
    is_after_comma = parsed.words[verb.index - 1].text == ","
    return [word for aside in asides if is_after_comma for word in parsed.dependents(aside, "nsubj")]


def _misread_as_interjection(parsed: ParsedText, verb: Word) -> list[Word]:
    """Return the name at the start of a sentence that the parser takes for a call or a day: `Dodd, meanwhile, said`."""
    start, _ = parsed.sentences[verb.sentence]
    return [
        word
        for word in parsed.dependents(verb, "intj", "npadvmod")
        if (word.index == start and word.text[0].isupper() and word.text.lower() not in INTERJECTIONS)
        or word.text.lower() in QUANTITIES
        if word.tag in {"NNP", "UH", "NN", "CD"} and word.name_kind not in {"DATE", "TIME"}
    ]


def stranded_auxiliaries(parsed: ParsedText, verb: Word) -> list[Word]:
    """Return auxiliaries that the parser mistakes for a clause: `has long, and loudly, argued`."""
    clauses = (word for word in parsed.dependents(verb, "ccomp") if word.lemma == "have" and word.index < verb.index)
    return [word for word in clauses if not parsed.dependents(word, "dobj", "xcomp", "ccomp", "attr")]


def questions_before(parsed: ParsedText, verb: Word) -> list[Word]:
    """Return the participle that the parser mistakes for a clause in `Quill, asked if it rained, said …`."""
    is_after_comma = verb.index > 0 and parsed.words[verb.index - 1].text == ","
    if not is_after_comma or parsed.dependents(verb, *SUBJECTS):
        return []
    clauses = (word for word in parsed.dependents(verb, "ccomp", "parataxis") if 0 < word.index < verb.index)
    return [word for word in clauses if word.lemma in ASKING and parsed.words[word.index - 1].text == ","]


def _agent_of(parsed: ParsedText, verb: Word) -> Word | None:
    return next(iter(parsed.objects_after(verb, relations=("agent",))), None)


def speaker_of(parsed: ParsedText, verb: Word) -> Word | None:
    """Return the speaker of a verb of speech: its subject, or for a passive verb only its agent."""
    is_passive = bool(parsed.dependents(verb, "auxpass")) or is_reduced(parsed, verb)
    return _agent_of(parsed, verb) if is_passive else subject_of(parsed, verb)


def is_reduced(parsed: ParsedText, verb: Word) -> bool:
    """Return whether a verb is a passive participle without its auxiliary: `a man accused of theft`.

    In a sentence without another verb it is not one, even if the parser says so.
    """
    if verb.relation == "conj" and verb.tag == "VBN" and not parsed.dependents(verb, "aux", "auxpass", *SUBJECTS):
        return is_reduced(parsed, parsed.words[verb.head])
    is_asked = verb.tag == "VBD" and verb.relation == "advcl" and verb.index == parsed.sentences[verb.sentence][0]
    is_participle = is_asked or (verb.tag == "VBN" and verb.relation in {"acl", "advcl", "amod"})
    is_participle = is_participle and any(word.is_verb for word in parsed.ancestors(verb) if word.head == word.index)
    return is_participle and not parsed.dependents(verb, "aux", "auxpass", *SUBJECTS)


def source_phrase(parsed: ParsedText, head: Word, cue: Word | None = None, *, with_clauses: bool = True) -> TextSpan:
    """Return the words that name a source: its noun with all its dependents except clauses that contain the cue."""
    nouns = [head, *parsed.dependents(head, "conj", "appos")]
    left_out = [word.index for word in parsed.dependents(head, *BESIDE_SOURCE)]
    left_out += [word.index for noun in nouns for word in parsed.dependents(noun, "advcl")]
    left_out += [
        clause.index
        for noun in nouns
        for clause in parsed.dependents(noun, *CLAUSES)
        if not with_clauses or _is_of_cue(parsed, clause, head, cue)
    ]
    left_out += [
        word.index
        for noun in nouns
        for word in parsed.dependents(noun, "prep")
        if word.text.lower() in OF_THE_SAYING and _is_of_saying(parsed, noun, word)
    ]
    # A clause of time after a noun belongs to the saying: `said Quill, a former aide to Vik, when asked if …`.
    after = [parsed.words[index] for index in parsed.subtree(head, left_out) if index > head.index]
    left_out += [word.index for word in after if _is_of_time(parsed, word)]
    # Dependents may be anywhere in the sentence: only those adjacent to the head name the source.
    known = {*parsed.subtree(head, left_out)}
    punctuation = {word.index for word in parsed.dependents(head, "punct", "cc", "case")}
    start, end = head.index, head.index + 1
    while start - 1 in known or (start - 1 in punctuation and start - 2 in known):
        start -= 1
    while end in known or (end in punctuation and end + 1 in known):
        end += 1
    brackets = [word.text for word in parsed.words[start:end]]
    if brackets.count("(") > brackets.count(")") and end < len(parsed.words) and parsed.words[end].text == ")":
        end += 1  # `Rep. Ada Quill (R-Ohio)`
    while parsed.is_hyphen(start - 1):
        start -= 2
        start = min([start, *(word.index for word in parsed.dependents(parsed.words[start]) if word.index < start)])
    return parsed.span(start, _after_name(parsed, _after_hyphens(parsed, end)))


def _is_of_time(parsed: ParsedText, clause: Word) -> bool:
    """Return whether a clause after a noun states when or why something is said, rather than who says it."""
    is_when = any(word.text.lower() == "when" for word in parsed.dependents(clause, "advmod"))
    is_beside_name = clause.relation == "relcl" and is_when and parsed.words[clause.head].tag.startswith("NNP")
    return is_beside_name or (clause.relation == "advcl" and not parsed.words[clause.head].is_verb)


def _is_of_saying(parsed: ParsedText, noun: Word, preposition: Word) -> bool:
    """Return whether a phrase after a noun belongs to the saying: after a person's name any, else only a day's."""
    is_named = noun.tag in {"NNP", "NNPS"} and noun.name_kind != "ORG"
    is_on = preposition.text.lower() == "on"
    return is_named or (is_on and any(word.name_kind == "DATE" for word in parsed.dependents(preposition, "pobj")))


def _after_name(parsed: ParsedText, end: int) -> int:
    """Return where a name ends that follows a noun without depending on it: `the news agency Sel Press`."""
    words = parsed.words
    is_noun = words[end - 1].tag == "NN" and end < len(words)
    while is_noun and end < len(words) and (words[end].tag, words[end].relation) == ("NNP", "dep"):
        end += 1
    return end


def _is_of_cue(parsed: ParsedText, clause: Word, head: Word, cue: Word | None) -> bool:
    """Return whether a clause after a source contains the cue, or continues what the source says."""
    goes_on = clause.tag == "VBG" and clause.lemma.lower() in ACT_OF_VERB and cue is not None and cue.index < head.index
    return goes_on or (cue is not None and cue.index in {*parsed.subtree(clause)})


def _after_hyphens(parsed: ParsedText, end: int) -> int:
    """Return where a name ends that the parser splits at a hyphen, such as `al-Sadr`."""
    while parsed.is_hyphen(end):
        end += 2
    return end


def cue_phrase(parsed: ParsedText, verb: Word) -> TextSpan:
    """Return a verb with its auxiliaries, its negation, the adverbs among them, and its particle."""
    particles = [
        word.index
        for word in parsed.dependents(verb, "prt", "advmod")
        if word.index == verb.index + 1
        and (word.relation == "prt" or word.text.lower() == "back" or _ends_sentence(parsed, word))
    ]
    start = _start_of_group(parsed, verb)
    governor = catenative_of(parsed, verb) or _answers_before(parsed, verb)
    if governor is not None:
        start = _start_of_group(parsed, governor)
    return parsed.span(start, max([verb.index, *particles]) + 1)


def _answers_before(parsed: ParsedText, verb: Word) -> Word | None:
    """Return the verb that forms one cue with a participle of speech after a comma: `responded Friday, saying`."""
    governor = parsed.words[verb.head]
    is_after_comma = verb.index > 0 and parsed.words[verb.index - 1].text == ","
    is_participle = verb.tag == "VBG" and verb.relation == "advcl" and is_after_comma
    is_near = 0 < verb.index - governor.index <= MAX_WORDS_OF_ANSWER
    return governor if is_participle and is_near and governor.lemma in ANSWERING else None


def _ends_sentence(parsed: ParsedText, adverb: Word) -> bool:
    """Return whether an adverb of manner after a verb is the last word of its sentence: `Quill said dryly`."""
    following = parsed.words[adverb.index + 1].text if adverb.index + 1 < len(parsed.words) else "."
    return adverb.tag == "RB" and adverb.text.endswith("ly") and following in {".", ":"}


def _start_of_group(parsed: ParsedText, verb: Word) -> int:
    group = {
        index: word
        for word in parsed.dependents(verb, *VERB_GROUP)
        for index in ([word.index] if word.relation.startswith("aux") else parsed.subtree(word))
    }
    start = verb.index
    while start - 1 in group and parsed.words[start - 1].tag != "TO":
        start -= 1
    # `has repeatedly and without evidence claimed`
    auxiliaries = [*parsed.dependents(verb, "aux"), *stranded_auxiliaries(parsed, verb)]
    auxiliary = next((word.index for word in auxiliaries if word.tag != "TO"), start)
    if auxiliary < start and {*range(auxiliary, start)} <= {*parsed.subtree(verb, _subjects(parsed, verb))}:
        return auxiliary
    # In `never said` and `falsely said` the adverb belongs to the cue; in `also said` and `then said` it does not.
    while start < verb.index and group[start].relation == "advmod" and not _tells_manner(parsed, group[start]):
        start += 1
    return start


def _subjects(parsed: ParsedText, verb: Word) -> list[int]:
    return [word.index for word in parsed.dependents(verb, *SUBJECTS)]


def _tells_manner(parsed: ParsedText, adverb: Word) -> bool:
    return adverb.text.lower().endswith("ly") or bool(parsed.dependents(adverb, "neg"))


def catenative_of(parsed: ParsedText, verb: Word) -> Word | None:
    """Return the verb that forms one cue with the verb of speech after it: `declined to say`, `quoted as saying`."""
    governor = parsed.words[verb.head]
    is_catenative = (verb.relation == "xcomp" and governor.is_verb) or governor.lemma == "refusal"
    is_beside = is_catenative and governor.index == verb.index - 2
    if is_beside and parsed.words[verb.index - 1].tag == "TO":
        return governor
    if governor.lemma == "go" and verb.relation == "xcomp" and governor.index == verb.index - 3:
        return governor  # `goes on to say`
    quoted = parsed.words[governor.head]  # `was quoted as saying`
    is_quoted = verb.relation == "pcomp" and quoted.lemma == "quote" and quoted.index == verb.index - 2
    return quoted if is_quoted else None


def sentence_span(parsed: ParsedText, *spans: TextSpan | None) -> TextSpan:
    """Return the passage from the first to the last sentence that contain the given passages."""
    present_spans = [span for span in spans if span and span.start < span.end]
    first_offset, end = min(span.start for span in present_spans), max(span.end for span in present_spans)
    last_word = len(parsed.words) - 1
    numbers = {parsed.words[min(parsed.word_at(offset), last_word)].sentence for offset in (first_offset, end - 1)}
    words = [word for number in sorted(numbers) for word in parsed.sentence_words(number) if word.text.strip()]
    return TextSpan(min([first_offset, *(word.start for word in words)]), max([end, *(word.end for word in words)]))
