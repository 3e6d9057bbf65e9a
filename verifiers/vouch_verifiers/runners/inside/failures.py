"""Describes an exception as plain data: what it was and where in the judged file it came from."""

import traceback
from typing import Any, Dict, List


def raised(error: BaseException, job: Dict[str, Any]) -> Dict[str, Any]:
    """What an exception was and where in the judged file it came from (1-based; 0 where nowhere)."""
    first, last = job["inserted"]
    lines = _lines_in(error, job["path"])
    inside = [it for it in lines if first <= it <= last]
    return {
        "type": type(error).__name__,
        "bases": [it.__name__ for it in type(error).__mro__],
        "module": type(error).__module__,
        "message": _message(error),
        "line": lines[-1] if lines else 0,
        "candidate_line": inside[-1] if inside else 0,
    }


def _message(error: BaseException) -> str:
    try:
        return str(error)[:1000]
    except Exception:
        return "<no message>"


def _lines_in(error: BaseException, path: str) -> List[int]:
    if isinstance(error, SyntaxError) and error.filename == path:
        return [error.lineno or 0]
    frames = list(traceback.walk_tb(error.__traceback__))
    return [line for frame, line in frames if frame.f_code.co_filename == path]
