"""paho-mqtt as a device: paho-device.py <check> <device> <port> <folder with ca.pem, device.pem, device.key>.

Ends with 0 where the check holds; an AssertionError says what does not.
"""

import socket
import ssl
import sys
import threading
import time

import paho.mqtt.client as mqtt

check, device, port, folder = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
root = f"devices/{device}"
patience = 10


class Device:
    """A client whose callbacks can be waited for."""

    def __init__(self, client_id=device, version=mqtt.MQTTv311, clean=True, tls=None, certificate=True):
        options = {} if version == mqtt.MQTTv5 else {"clean_session": clean}
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id, protocol=version, **options)
        context = ssl.create_default_context(cafile=f"{folder}/ca.pem")
        if certificate:
            context.load_cert_chain(f"{folder}/device.pem", f"{folder}/device.key")
        if tls is not None:
            context.minimum_version = context.maximum_version = tls
        self.client.tls_set_context(context)
        self.connected, self.ended, self.subscribed = threading.Event(), threading.Event(), threading.Event()
        self.connects, self.code, self.granted, self.messages = 0, None, [], []
        self.client.on_connect = self.on_connect
        self.client.on_disconnect = lambda *_: self.ended.set()
        self.client.on_subscribe = self.on_subscribe
        self.client.on_message = lambda _client, _data, message: self.messages.append(message)

    def on_connect(self, _client, _data, _flags, code, _properties):
        self.connects += 1
        self.code = code
        self.connected.set()

    def on_subscribe(self, _client, _data, _id, codes, _properties):
        self.granted = [code.value for code in codes]
        self.subscribed.set()

    def open(self):
        self.client.connect("localhost", port, keepalive=60)
        self.client.loop_start()
        assert self.connected.wait(patience), "no CONNACK"
        return self

    def subscribe(self, topic, qos):
        self.subscribed.clear()
        self.client.subscribe(topic, qos)
        assert self.subscribed.wait(patience), "no SUBACK"

    def publish(self, topic, text, qos, retain=False):
        self.client.publish(topic, text, qos, retain).wait_for_publish(patience)

    def until(self, condition, what):
        deadline = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < deadline, f"waited {patience} s in vain: {what}"
            time.sleep(0.01)

    def receive(self, count):
        self.until(lambda: len(self.messages) == count, f"{count} messages, not {len(self.messages)}")

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def every_qos():
    for version in (mqtt.MQTTv31, mqtt.MQTTv311):
        for tls in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            one = Device(version=version, tls=tls).open()
            one.subscribe(f"{root}/#", 2)
            assert one.granted == [1], one.granted
            for qos in (0, 1, 2):
                one.publish(f"{root}/telemetry", f"{version} {tls.name} {qos}", qos)
            one.receive(3)
            assert [message.qos for message in one.messages] == [0, 1, 1]
            one.close()


def many():
    one = Device()
    one.client.max_inflight_messages_set(1000)
    one.open()
    waiting = [one.client.publish(f"{root}/telemetry", str(number), 1) for number in range(10_000)]
    for message in waiting:
        message.wait_for_publish(patience)
    one.close()


def broken_connections():
    one = Device(clean=False)
    one.client.reconnect_delay_set(1, 1)
    one.open()
    for number in range(300):
        one.client.publish(f"{root}/telemetry", str(number), 1)
        if number % 100 == 50:
            connects = one.connects
            one.client.socket().shutdown(socket.SHUT_RDWR)
            one.until(lambda: one.connects > connects, "a new connection")
    one.until(lambda: not one.client._out_messages, "every PUBACK")
    assert one.connects == 4, one.connects
    one.close()


def await_command():
    one = Device(clean=False).open()
    one.subscribe(f"{root}/commands/+", 1)
    one.receive(1)
    print(one.messages[0].topic, one.messages[0].payload.decode())
    one.close()


def will():
    one = Device()
    one.client.will_set(f"{root}/status", '{"online":false}', 1, True)
    one.open()
    one.publish(f"{root}/status", '{"online":true}', 1, True)
    one.client.loop_stop()
    one.client.socket().close()
    two = Device().open()
    two.subscribe(f"{root}/status", 1)
    two.receive(1)
    (message,) = two.messages
    assert message.retain and message.payload == b'{"online":false}', message.payload
    two.close()


def foreign_topics():
    one = Device().open()
    one.subscribe("devices/another/#", 1)
    assert one.granted == [128], one.granted
    one.client.publish("devices/another/telemetry", "x", 1)
    assert one.ended.wait(patience), "the connection goes on"
    one.close()


def refusals():
    for options, reason in (
        ({"client_id": "another"}, "Client identifier not valid"),
        ({"version": mqtt.MQTTv5}, "Unsupported protocol version"),
    ):
        one = Device(**options).open()
        assert str(one.code) == reason, one.code
        one.client.loop_stop()
    try:
        one = Device(certificate=False, tls=ssl.TLSVersion.TLSv1_2)
        one.client.connect("localhost", port)
    except ssl.SSLError:
        return
    raise AssertionError("a session without a certificate")


globals()[check]()
