"""`kg review`: drafts are reviewed in the browser, in a separate application that always needs a token."""
