"""`kg review`: drafts are reviewed in the browser, by an application of its own that always needs a token."""
