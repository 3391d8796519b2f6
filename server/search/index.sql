-- The tables of an index, in the order of the modules of server/search that write and look them up.

-- Things (index_database.py)
--
-- Records name a thing by its number, or by its cell: its term as TSV results have it.
CREATE TABLE thing (id INTEGER PRIMARY KEY, cell TEXT UNIQUE);

-- Statements (statement_index.py)
--
-- Statements are numbered from 0 on, in any order. Each has what it is sorted by, and what is `named` in it as things.
--
-- A facet's `value_ids` are those of each statement in turn, the statement's from `starts` on. Where no statement has
-- several, `starts` is empty, and the id of a statement without a value is 0. `number` is how many values there are.
--
-- The words of a gist have the number of its statement, and those of a name the one of its label, which is that of a
-- thing; `named` has the numbers of the statements of which the thing is a source or a subject.
CREATE TABLE statement (
  number INTEGER PRIMARY KEY, cell TEXT UNIQUE, article TEXT, start INTEGER, source TEXT, said TEXT, named BLOB
);
CREATE TABLE sort_order (name TEXT PRIMARY KEY, numbers BLOB);
CREATE TABLE facet (name TEXT PRIMARY KEY, starts BLOB, value_ids BLOB, number INTEGER);
CREATE TABLE facet_value (id INTEGER PRIMARY KEY, facet TEXT, cell TEXT, count INTEGER, numbers BLOB);
CREATE UNIQUE INDEX value_of_facet ON facet_value (facet, cell);
CREATE INDEX value_by_count ON facet_value (facet, count DESC, cell);
CREATE TABLE label (id INTEGER PRIMARY KEY, thing INTEGER);
CREATE INDEX thing_of_label ON label (thing);
CREATE TABLE named (thing INTEGER PRIMARY KEY, numbers BLOB);
CREATE VIRTUAL TABLE gist_words USING fts5(folded, tokenize='ascii');
CREATE VIRTUAL TABLE label_words USING fts5(folded, tokenize='ascii');

-- Timeline (timeline_tables.py)
--
-- The `section` of an item is `dated`, `undated` or `unreal`; its stamps are seconds and minutes of offset, as text.
--
-- It `opens` and `closes` at its first and last known moment, as `moment_key` writes them; `moments` are all of them.
-- `listed` is 1 for the one account of an occurrence that the list of events has. Of a scenario there are the `status`
-- and the `name` by which it is sorted. A participant's `items` are the number of dated ones.
CREATE TABLE item (
  id INTEGER PRIMARY KEY, section TEXT, kind TEXT, iri TEXT, begin TEXT, begun TEXT, over TEXT, end TEXT,
  occasion TEXT, time_words TEXT, occurrence TEXT,
  opens TEXT, closes TEXT, has_offset INTEGER, listed INTEGER, status TEXT, moments TEXT, name TEXT
);
CREATE INDEX item_by_time ON item (section, opens, closes, kind, listed, has_offset);
CREATE UNIQUE INDEX item_by_iri ON item (section, kind, iri);
CREATE INDEX item_with_words ON item (kind, iri) WHERE section = 'undated' AND time_words <> '';
CREATE INDEX scenario ON item (status, closes = '', moments, name, iri) WHERE section = 'unreal';
CREATE TABLE participant (id INTEGER PRIMARY KEY, iri TEXT UNIQUE, name TEXT, folded TEXT, items INTEGER);
CREATE INDEX participant_by_name ON participant (folded, iri);
CREATE TABLE item_participant (participant INTEGER, item INTEGER, PRIMARY KEY (participant, item)) WITHOUT ROWID;
CREATE TABLE item_side (side TEXT, item INTEGER, PRIMARY KEY (side, item)) WITHOUT ROWID;
CREATE INDEX participant_of_item ON item_participant (item);
CREATE INDEX side_of_item ON item_side (item);
CREATE INDEX item_of_occurrence ON item (occurrence) WHERE occurrence <> '';

