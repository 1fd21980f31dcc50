"""Every measure of `make bench` is there to be called: one that can't be imported is no measure."""

from importlib import import_module

import pytest

from benchmarks.__main__ import LARGE, MEASURES


@pytest.mark.parametrize(("name", "module"), [*MEASURES.items(), *LARGE.items()])
def test_a_measure_is_a_function_of_its_module(name: str, module: str) -> None:
    assert callable(getattr(import_module(f"benchmarks.{module}"), name))
