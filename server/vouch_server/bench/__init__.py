"""Measures judging on recorded model outputs whose outcome is known. Knows no editor."""
