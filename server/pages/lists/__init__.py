"""Lists of articles, people, events, statements and disagreements, the search, and the timeline."""
