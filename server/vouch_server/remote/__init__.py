"""Speaking with a model behind HTTP: prompts, the stream of an answer, when to stop, and what went wrong."""
