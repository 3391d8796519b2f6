"""How long a request that is made to cost much takes to be refused, and what the server's memory is after each round.

    python -m benchmarks.hostile_inputs [--rounds 5]

It sends each attack of the tests to a `kg serve` of its own and prints the median and the slowest time, slowest first,
beside the machine's load.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

from tests.server.hostile import MEGABYTE, attacks
from tests.server.test_command import serving
from tests.server.test_hostile_input import resident


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds, every = parser.parse_args().rounds, [*attacks()]
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"load {os.getloadavg()[0]:.2f}")
    times: dict[str, list[float]] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        serving("--plain", "--writable", "--store", str(Path(folder) / "store")) as server,
    ):
        for number in range(rounds):
            for attack in every:
                start = time.perf_counter()
                server.send(attack.method, attack.path, attack.body or None, attack.headers)
                times.setdefault(attack.name, []).append(1000 * (time.perf_counter() - start))
            print(f"after round {number + 1}: {resident(server.process) / MEGABYTE:.0f} MB")
    for name, durations in sorted(times.items(), key=lambda pair: -statistics.median(pair[1])):
        print(f"{name:<30} {statistics.median(durations):>7.1f} ms, at most {max(durations):>7.1f} ms")
    print(f"load at the end {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
