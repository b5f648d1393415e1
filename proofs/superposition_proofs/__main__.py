"""Run the command as ``python -m superposition_proofs``."""

from superposition_proofs.cli import main

main(prog_name="superposition")
