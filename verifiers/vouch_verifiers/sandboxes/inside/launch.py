"""Confines itself as told, then becomes the command: its arguments are the orders as JSON, then the command.

The JSON holds "drop_root", "keep_reading", "limits", "network" (whether sockets may be made, in an empty network
namespace) and optionally "landlock": {"read", "write"}. Exit status 97 and one line on standard error say that
confinement failed.
"""

import json
import os
import sys

sys.path.insert(
    0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
)

from vouch_verifiers.sandboxes.inside import kernel, landlock_rules, privileges, seccomp_filter

REFUSED = 97


def confine(orders: dict) -> None:  # type: ignore[type-arg]
    """Apply the orders in the only order that works: identity, limits, no-new-privileges, Landlock, seccomp."""
    if orders.get("drop_root") and os.getuid() == 0:
        privileges.drop_root(keep_reading=bool(orders.get("keep_reading")))
    privileges.limit_resources(orders.get("limits", {}))
    kernel.no_new_privileges()
    landlock = orders.get("landlock")
    if landlock is not None:
        landlock_rules.restrict(landlock["read"], landlock["write"], network=False)
    denied = seccomp_filter.refusals(shared=False, network=bool(orders.get("network")))
    seccomp_filter.install(seccomp_filter.assemble(denied, kernel.MACHINE))


def main() -> None:
    orders = json.loads(sys.argv[1])
    command = sys.argv[2:]
    try:
        confine(orders)
        os.execv(command[0], command)  # noqa: S606 - this is what a launcher is for
    except OSError as error:
        os.write(2, f"cannot confine {command[0]}: {error}\n".encode())
        os._exit(REFUSED)
