"""English words by what they say of a name, a noun or a verb; the longer lists are in `words.toml`."""
