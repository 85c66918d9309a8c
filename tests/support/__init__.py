"""What tests share: fakes, builders and the plug-ins of the test run."""
