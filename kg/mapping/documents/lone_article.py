"""An article's document in no corpus, which is a corpus of its own: it shares no people, places or anything else."""

from __future__ import annotations

from kg.errors import Problem, raise_if
from kg.mapping.documents.document_listing import nearest_corpus_file
from kg.mapping.documents.mapping_vocabulary import Json
from kg.mapping.documents.schema_check import schema_faults
from kg.mapping.documents.yaml_document import MappingDocument, YamlMapping, YamlNode, parse_document, single_quoted

SETTINGS = {
    "base": "https://example.org/news/",
    "title": "A corpus",
    "licence": "http://rightsstatements.org/vocab/CNE/1.0/",
    "creator": "nobody yet",
}
"""The settings of a corpus where none are given; the licence is "copyright not evaluated"."""
OWN_CORPUS = "corpus"
"""The key under which a lone article's document gives other settings."""


def is_lone_article(document: MappingDocument) -> bool:
    """Return whether a document is an article's with no corpus in its folder or above it."""
    return is_article(document) and nearest_corpus_file(document.file) is None


def is_article(document: MappingDocument) -> bool:
    """Return whether a document is an article's."""
    return "article" in document.root.nodes and "base" not in document.root.nodes


def own_corpus(article: MappingDocument) -> YamlMapping | None:
    """Return the settings that an article's document gives for its own corpus, None if it gives none."""
    section = article.root.nodes.get(OWN_CORPUS)
    return section if isinstance(section, YamlMapping) else None


def lone_corpus(article: MappingDocument, schema: Json) -> MappingDocument:
    """Return a corpus document for a lone article. Raises MappingError if the article's settings are faulty."""
    settings = {**SETTINGS, "title": " ".join(article.value_of("title").split()) or article.file.stem}
    lines = [f"{key}: {single_quoted(value)}\n" for key, value in settings.items()]
    text = f"{''.join(lines)}articles: [{single_quoted(article.file.name)}]\n"
    root, section = parse_document(article.file, text).root, own_corpus(article)
    if section is not None:
        raise_if(schema_faults(section, schema, "ownCorpus"))
        nodes: dict[str, YamlNode] = {**root.nodes, **section.nodes}
        root = YamlMapping(root.location, nodes=nodes)
    return MappingDocument(article.file, article.text, root)


def no_authority(article: MappingDocument) -> MappingDocument:
    """Return an empty authority for a corpus that has none."""
    return MappingDocument(article.file, article.text, YamlMapping(article.root.location))


def own_corpus_faults(article: MappingDocument, corpus: MappingDocument) -> list[Problem]:
    """Return a problem if an article of a corpus has corpus settings of its own, which nothing would read."""
    if OWN_CORPUS not in article.root.nodes or article.file == corpus.file:
        return []
    fault = f"`{OWN_CORPUS}` is for an article in no corpus, and this is one of {corpus.file}"
    return [Problem(article.root.keys[OWN_CORPUS].location, f"{fault}; expected its keys there, and none here.")]
