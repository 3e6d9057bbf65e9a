"""Finds plug-in values: one per module of a package, and those that other distributions offer."""

import importlib
import logging
import pkgutil
from importlib.metadata import entry_points
from typing import Protocol, TypeVar

log = logging.getLogger(__name__)


class Named(Protocol):
    @property
    def name(self) -> str: ...


ValueT = TypeVar("ValueT", bound=Named)


def discover(package_name: str, kind: type[ValueT], group: str) -> dict[str, ValueT]:
    """All values of `kind` by name: those in the modules of a package, then those of the entry points `group`.

    The package is named and not imported by the caller, which is below it in the layers.

    A built-in module that does not import raises: it is our fault. A third party's is logged and left out.
    """
    found: dict[str, ValueT] = {}
    package = importlib.import_module(package_name)
    for module_info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if module_info.ispkg:
            continue
        module = importlib.import_module(module_info.name)
        for value in vars(module).values():
            if isinstance(value, kind):
                found[value.name] = value
    for entry_point in entry_points(group=group):
        try:
            value = entry_point.load()
        except Exception:
            log.exception("%s offers %s, which does not load", entry_point.dist, entry_point.value)
            continue
        if isinstance(value, kind):
            found.setdefault(value.name, value)
    return found
