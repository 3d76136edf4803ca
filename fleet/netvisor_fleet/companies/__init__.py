"""The list of companies: what an operator keeps."""
