"""What synthesised expressions are made of: terms, the operations they apply, and how they are written."""