-- Network (network_tables.py)
--
-- A node `opens` and `closes` as `moment_key` writes its first and last moment, and is `folded` by its name.
--
-- Shortest paths prefer the relations that are not weak. An edge is `told` by one thing or by several. A node's `side`
-- is its own, or else that of what it belongs to.
CREATE TABLE node (
  id INTEGER PRIMARY KEY, iri TEXT UNIQUE, kind TEXT, name TEXT, side TEXT, first TEXT, last TEXT,
  folded TEXT, opens TEXT, closes TEXT, degree INTEGER, own_side TEXT
);
CREATE INDEX node_by_name ON node (folded);
CREATE INDEX node_by_degree ON node (degree DESC, iri);
CREATE TABLE relation (id INTEGER PRIMARY KEY, iri TEXT UNIQUE, is_weak INTEGER);
CREATE TABLE edge (start INTEGER, relation INTEGER, end INTEGER, PRIMARY KEY (start, relation, end)) WITHOUT ROWID;
CREATE UNIQUE INDEX edge_by_end ON edge (end, start, relation);
CREATE TABLE told (
  start INTEGER, relation INTEGER, end INTEGER, origin INTEGER, PRIMARY KEY (start, relation, end, origin)
) WITHOUT ROWID;
CREATE INDEX told_by ON told (origin);
CREATE TABLE side (cell TEXT PRIMARY KEY, participations INTEGER) WITHOUT ROWID;

-- People, organizations and groups (agent_index.py)
--
-- By class, with how many statements they are the sources of and how many events they take part in. The index has the
-- order of the list, so that as many agents are read as a page shows.
CREATE TABLE agent (class TEXT, cell TEXT, statements INTEGER, events INTEGER, PRIMARY KEY (class, cell)) WITHOUT ROWID;
CREATE INDEX agent_by_activity ON agent (class, statements DESC, events DESC, cell);

-- Disagreements (disagreement_index.py)
--
-- The two statements of a pair are sorted, since either may state the relation; a pair without a topic has an empty one.
CREATE TABLE opposed (
  topic TEXT, relation TEXT, first TEXT, second TEXT, PRIMARY KEY (topic, relation, first, second)
) WITHOUT ROWID;
CREATE INDEX opposed_first ON opposed (first);
CREATE INDEX opposed_second ON opposed (second);

-- Searched texts (text_search.py)
--
-- A text is that of its `owner`, and `naming` the place of its property in `NAMING`: names come before other texts.
--
-- Its `things` are what it finds, the first of them `thing`. The `context` of its owner are things that it finds only
-- beside another word, found in a text of their own: a source's statements. By `context_of` statements have their
-- sources and what they are about.
CREATE TABLE text (id INTEGER PRIMARY KEY, owner INTEGER, thing INTEGER, naming INTEGER, cell TEXT, things BLOB);
CREATE INDEX owner_of_text ON text (owner);
CREATE INDEX thing_of_text ON text (thing);
CREATE TABLE context (thing INTEGER PRIMARY KEY, numbers BLOB);
CREATE TABLE context_of (thing INTEGER PRIMARY KEY, numbers BLOB);
CREATE VIRTUAL TABLE text_words USING fts5(folded, tokenize='ascii');
CREATE VIRTUAL TABLE word USING fts5vocab(text_words, row);
CREATE TABLE accented_word (plain TEXT, word TEXT, PRIMARY KEY (plain, word)) WITHOUT ROWID;
CREATE TABLE holder (post TEXT, holder TEXT, PRIMARY KEY (post, holder)) WITHOUT ROWID;
CREATE TABLE post_place (post TEXT, organization TEXT, PRIMARY KEY (post, organization)) WITHOUT ROWID;
CREATE INDEX post_in ON post_place (organization);
CREATE TABLE account (happening TEXT PRIMARY KEY, occurrence TEXT) WITHOUT ROWID;

-- Texts of articles (text_paragraphs.py)
--
-- Each article has the digest of its text, and, where this is at hand, its paragraphs.
CREATE TABLE article_text (article INTEGER PRIMARY KEY, digest TEXT, is_here INTEGER);
CREATE VIRTUAL TABLE paragraph_words USING fts5(folded, tokenize='ascii');
