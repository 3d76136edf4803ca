"""Replies written by hand in the shapes that Netvisor's documents and its clients' code show, and what they must give.

Independent of the simulator, so that one mistaken idea cannot hide in both. Where two sources contradict each other
there is a case for each. All names and numbers are invented.
"""

from integration_tests.handmade.case import Case
from integration_tests.handmade.server import HandmadeServer

__all__ = ["Case", "HandmadeServer"]
