"""make bench: how long cnnscope takes, as ratios against a peer or a limit in the same run.

Whole processes are timed in turn (A B C, A B C, ...), so that a drift of the machine meets all of them; the median counts.
A goal that is missed is shown, and nothing fails: a benchmark informs, a test judges.
"""

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import cnnscope
from cnnscope.spec import zoo
from cnnscope.spec.build import build
from tests.bench import latency

ROUNDS = 11
PROCESSES = {
    "bare Python": ["-c", "pass"],
    "import typer, rich.table": ["-c", "import typer, rich.table"],
    "cnnscope analyze vgg16": ["-m", "cnnscope", "analyze", "vgg16"],
    "cnnscope list": ["-m", "cnnscope", "list"],
    "check, 40 assertions on 20 networks": ["-m", "cnnscope", "check", "--config", "tests/bench/budgets.toml"],
    "export vgg16, no weights": ["-m", "cnnscope", "export", "vgg16", "--weights", "none", "-o", "{folder}/none.onnx"],
    "export vgg16, random weights": ["-m", "cnnscope", "export", "vgg16", "-o", "{folder}/random.onnx"],
    "torch: VGG-16 on meta, flop counter": ["-m", "tests.bench.torch_peer"],
}
LIMITS_MS = {
    "cnnscope analyze vgg16": 150.0,
    "cnnscope list": 200.0,
    "check, 40 assertions on 20 networks": 500.0,
    "export vgg16, no weights": 500.0,
    "export vgg16, random weights": 2500.0,
}
LIMIT_MB = 40.0
CHAIN = "---\ninput: 4x32x32\n---\n\n| layer | type | maps | kernel | padding | repeat |\n|-|-|-|-|-|-|\n| c | conv | 4 | 3 | 1 | {count} |\n"


def main() -> None:
    print(
        f"cnnscope {cnnscope.__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n"
    )
    print(f"whole processes, median of {ROUNDS} in turn")
    times = processes()
    ours = statistics.median(times["cnnscope analyze vgg16"])
    for name, seconds in times.items():
        median = statistics.median(seconds)
        line(
            "", name, median, LIMITS_MS.get(name), f"{median / ours:6.2f} x analyze vgg16, min {min(seconds) * 1e3:.0f}"
        )
    peak = peak_megabytes(PROCESSES["cnnscope analyze vgg16"])
    print(
        f"  {'memory of analyze vgg16':38} {peak:9.1f} MB   limit {LIMIT_MB:.0f} MB{'' if peak <= LIMIT_MB else '  MISSED'}\n"
    )
    print("in this process, best of 20")
    for name, limit, work in in_process():
        line("", name, best(work), limit, "")
    print()
    line("", f"the whole zoo, {len(cnnscope.networks())} networks", once(whole_zoo), 3000.0, "")
    quarter, whole = (once(lambda n=n: chain(n)) for n in (25_000, 100_000))
    line("", "a chain of 100,000 layers", whole, 5000.0, f"{whole / quarter:.2f} x 25,000 layers (linear: 4)")
    latency.main()


def line(mark: str, name: str, seconds: float, limit_ms: float | None, remark: str) -> None:
    limit = "" if limit_ms is None else f"limit {limit_ms:.0f} ms{'' if seconds * 1e3 <= limit_ms else '  MISSED'}"
    print(f"  {name:38} {seconds * 1e3:9.2f} ms   {limit:24} {remark}".rstrip())


def processes() -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in PROCESSES}
    for name, arguments in PROCESSES.items():
        timed(arguments)
        if times[name]:
            raise AssertionError("the first run only warms up")
    for _ in range(ROUNDS):
        for name, arguments in PROCESSES.items():
            times[name].append(timed(arguments))
    return times


def timed(arguments: list[str]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        words = [word.format(folder=folder) for word in arguments]
        start = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start


def peak_megabytes(arguments: list[str]) -> float:
    code = (
        "import resource, subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.DEVNULL, check=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    out = subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True).stdout
    return int(out) * 1024 / 1e6


def in_process() -> list[tuple[str, float, Callable[[], object]]]:
    def whole(name: str) -> Callable[[], object]:
        page = zoo.find(name).path
        text = page.read_text("utf-8")

        def work() -> object:
            program = zoo.read_page(page.name, text)
            return cnnscope.Network(program, name).analyze().cost

        return work

    network = cnnscope.load("resnet50")
    network.analyze()
    batches, sizes = iter(range(2, 10**6)), iter(range(225, 10**6))
    return [
        ("read, build, analyze resnet50", 5.0, whole("resnet50")),
        ("read, build, analyze resnet152", 15.0, whole("resnet152")),
        ("resnet50 again, same batch", 2.0, lambda: network.analyze().cost),
        ("resnet50 again, a new batch", 2.0, lambda: network.analyze(batch=next(batches)).cost),
        ("resnet50 again, a new size", 2.0, lambda: network.analyze(input=(3, next(sizes), 224)).cost),
    ]


def whole_zoo() -> None:
    """Read every page once, build and analyze every network."""
    for page in zoo.pages():
        for network in cnnscope.load_all(str(page)):
            network.analyze()


def chain(count: int) -> object:
    from cnnscope.analysis.report import analyze

    program = zoo.read_page("chain.md", CHAIN.replace("{count}", str(count)))
    return analyze(build(program)).cost


def once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best(work: Callable[[], object], rounds: int = 20) -> float:
    gc.collect()
    return min(once(work) for _ in range(rounds))


if __name__ == "__main__":
    main()
