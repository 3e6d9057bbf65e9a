"""What a workspace says of Vouch in its own pyproject.toml. Decides nothing: see `settings.read_workspace`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vouch_server.settings import SECTION, SettingsFault, read_file

FILE = "pyproject.toml"


def read_table(root: Path) -> Mapping[str, Any]:
    """The table [tool.vouch] as the raw settings it holds; empty where there is none. Raises SettingsFault.

    Blocks while it reads the file.
    """
    path = root / FILE
    if not path.exists():
        return {}
    tools = read_file(path).get("tool")
    table = tools.get(SECTION) if isinstance(tools, Mapping) else None
    if table is None:
        return {}
    if not isinstance(table, Mapping):
        raise SettingsFault(f"{path}: tool.{SECTION} must be a table of settings")
    return {SECTION: table}
