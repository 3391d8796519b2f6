"""`kg serve`: its options, and the life of a server from listening to draining."""
