"""What writes or rewrites documents for an author: new ones, offsets for words, a stable layout, and migrations."""
