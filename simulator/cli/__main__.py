"""`python -m simulator.cli`, for where the command is not on the path."""

from simulator.cli import main

main(prog_name="oilsim")
