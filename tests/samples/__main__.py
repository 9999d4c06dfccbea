"""Writes the sample comments to tests/report/comment/golden, and with `--pictures` as PNG to docs/samples.

Pictures need npm, Chromium (`apt-get install chromium`), Playwright and Pillow (`uv pip install playwright pillow`).
Mermaid comes from the npm registry into a temporary folder.
"""

import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from shutil import which

from runner.report.comment import comment
from tests.samples.page import page
from tests.samples.reviews import STAGES

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "report" / "comment" / "golden"
PICTURES = ROOT / "docs" / "samples"
MERMAID = "mermaid@11.12.0"  # fixed, so that a picture changes with the comment alone; GitHub's own may differ
WIDTH = 848  # GitHub's column, and a little of the page around it
TALLEST = 1800  # of a picture, in pixels: enough to see how a long comment begins


def main() -> None:
    """Writes the goldens, then the pictures if they are asked for."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, review in STAGES.items():
        (GOLDEN / f"{name}.md").write_text(comment(review()), "utf-8")
    if "--pictures" in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            _fetch_mermaid(Path(folder))
            _take_pictures(Path(folder))


def _fetch_mermaid(folder: Path) -> None:
    packed = subprocess.run(
        ["npm", "pack", "--silent", MERMAID], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()
    with tarfile.open(folder / packed) as archive:
        member = archive.extractfile("package/dist/mermaid.min.js")
        assert member is not None
        (folder / "mermaid.min.js").write_bytes(member.read())


def _pages() -> Iterator[tuple[str, str]]:
    """Name of the picture -> page."""
    for name in STAGES:
        text = (GOLDEN / f"{name}.md").read_text("utf-8")
        if name != "huge":  # one of its 300 rows is like the other
            yield name, page(text, dark=False, unfold=False)
        if name == "better":
            yield f"{name}-dark", page(text, dark=True, unfold=False)
        if name == "planned":
            yield f"{name}-unfolded", page(text, dark=False, unfold=True)


def _take_pictures(folder: Path) -> None:
    from PIL import Image
    from playwright.sync_api import sync_playwright

    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": WIDTH, "height": 200})
        for name, text in _pages():
            (folder / "page.html").write_text(text, "utf-8")
            view.goto((folder / "page.html").as_uri())
            view.wait_for_selector("body[data-done]", state="attached")
            done = view.evaluate("document.body.dataset.done")
            if done != "yes":
                sys.exit(f"{name}: Mermaid says: {done}")
            height = min(TALLEST, view.evaluate("document.documentElement.scrollHeight"))
            area = {"x": 0, "y": 0, "width": WIDTH, "height": height}
            taken = Image.open(BytesIO(view.screenshot(clip=area, full_page=True)))
            # Few colours, chosen so that rare ones stay: a third of the size.
            taken.convert("RGB").quantize(255, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
                PICTURES / f"{name}.png", optimize=True
            )
        browser.close()


if __name__ == "__main__":
    main()
