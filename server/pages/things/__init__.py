"""The page of a thing, by its class, and the parts that these pages are made of."""
