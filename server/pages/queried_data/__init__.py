"""What pages read from the store: their queries and solutions, names of things, passages and texts."""
