"""Programs from examples, without a model: enumeration, deduction, templates, and code that is already there."""
