"""What the destination holds that Netvisor does not show, or shows otherwise."""
