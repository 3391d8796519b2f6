"""A language model as a second drafter: its client, what it finds, and the merge with what the rules find."""
