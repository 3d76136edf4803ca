"""The company behind the simulated Netvisor."""

from .company import Company

__all__ = ["Company"]
