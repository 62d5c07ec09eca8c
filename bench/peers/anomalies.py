"""Peers of bench/anomalies.ts: reads a series a line on stdin, writes a score for each value by each detector."""
import json
import sys
import time

import numpy as np
from river.anomaly import HalfSpaceTrees
from sklearn.ensemble import IsolationForest


def half_space_trees(values, learn):
    low, high = min(values[:learn]), max(values[:learn])
    model = HalfSpaceTrees(n_trees=25, height=8, window_size=250, limits={"x": (low, high if high > low else low + 1)}, seed=1)
    scores = []
    for value in values:
        scores.append(model.score_one({"x": value}))
        model.learn_one({"x": value})
    return scores


def isolation_forest(values, learn, width=12):
    array = np.array(values)
    windows = np.lib.stride_tricks.sliding_window_view(np.concatenate([np.repeat(array[0], width - 1), array]), width)
    model = IsolationForest(random_state=1).fit(windows[:learn])
    return (-model.score_samples(windows)).tolist()


def moving_z_score(values, learn, share=0.01):
    mean, variance, scores = values[0], 0.0, []
    for value in values:
        deviation = value - mean
        scores.append(abs(deviation) / (variance**0.5 + 1e-9) if variance > 0 else 0.0)
        mean += share * deviation
        variance = (1 - share) * (variance + share * deviation**2)
    return scores


detectors = {
    "river HalfSpaceTrees": half_space_trees,
    "scikit-learn IsolationForest": isolation_forest,
    "moving z-score": moving_z_score,
}
for line in sys.stdin:
    series = json.loads(line)
    answer = {}
    for name, detector in detectors.items():
        start = time.process_time()
        scores = detector(series["values"], series["learn"])
        answer[name] = {"scores": scores, "seconds": time.process_time() - start}
    print(json.dumps(answer), flush=True)
