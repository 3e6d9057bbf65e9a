"""`python -m vouch_server` is `vouch`."""

from vouch_server.cli import main

main()
