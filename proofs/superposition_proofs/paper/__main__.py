"""Write the numbers of the written proof to where it is."""

from pathlib import Path

from . import write_numbers

write_numbers(Path(__file__).resolve().parents[2] / "pentagon")
