"""What a compiler or checker said of a text. A value; knows no tool and no protocol."""

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How bad; the numbers are those of the language server protocol."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One complaint. Lines and columns are 0-based, columns in code points, the end exclusive."""

    rule: str
    message: str
    severity: Severity = Severity.ERROR
    start_line: int
    start_column: int
    end_line: int
    end_column: int
