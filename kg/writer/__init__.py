"""Writes as data, and who carries them out: this process, or one of its own within limits."""
