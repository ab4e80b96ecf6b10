"""What this machine can do at most: the roofs under which measured latencies stand.

A rate is in FLOP/s or bytes/s, a multiply-add counts as two operations. Every figure is the best of several short
trials in a process of its own: a ceiling is what can be reached, and whatever disturbs a trial only lowers it.
"""
