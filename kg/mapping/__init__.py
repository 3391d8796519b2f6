"""Reads and checks mapping documents and turns them into RDF; every fault is located by file, line, column and key."""

from kg.mapping.anchoring import PASSAGE_KEYS, anchor_document, passage_values
from kg.mapping.article_reader import ReadArticle, SharedDocuments, read_article, read_shared
from kg.mapping.corpus_check import CheckReport, check_document, corpus_file_of, is_explained
from kg.mapping.corpus_documents import CorpusDocuments, UnreadDocuments
from kg.mapping.corpus_files import CorpusFiles, read_corpus_files
from kg.mapping.corpus_reader import Article, Corpus, UncheckedArticle, corpus_of, read_corpus, unchecked_reason
from kg.mapping.document_edits import DocumentEdits
from kg.mapping.document_format import format_document
from kg.mapping.document_listing import CORPUS_FILE
from kg.mapping.document_triples import DocumentTriples, derived_identifier
from kg.mapping.mapping_vocabulary import concept_examples
from kg.mapping.migration import migrate_document
from kg.mapping.new_corpus import join_lone_articles, list_in_corpus, write_corpus_of
from kg.mapping.new_document import (
    has_character_edges,
    require_new_file,
    slug_of,
    stamped_document,
    write_document_files,
    write_new_document,
)
from kg.mapping.node_locations import NodeLocations, locations_of, read_locations
from kg.mapping.passage_stamps import LocatedPassage, PassageStamp, PassageState
from kg.mapping.passage_words_files import keep_out_of_repository, refresh_words
from kg.mapping.schema_check import is_valid_json
from kg.mapping.source_texts import SourceText, read_source_texts, read_text_file
from kg.mapping.text_copies import TextCopy, most_similar_copy
from kg.mapping.text_fragments import fragment_words
from kg.mapping.text_spans import TextSpan, spans_of_words

__all__ = [
    "CORPUS_FILE",
    "PASSAGE_KEYS",
    "Article",
    "CheckReport",
    "Corpus",
    "CorpusDocuments",
    "CorpusFiles",
    "DocumentEdits",
    "DocumentTriples",
    "LocatedPassage",
    "NodeLocations",
    "PassageStamp",
    "PassageState",
    "ReadArticle",
    "SharedDocuments",
    "SourceText",
    "TextCopy",
    "TextSpan",
    "UncheckedArticle",
    "UnreadDocuments",
    "anchor_document",
    "check_document",
    "concept_examples",
    "corpus_file_of",
    "corpus_of",
    "derived_identifier",
    "format_document",
    "fragment_words",
    "has_character_edges",
    "is_explained",
    "is_valid_json",
    "join_lone_articles",
    "keep_out_of_repository",
    "list_in_corpus",
    "locations_of",
    "migrate_document",
    "most_similar_copy",
    "passage_values",
    "read_article",
    "read_corpus",
    "read_corpus_files",
    "read_locations",
    "read_shared",
    "read_source_texts",
    "read_text_file",
    "refresh_words",
    "require_new_file",
    "slug_of",
    "spans_of_words",
    "stamped_document",
    "unchecked_reason",
    "write_corpus_of",
    "write_document_files",
    "write_new_document",
]
