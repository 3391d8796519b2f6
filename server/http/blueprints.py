"""The blueprints that an application registers: all that the modules of a package define."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint


def blueprints_in(package: str) -> tuple[Blueprint, ...]:
    """Return the blueprints of a package's modules, in the order of the modules' names."""
    paths = import_module(package).__path__
    modules = [import_module(f"{package}.{module.name}") for module in iter_modules(paths)]
    blueprints = (value for module in modules for value in vars(module).values() if isinstance(value, Blueprint))
    # Once each, since a module may import the blueprint of another.
    return tuple(dict.fromkeys(blueprints))
