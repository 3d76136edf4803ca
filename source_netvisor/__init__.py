"""An Airbyte source connector for Visma Netvisor."""

from source_netvisor.source import SourceNetvisor

__all__ = ["SourceNetvisor"]
