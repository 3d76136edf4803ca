"""Makes a recorded reply of Netvisor's into a test case: its form stays, its data goes."""

from tools.anonymizer.anonymizer import Anonymizer

__all__ = ["Anonymizer"]
