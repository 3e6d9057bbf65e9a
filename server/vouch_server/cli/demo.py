"""`vouch demo`: the main job on a bundled example, nothing configured."""

import typer

from vouch_server.cli import options


def demo(sandbox: options.Sandbox = None, python: options.Python = None) -> None:
    """See candidates being rejected and vouched for, on an example that comes with Vouch.

    The embedded generator proposes, and so does a small recording of candidates written by hand. Nothing needs to be
    configured and nothing leaves this machine.

    Exit code 0 when something could be vouched for in every place, 1 otherwise.
    """
    chosen = options.settings_of(sandbox=sandbox, python=python)

    from vouch_server.cli import running, telling

    raise typer.Exit(running.run(telling.tell(chosen.verifiers)))
