"""Runs the connector from a checkout, as `python main.py spec`; an installed one is `source-netvisor`."""

from source_netvisor.run import run

if __name__ == "__main__":
    run()
