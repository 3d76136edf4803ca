"""One signed call: signature, transport, retries, error codes, allowlist."""
