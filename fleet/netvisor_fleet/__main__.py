"""Runs the tool as `python -m netvisor_fleet`."""

from netvisor_fleet.cli.main import run

run()
