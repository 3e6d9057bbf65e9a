"""Judges code: a candidate seen as a file goes in, a verdict with evidence comes out. Knows no editor and no model."""
