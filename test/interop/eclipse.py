"""Runs the MQTT 3.1.1 tests of the Eclipse interoperability suite: eclipse.py <its folder interoperability> <port>.

The suite's own command line no longer works (unittest reads the same arguments), and its will test is not found by
unittest; both are put right here. Prints a line "name: passed" or "name: failed" each.
"""

import io
import os
import sys
import unittest

folder, port = sys.argv[1], int(sys.argv[2])
os.chdir(folder)
sys.path.insert(0, folder)
import client_test

client_test.host = "127.0.0.1"
client_test.port = port
client_test.topics = ("TopicA", "TopicA/B", "Topic/C", "TopicA/C", "/TopicA")
client_test.wildtopics = ("TopicA/+", "+/C", "#", "/#", "/+", "+/+", "TopicA/#")
client_test.nosubscribe_topics = ("test/nosubscribe",)

names = unittest.TestLoader().getTestCaseNames(client_test.Test) + ["will_message_test"]
suite = unittest.TestSuite(client_test.Test(name) for name in names)
said = io.StringIO()
sys.stderr, stderr = said, sys.stderr
result = unittest.TextTestRunner(stream=said).run(suite)
sys.stderr = stderr
failed = {test.id().rsplit(".", 1)[1] for test, _ in result.failures + result.errors}
for name in names:
    print(f"{name}: {'failed' if name in failed else 'passed'}")
if failed:
    print(said.getvalue(), file=sys.stderr)
