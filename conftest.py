"""Hooks of the CDK's standard tests: they turn the entries of acceptance-test-config.yml into test cases.

They stand here since pytest takes plugins from the topmost conftest only.
"""

pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]
