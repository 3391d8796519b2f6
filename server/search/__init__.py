"""The index that pages search: kept in the store's folder, and brought up to date with each version."""
