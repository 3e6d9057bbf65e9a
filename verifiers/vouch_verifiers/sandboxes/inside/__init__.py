"""Confinement from the inside, on the person's own interpreter (3.9 or later), standard library only.

Host code imports these modules for its tests; inside a sandbox they are loaded from this folder's package path.
"""
