"""A small problem that everything proposed and judged is tried on."""

from pathlib import Path

from vouch_server.model import Context, Snapshot

BEFORE = '''def total(prices: list[float]) -> float:
    """What the prices add up to.

    >>> total([1.5, 2.0])
    3.5
    >>> total([])
    0
    >>> total([4.0])
    4.0
    """
    '''
NAME = "vouch_doctor_problem.py"


def hole(folder: Path) -> Context:
    """The hole in the small problem, as if it lay in an empty folder."""
    path = folder / NAME
    snapshot = Snapshot(
        uri=path.as_uri(), path=path, language="python", version=0, text=BEFORE, workspace=folder
    )
    return Context(snapshot=snapshot, offset=len(BEFORE), explicit=True)
