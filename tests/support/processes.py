"""Processes that start within milliseconds: forked from one that has imported what they need, and nothing more."""

import multiprocessing

PROCESSES = multiprocessing.get_context("forkserver")
"""The one context of the test run: what it imports beforehand can be said only once."""
PROCESSES.set_forkserver_preload(["tests.support.serving", "tests.worker.portal"])
