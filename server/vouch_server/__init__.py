"""Proposes completions and shows those that were vouched for: generators, pipeline, LSP server, command line."""
