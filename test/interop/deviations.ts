/** What does not pass in the suites of others, each with its reason; docs/mqtt.md tells the same. */

const qos2 =
  "QoS 2 is not delivered, SUBACK says 1 (section 3.8.4 leaves it to the server; no cloud target has it)";
const emptyId = "a device has an id: its certificate's (section 3.1.3.1 lets a server insist)";
const userName =
  "a user name is the device id or not there, a password is refused: the certificate is the proof";
const unasked =
  "an answer to a QoS 2 delivery that never was breaks the protocol: the connection ends (section 4.8)";
const option = "tries an option of mosquitto's configuration";
const levels =
  "mosquitto ends a connection that uses 200 topic levels; here a topic has at most five, a filter 256 characters";

/** By name of the test. */
export const eclipseDeviations: Readonly<Record<string, string>> = {
  test_overlapping_subscriptions: qos2,
  test_zero_length_clientid: emptyId,
};

/** By name of the script. */
export const mosquittoDeviations: Readonly<Record<string, string>> = {
  "01-connect-uname-no-password-denied.py": userName,
  "01-connect-uname-or-anon.py": userName,
  "01-connect-uname-password-denied-no-will.py": userName,
  "01-connect-uname-password-denied.py": userName,
  "01-connect-uname-password-success-no-tls.py": userName,
  "01-connect-zero-length-id.py": emptyId,
  "02-subpub-qos0-long-topic.py": levels,
  "02-subpub-qos2.py": qos2,
  "02-subscribe-long-topic.py": levels,
  "03-publish-b2c-disconnect-qos2.py": qos2,
  "03-publish-long-topic.py": levels,
  "03-publish-qos2-dup.py":
    "mosquitto ends a connection that repeats a QoS 2 message twice; here it is acknowledged again",
  "07-will-takeover.py":
    "mosquitto keeps the will back where a kept session is taken over, as MQTT 5 has it; here it is published [MQTT-3.1.2-8]",
};

/** Scripts that say nothing about another broker. */
export const mosquittoOnly: Readonly<Record<string, string>> = {
  "01-bad-initial-packets.py":
    "measures the memory of mosquitto's process; here: test/site/broker/abuse.test.ts",
  "01-connect-max-keepalive.py": option,
  "02-subpub-qos0-oversize-payload.py": option,
  "02-subpub-qos1-oversize-payload.py": option,
  "03-publish-qos1-queued-bytes.py": "is not run by mosquitto either (written for Python 2)",
  "04-retain-check-source-persist-diff-port.py": option,
  "04-retain-check-source-persist.py": option,
  "04-retain-check-source.py": option,
  "04-retain-upgrade-outgoing-qos.py": option,
  "07-will-control.py": "tries mosquitto's own $CONTROL topics",
  "07-will-oversize-payload.py": option,
};

/** Packet sequences of data/*.json, by name. */
export const sequenceDeviations: Readonly<Record<string, string>> = {
  "v3.1.1 CONNACK issue 2163 v3": "a client id of 29 characters with MQTT 3.1, which allows 23",
  "v3.1   CONNECT 14 ok":
    "flags in CONNECT's first byte, which MQTT 3.1 does not use and 3.1.1 forbids [MQTT-2.2.2-2]",
  "v3.1.1 CONNECT 10 empty client ID": emptyId,
  "v3.1.1 CONNECT 10 Username zero length ok": userName,
  "v3.1.1 CONNECT 10 Username flag 1 Password flag 1 ok": userName,
  "v3.1.1 CONNECT 10 Password with 0x0000": userName,
  "v3.1.1 FLOW QoS 2 receive ok": qos2,
  "v3.1.1 FLOW QoS 2 PUBLISH-PUBACK": qos2,
  "v3.1.1 FLOW QoS 2 PUBLISH-PUBCOMP": qos2,
  "v3.1.1 FLOW QoS 2 PUBLISH-PUBREC-PUBREL-PUBACK": qos2,
  "v3.1.1 FLOW QoS 2 PUBLISH-PUBREC-PUBREL-PUBREC": qos2,
  "v3.1.1 PUBCOMP 70 unsolicited": unasked,
  "v3.1.1 PUBREC 50 unsolicited": unasked,
  "v3.1.1 SUBSCRIBE 82 single ok QoS 2 [MQTT-3.8.4-1]": qos2,
};
