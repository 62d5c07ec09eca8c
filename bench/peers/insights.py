"""Polars: roll-ups of a minute, an hour and a day, and minutes that are far from their device's median. Plain files in, plain files out."""

import json
import resource
import sys
import time

import polars as pl

source, out = sys.argv[1:3]
began = time.perf_counter()

value = pl.col("value_double")
by = ["device_id", "metric"]


def rolled(frame, length, aggregates):
    return frame.group_by([*by, pl.col("ts").dt.truncate(length)]).agg(aggregates).sort([*by, "ts"])


rolled(
    pl.scan_parquet(source + "/*.parquet"),
    "1m",
    [
        pl.len().alias("count"),
        value.min().alias("min"),
        value.max().alias("max"),
        value.mean().alias("mean"),
        value.std(ddof=0).alias("deviation"),
        value.first().alias("first"),
        value.last().alias("last"),
    ],
).sink_parquet(out + "/1m.parquet", compression="zstd")
weight = pl.col("count").sum()
again = [
    weight.alias("count"),
    pl.col("min").min(),
    pl.col("max").max(),
    ((pl.col("mean") * pl.col("count")).sum() / weight).alias("mean"),
    pl.col("first").first(),
    pl.col("last").last(),
]
rolled(pl.scan_parquet(out + "/1m.parquet"), "1h", again).sink_parquet(out + "/1h.parquet", compression="zstd")
rolled(pl.scan_parquet(out + "/1h.parquet"), "1d", again).sink_parquet(out + "/1d.parquet", compression="zstd")

largest = pl.col("max")
minutes = pl.scan_parquet(out + "/1m.parquet")
distances = minutes.with_columns((largest - largest.median().over(by)).abs().alias("distance"))
usual = pl.col("distance").median().over(by)
far = distances.with_columns(usual.alias("usual")).filter(pl.col("distance") > 10 * pl.col("usual"))
far = far.select("device_id", "ts").collect()
count = minutes.select(pl.len()).collect().item()
anomalies = [{"device": device, "ts": int(ts.timestamp() * 1000)} for device, ts in far.iter_rows()]

usage = resource.getrusage(resource.RUSAGE_SELF)
print(
    json.dumps(
        {
            "milliseconds": (time.perf_counter() - began) * 1000,
            "cpuMilliseconds": (usage.ru_utime + usage.ru_stime) * 1000,
            "peakBytes": usage.ru_maxrss * 1024,
            "minutes": count,
            "anomalies": anomalies,
        }
    )
)
