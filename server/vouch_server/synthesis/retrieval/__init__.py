"""Functions that a project already has, found by what they are called and adapted to where they are needed."""
