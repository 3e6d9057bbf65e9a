"""The edge: the only package that knows pygls or lsprotocol. One module per LSP request or concern."""
