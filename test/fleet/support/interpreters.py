"""Shares and labels of models by LiteRT, all rows at once and one by one, and by the interpreter for microcontrollers."""
import json
import sys

import numpy
from ai_edge_litert.interpreter import Interpreter

answers = {}
for path in sys.argv[2:]:
    interpreter = Interpreter(f"{path}.tflite")
    (features,) = interpreter.get_input_details()
    rows = numpy.fromfile(f"{path}.rows", dtype="<f4").reshape(-1, features["shape"][1])
    interpreter.allocate_tensors()
    outputs = {output["name"]: output["index"] for output in interpreter.get_output_details()}
    single = {"shares": [], "label": []}
    for row in rows:
        interpreter.set_tensor(features["index"], row[None])
        interpreter.invoke()
        for name, index in outputs.items():
            single[name].append(interpreter.get_tensor(index)[0].tolist())
    together = Interpreter(f"{path}.tflite").get_signature_runner()(features=rows)
    answers[path] = {"single": single, "together": {name: of.tolist() for name, of in together.items()}}
    if sys.argv[1] == "true":
        from tflite_micro.python.tflite_micro import runtime

        micro = runtime.Interpreter.from_file(f"{path}.tflite", arena_size=16_384)
        told = {"shares": [], "label": []}
        for row in rows:
            micro.set_input(row[None], 0)
            micro.invoke()
            for place, name in enumerate(("shares", "label")):
                told[name].append(micro.get_output(place)[0].tolist())
        answers[path]["micro"] = told
print(json.dumps(answers))
