"""One module per sandbox, each holding one frozen `SandboxKind`. The only package that starts processes."""
