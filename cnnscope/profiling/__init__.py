"""Latency that can be believed: a process of its own, a protocol, intervals, and every kernel joined to its layers."""
