"""One module per backend, each holding its settings and one frozen `GeneratorKind`."""
