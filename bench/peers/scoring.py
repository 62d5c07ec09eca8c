"""A model of trees by ONNX Runtime on one thread: row by row, and all rows of a batch at once. A line of JSON in, a line out."""
import json
import sys
import time

import numpy
import onnxruntime

for line in sys.stdin:
    question = json.loads(line)
    rows = numpy.array(question["rows"], dtype=numpy.float32)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(question["model"], options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    labels, shares = session.run(None, {name: rows})
    answer = {"labels": [str(label) for label in labels], "shares": numpy.asarray(shares).tolist()}
    single = [rows[at : at + 1] for at in range(len(rows))]
    many = numpy.tile(rows, (question["batch"] // len(rows) + 1, 1))[: question["batch"]]
    start = time.perf_counter()
    for _ in range(question["rounds"]):
        for row in single:
            session.run(None, {name: row})
    answer["single"] = question["rounds"] * len(rows) / (time.perf_counter() - start)
    rounds = max(1, question["rounds"] * len(rows) // len(many))
    start = time.perf_counter()
    for _ in range(rounds):
        session.run(None, {name: many})
    answer["batch"] = rounds * len(many) / (time.perf_counter() - start)
    print(json.dumps(answer), flush=True)
