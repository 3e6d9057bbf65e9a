"""The command line. This is only its door; each command is a module."""

from vouch_server.cli.app import main

__all__ = ["main"]
