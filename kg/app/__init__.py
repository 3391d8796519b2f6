"""The use cases, one module each: build, import, infer, validate, write, export, explain and restore."""
