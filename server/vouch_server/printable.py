"""Makes text safe to show: what a model or a program wrote must not steer a terminal or reorder what is read. Pure."""

import unicodedata

# Beside the control characters: formats (bidirectional overrides among them), lone surrogates and private use.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def printable(text: str) -> str:
    """The text with unseen characters written out, line feeds and tabs excepted."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(it if _is_seen(it) else _written(it) for it in text.replace("\r\n", "\n"))


def _is_seen(character: str) -> bool:
    return character in "\n\t" or unicodedata.category(character) not in _UNSEEN


def _written(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
