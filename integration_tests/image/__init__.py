"""Tests of the connector's image; `make image-test` builds it and runs them."""
