"""The arithmetic behind every figure, recorded while the rule that computes the figure runs."""
