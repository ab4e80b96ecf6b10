"""What measuring costs: latencies by our protocol against a bare loop over the same session, in turn in one process."""

import statistics
import time

import cnnscope
from cnnscope.profiling.protocol import Limits, Protocol
from cnnscope.runtimes.onnxruntime import prepare

NETWORKS = ("resnet50", "vgg16")
ROUNDS, RUNS = 12, 5
LIMIT = 0.02


def main() -> None:
    print(f"\nlatency by our protocol / by a bare loop over the same session, {ROUNDS} x {RUNS} runs of each in turn")
    for name in NETWORKS:
        ours, bare = medians(name)
        off = ours / bare - 1
        missed = "" if abs(off) <= LIMIT else "  MISSED"
        print(f"  {name:38} {ours * 1e3:9.2f} ms   bare {bare * 1e3:9.2f} ms   {off:+.2%}, limit {LIMIT:.0%}{missed}")


def medians(name: str) -> tuple[float, float]:
    """Seconds of one run at batch 1 and one thread, by our protocol and by a loop around session.run()."""
    prepared = prepare(cnnscope.load(name).graph, cnnscope.Settings())
    protocol = Protocol(prepared.run, Limits())
    session, feed = prepared.session, prepared.feed
    protocol.timed(RUNS)
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours += [protocol.timed(1) for _ in range(RUNS)]
        for _ in range(RUNS):
            start = time.perf_counter()
            session.run(None, feed)
            bare.append(time.perf_counter() - start)
    return statistics.median(ours), statistics.median(bare)
