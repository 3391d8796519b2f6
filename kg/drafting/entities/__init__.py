"""Whom and what a text names or describes, which words refer to it, and the posts that people hold."""
