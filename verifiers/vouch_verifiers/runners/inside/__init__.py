"""The worker's side of a run, on the person's own interpreter (3.9 or later), standard library only."""
