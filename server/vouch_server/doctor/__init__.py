"""Tries what Vouch needs on this machine, each thing for real. Knows no editor and prints nothing."""
