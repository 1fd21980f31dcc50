"""Logistic regression over counted groups of equal examples, by Newton's method with a ridge penalty.

Examples have few features, most of them marks of a class, so that a few thousand groups stand for all of them and no
numerical library is needed.
"""

from collections.abc import Mapping
from math import exp

Features = tuple[tuple[str, float], ...]
"""Name and value of each feature that isn't zero."""

BASE = "base"
"""Name of the constant, which isn't penalised."""

PENALTY = 1.0
STEPS = 12
ENOUGH = 1e-6
FARTHEST = 30.0


def fit(groups: Mapping[Features, tuple[int, int]]) -> dict[str, float]:
    """Weights by name, from the number of late and of all examples of each group. Empty without examples."""
    names = [BASE, *sorted({name for features in groups for name, _value in features})]
    number = {name: index for index, name in enumerate(names)}
    rows = [
        ([(0, 1.0), *((number[name], value) for name, value in features)], late, count)
        for features, (late, count) in groups.items()
    ]
    if not rows:
        return {}
    weights = [0.0] * len(names)
    for _step in range(STEPS):
        change = _solve(*_slope_and_curve(rows, weights))
        weights = [weight + each for weight, each in zip(weights, change, strict=True)]
        if max(abs(each) for each in change) < ENOUGH:
            break
    return {name: round(weight, 4) for name, weight in zip(names, weights, strict=True)}


def chance(weights: Mapping[str, float], features: Features) -> float:
    """The probability that the learned weights give. Names that weren't learned have no weight."""
    total = weights.get(BASE, 0.0) + sum(weights.get(name, 0.0) * value for name, value in features)
    return logistic(total)


def logistic(value: float) -> float:
    """Probability for log odds."""
    return 1 / (1 + exp(-max(-FARTHEST, min(FARTHEST, value))))


def _slope_and_curve(
    rows: list[tuple[list[tuple[int, float]], int, int]], weights: list[float]
) -> tuple[list[list[float]], list[float]]:
    """The matrix and the right-hand side of Newton's step."""
    size = len(weights)
    slope = [0.0] + [-PENALTY * weight for weight in weights[1:]]
    curve = [[0.0] * size for _each in range(size)]
    for index in range(size):
        curve[index][index] = PENALTY if index else 1e-9
    for features, late, count in rows:
        expected = logistic(sum(weights[index] * value for index, value in features))
        rest, spread = late - count * expected, count * expected * (1 - expected)
        for index, value in features:
            slope[index] += rest * value
            line, part = curve[index], spread * value
            for other, beside in features:
                line[other] += part * beside
    return curve, slope


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve the symmetric positive system by elimination with pivots."""
    size = len(right)
    lines = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda index: abs(lines[index][column]))
        lines[column], lines[pivot] = lines[pivot], lines[column]
        head = lines[column]
        for index in range(column + 1, size):
            factor = lines[index][column] / head[column]
            if factor:
                line = lines[index]
                for place in range(column, size + 1):
                    line[place] -= factor * head[place]
    found = [0.0] * size
    for index in reversed(range(size)):
        line = lines[index]
        rest = line[size] - sum(line[place] * found[place] for place in range(index + 1, size))
        found[index] = rest / line[index]
    return found
