"""Describes an exception as plain data: what it was and where in the judged file it came from."""

import traceback
from typing import Any, Dict, List, Tuple


def raised(error: BaseException, job: Dict[str, Any]) -> Dict[str, Any]:
    """What an exception was and where in the judged file it came from (1-based; 0 where nowhere).

    `direct` says that it was inserted code itself that raised it, not something that this called.
    """
    first, last = job["inserted"]
    places = _places(error, job["path"])
    lines = [line for path, line in places if path == job["path"]]
    inside = [it for it in lines if first <= it <= last]
    return {
        "type": type(error).__name__,
        "bases": [it.__name__ for it in type(error).__mro__],
        "module": type(error).__module__,
        "message": _message(error),
        "line": lines[-1] if lines else 0,
        "candidate_line": inside[-1] if inside else 0,
        "direct": bool(inside) and places[-1] == (job["path"], inside[-1]),
    }


def _message(error: BaseException) -> str:
    try:
        return str(error)[:1000]
    except Exception:
        return "<no message>"


def _places(error: BaseException, path: str) -> List[Tuple[str, int]]:
    """File and line of every frame that it went through, the one that raised it last."""
    if isinstance(error, SyntaxError) and error.filename == path:
        return [(path, error.lineno or 0)]
    return [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
