"""Reads and checks mapping documents and turns them into RDF; every fault is located by file, line, column and key."""
