"""The demonstration that `make demo` runs: a company's books read twice out of the simulated Netvisor."""
