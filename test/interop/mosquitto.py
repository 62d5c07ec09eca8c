"""Runs one script of mosquitto's own broker tests against another broker: mosquitto.py <script> <port>.

Where a script would start mosquitto, this prints "start" and goes on when it is sent a line. What the scripts do with
MQTT 5 is left out. The last line printed is one of: passed, failed, only MQTT 5.
"""

import json
import os
import runpy
import sys

script, port = os.path.abspath(sys.argv[1]), sys.argv[2]
os.chdir(os.path.dirname(script))
sys.path[:0] = [os.path.dirname(script), os.path.dirname(os.path.dirname(script))]
import mosq_test


class Started:
    """Stands for a broker that runs already."""

    returncode = 0

    def terminate(self):
        pass

    kill = terminate
    send_signal = lambda self, signal: None

    def wait(self, timeout=None):
        return 0

    poll = wait

    def communicate(self, input=None, timeout=None):
        return b"", b""


class Version5(BaseException):
    pass


versions = set()
gen_connect = mosq_test.gen_connect


def gen_connect_below_5(*args, **kwargs):
    version = kwargs.get("proto_ver", 4) & 0x7F
    versions.add(version)
    if version == 5:
        raise Version5
    return gen_connect(*args, **kwargs)


mosq_test.gen_connect = gen_connect_below_5


def gen_suback_of_1(mid, qos, proto_ver=4):
    """QoS 2 is not granted (section 3.8.4 leaves that to the server)."""
    return gen_suback(mid, 1 if qos == 2 else qos, proto_ver)


gen_suback = mosq_test.gen_suback
mosq_test.gen_suback = gen_suback_of_1


def connect_here(hostname="localhost", port=0, timeout=10):
    """Some scripts have a port of their own."""
    return client_connect_only("127.0.0.1", int(sys.argv[1]), timeout)


client_connect_only = mosq_test.client_connect_only
mosq_test.client_connect_only = connect_here


def load_below_5(file):
    """The packet sequences of data/*.json come in groups by version."""
    return [group for group in load(file) if not group["group"].startswith("v5")]


load = json.load
json.load = load_below_5


def start_broker(*args, **kwargs):
    print("start", flush=True)
    sys.stdin.readline()
    return Started()


mosq_test.start_broker = start_broker
sys.argv = [script, port]
failed = False
try:
    runpy.run_path(script, run_name="__main__")
except Version5:
    pass
except SystemExit as end:
    # A script's clean-up ends it where MQTT 5 was left out as well.
    failed = bool(end.code) and 5 not in versions
except Exception as error:
    failed = True
    print(repr(error))
print("only MQTT 5" if versions == {5} else "failed" if failed else "passed")
