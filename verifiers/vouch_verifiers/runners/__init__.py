"""Execution of candidates inside a sandbox, one warm worker per ecosystem."""
