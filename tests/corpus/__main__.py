"""Compares our verdict with the SDK's over a folder of spec files: `make corpus DIR=...`; exits with 1 below 99 %."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from tests.corpus.choosing import Chosen, choose
from tests.corpus.verdicts import ours, theirs

ENOUGH = 99.0  # percent


def main(folder: Path) -> int:
    """Prints what is not compared, the differences by reason, and the agreement."""
    chosen = list(choose(folder))
    passed_over = Counter(each.why for each in chosen if not each.kind)
    print(f"{len(chosen)} YAML files, {passed_over.total()} of them not compared:")
    _print_counts(passed_over)
    compared = [each for each in chosen if each.kind]
    print(f"\n{len(compared)} compared:")
    _print_counts(Counter(str(each.kind) for each in compared))
    differing = _differences(compared)
    for why, paths in sorted(differing.items(), key=lambda item: (-len(item[1]), item[0])):
        print(f"\n{len(paths)} x {why}")
        print("\n".join(f"    {path.relative_to(folder)}" for path in paths))
    wrong = sum(map(len, differing.values()))
    agreement = 100 * (1 - wrong / max(len(compared), 1))
    print(f"\n{len(compared) - wrong} of {len(compared)} agree: {agreement:.2f} %")
    return 0 if agreement >= ENOUGH else 1


def _differences(compared: Iterable[Chosen]) -> dict[str, list[Path]]:
    """The files on which the two differ, by what the one that refuses says first."""
    found: dict[str, list[Path]] = defaultdict(list)
    for each in compared:
        own, sdk = ours(each.path), theirs(each.path, each.kind) if each.kind else ""
        if bool(own) != bool(sdk):
            found[f"refused here: {own[0]}" if own else f"refused by the SDK: {sdk[:300]}"].append(each.path)
    return found


def _print_counts(counts: Counter[str]) -> None:
    for what, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        print(f"  {count:>4}  {what}")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
