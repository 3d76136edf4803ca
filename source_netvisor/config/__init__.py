"""The configuration, checked, with a sentence for each mistake."""

from source_netvisor.config.netvisor_config import ConfigError, NetvisorConfig

__all__ = ["ConfigError", "NetvisorConfig"]
