"""A report on how one company's Netvisor behaves: element names, counts, patterns and codes, and none of its data."""
