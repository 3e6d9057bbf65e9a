"""One module per language, each holding one frozen `Language`; found by `vouch_verifiers.registry`."""
