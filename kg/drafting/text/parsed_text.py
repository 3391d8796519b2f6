"""A parsed text: words with their part of speech and the head that they depend on, and the names among them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.mapping.passages.text_spans import TextSpan

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
NOUN_MODIFIERS = frozenset({"det", "amod", "compound", "nmod", "nummod", "poss", "case", "quantmod", "predet"})
"""Relations of the words before a noun, or of words that belong to those."""


@dataclass(frozen=True)
class Word:
    """One word or mark. Relations are ClearNLP's, tags the Penn Treebank's, and kinds of names OntoNotes'."""

    index: int
    start: int
    end: int
    text: str
    lemma: str
    tag: str
    relation: str
    head: int
    name_kind: str
    sentence: int

    @property
    def is_noun(self) -> bool:
        """Whether it is a noun, a name or a pronoun."""
        return self.tag.startswith(("NN", "PRP")) or self.tag in {"WP", "CD", "DT"}

    @property
    def is_verb(self) -> bool:
        """Whether it is a verb form."""
        return self.tag.startswith(("VB", "MD"))


@dataclass(frozen=True)
class NameSpan:
    """Words that a model takes for a name: the index of the first, the index after the last, and the kind of name."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class ParsedText:
    """The words of a text in order, and how they depend on each other."""

    text: str
    words: list[Word]
    names: list[NameSpan]
    children: list[list[int]] = field(init=False)
    sentences: list[tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        children: list[list[int]] = [[] for _ in self.words]
        sentences: list[tuple[int, int]] = []
        for word in self.words:
            if word.head != word.index:
                children[word.head].append(word.index)
            if not sentences or word.sentence != self.words[sentences[-1][0]].sentence:
                sentences.append((word.index, word.index))
            sentences[-1] = (sentences[-1][0], word.index + 1)
        object.__setattr__(self, "children", children)
        object.__setattr__(self, "sentences", sentences)

    def dependents(self, head: Word, *relations: str) -> list[Word]:
        """Return the words that depend on a word, in one of these relations if any are given."""
        words = [self.words[index] for index in self.children[head.index]]
        return [word for word in words if not relations or word.relation in relations]

    def objects_after(self, head: Word, *prepositions: str, relations: Iterable[str] = ("prep", "agent")) -> list[Word]:
        """Return the objects of the prepositions that depend on a word, or only of the prepositions given."""
        phrases = [
            word for word in self.dependents(head, *relations) if word.text.lower() in prepositions or not prepositions
        ]
        return [noun for phrase in phrases for noun in self.dependents(phrase, "pobj")]

    def subtree(self, head: Word, without: Iterable[int] = ()) -> list[int]:
        """Return the sorted indices of a word and all that depends on it, without given words and their subtrees."""
        left_out, indices, waiting = {*without}, [], [head.index]
        while waiting:
            index = waiting.pop()
            if index not in left_out:
                indices.append(index)
                waiting += self.children[index]
        return sorted(indices)

    def ancestors(self, word: Word) -> Iterator[Word]:
        """Yield the head of a word, the head of that head, and so on."""
        while word.head != word.index:
            word = self.words[word.head]
            yield word

    def sentence_words(self, number: int) -> list[Word]:
        """Return the words of the sentence with a number."""
        return self.words[slice(*self.sentences[number])]

    def noun_phrase(self, head: Word) -> tuple[int, int]:
        """Return the range of a noun and its modifiers before it, without the clauses and phrases that follow."""
        start = head.index
        for word in self.dependents(head):
            if word.index < head.index and word.relation in NOUN_MODIFIERS:
                start = min(start, *self.subtree(word))
        return start, head.index + 1

    def is_definite(self, noun: Word) -> bool:
        """Return whether a noun has the article `the`."""
        return any(word.text.lower() == "the" for word in self.dependents(noun, "det"))

    def span(self, start: int, end: int) -> TextSpan:
        """Return the passage of a range of words, without the white space and marks at its edges."""
        while start < end and self.words[start].text.strip(" \n\t\r,;:-–—") == "":  # noqa: RUF001 -- dashes
            start += 1
        while start < end and self.words[end - 1].text.strip(" \n\t\r,;:-–—") == "":  # noqa: RUF001 -- dashes
            end -= 1
        if start >= end:
            return TextSpan(0, 0)
        return TextSpan(self.words[start].start, self.words[end - 1].end)

    def is_hyphen(self, index: int) -> bool:
        """Return whether a mark joins the words before and after it, as in `al-Sadr`."""
        if not 0 < index < len(self.words) - 1:
            return False
        before, mark, after = self.words[index - 1 : index + 2]
        is_beside = before.end == mark.start and mark.end == after.start
        return mark.text == "-" and is_beside and before.sentence == after.sentence

    def words_in(self, spans: Iterable[TextSpan]) -> set[int]:
        """Return the indices of the words that begin in one of several passages."""
        return {index for span in spans for index in range(self._first_from(span.start), self._first_from(span.end))}

    def _first_from(self, offset: int) -> int:
        return bisect_left(self.words, offset, key=lambda word: word.start)

    def words_at(self, span: TextSpan) -> list[Word]:
        """Return the words that have a character in a passage."""
        return self.words[self.word_at(span.start) : self.word_at(max(span.start, span.end - 1)) + 1]

    def word_at(self, offset: int) -> int:
        """Return the index of the first word that ends after an offset, or the number of words after the last one."""
        return bisect_right(self.words, offset, key=lambda word: word.end)
