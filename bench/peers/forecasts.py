"""Peers of bench/forecasts.ts: reads series as JSON lines on stdin, writes forecasts of statsforecast's models."""
import json
import sys
import time
import warnings

import numpy as np
from statsforecast.models import AutoTheta, MSTL, AutoETS, SeasonalNaive

warnings.filterwarnings("ignore")

for line in sys.stdin:
    series = json.loads(line)
    values = np.array(series["values"], dtype=float)
    period, horizon = series["period"], series["horizon"]
    models = {
        "SeasonalNaive": SeasonalNaive(period),
        "AutoTheta": AutoTheta(period),
        "MSTL + AutoETS": MSTL([period], trend_forecaster=AutoETS(model="ZZN")) if period > 1 else AutoETS(),
    }
    answer = {}
    for name, model in models.items():
        start = time.process_time()
        try:
            point = model.forecast(values, horizon)["mean"].tolist()
        except Exception:
            point = None
        answer[name] = {"point": point, "seconds": time.process_time() - start}
    print(json.dumps(answer), flush=True)
