"""Lets edited documents stand in for the files on disk when modules are imported."""

import importlib.machinery
import importlib.util
import linecache
import os
import sys
from typing import Any, Dict, Optional, Sequence


class OverlayLoader(importlib.machinery.SourceFileLoader):
    """Reads a module's source from the editor's text; never a cached bytecode file of the old one."""

    def __init__(self, fullname: str, path: str, source: bytes) -> None:
        super().__init__(fullname, path)
        self._source = source

    def get_data(self, path: str) -> bytes:
        if path == self.path:
            return self._source
        raise OSError("bytecode of an edited file is stale: " + path)

    def path_stats(self, path: str) -> Dict[str, Any]:
        raise OSError("an edited file has no file status: " + path)


class OverlayFinder:
    """Finds modules whose file, on disk or not, has an edited text."""

    def __init__(self, texts: Dict[str, str]) -> None:
        self._texts = texts

    def find_spec(self, fullname: str, path: Optional[Sequence[str]] = None, target: Any = None) -> Any:
        tail = fullname.rpartition(".")[2]
        for folder in sys.path if path is None else path:
            for file in (os.path.join(folder, tail, "__init__.py"), os.path.join(folder, tail + ".py")):
                if file in self._texts:
                    return self._spec(fullname, file)
        return None

    def _spec(self, fullname: str, file: str) -> Any:
        package = [os.path.dirname(file)] if file.endswith("__init__.py") else None
        loader = OverlayLoader(fullname, file, encoded(self._texts[file]))
        return importlib.util.spec_from_file_location(
            fullname, file, loader=loader, submodule_search_locations=package
        )


def encoded(text: str) -> bytes:
    """Source bytes of a text as Python reads them back; a lone surrogate stays what it is and fails to decode."""
    return text.encode("utf-8", "surrogatepass")


def install(texts: Dict[str, str]) -> None:
    """Shadow the files named by absolute path, for imports and for tracebacks."""
    sys.meta_path.insert(0, OverlayFinder(texts))
    for path, text in texts.items():
        linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
