"""What this machine can do at most: the roofs under which measured latencies stand."""
