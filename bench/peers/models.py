"""Leave-one-group-out by scikit-learn, on the features that it is given. A line of JSON in, a line out."""
import json
import sys
import time

import numpy
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

for line in sys.stdin:
    question = json.loads(line)
    rows = numpy.array(question["rows"], dtype=numpy.float32)
    labels = numpy.array(question["labels"])
    groups = numpy.array(question["groups"])
    answer = {}
    for kind in (RandomForestClassifier, ExtraTreesClassifier):
        start = time.process_time()
        told = numpy.empty_like(labels)
        for group in numpy.unique(groups):
            left_out = groups == group
            model = kind(n_estimators=question["trees"], random_state=question["seed"], n_jobs=1)
            told[left_out] = model.fit(rows[~left_out], labels[~left_out]).predict(rows[left_out])
        answer[kind.__name__] = {"told": told.tolist(), "seconds": time.process_time() - start}
    print(json.dumps(answer), flush=True)
