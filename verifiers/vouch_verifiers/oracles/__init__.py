"""Where expected behaviour comes from: doc examples, nearby tests."""
