"""The store: immutable versions of the dataset, and queries over them."""
