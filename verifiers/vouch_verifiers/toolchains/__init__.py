"""Warm compilers and checkers that several languages share."""
