"""The blueprints that an application registers: all that the modules of a package and its folders define."""

from __future__ import annotations

from importlib import import_module
from pkgutil import walk_packages

from flask import Blueprint


def blueprints_in(package: str) -> tuple[Blueprint, ...]:
    """Return the blueprints of a package's modules, of the folders in it too, in the order of the modules' names."""
    paths = import_module(package).__path__
    modules = [import_module(module.name) for module in walk_packages(paths, f"{package}.")]
    blueprints = (value for module in modules for value in vars(module).values() if isinstance(value, Blueprint))
    # Once each, since a module may import the blueprint of another.
    return tuple(dict.fromkeys(blueprints))
