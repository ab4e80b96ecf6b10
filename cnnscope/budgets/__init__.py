"""Budgets: what a network may cost, read from a file, decided assertion by assertion, or red with a reason."""
