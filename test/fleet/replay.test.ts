import { afterEach, describe, expect, test } from "@jest/globals";
import { replay, ReplayError, type Player, type TimedMessage } from "../../samples/replay.ts";
import { startBroker, type BrokerBehaviour } from "./support/broker.ts";
import { testAuthority } from "./support/certificates.ts";

const authority = testAuthority();
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function broker(behaviour: BrokerBehaviour = {}) {
  const started = await startBroker(authority, behaviour);
  closers.push(() => started.close());
  return started;
}

const messages = (count: number, milliseconds = 0): TimedMessage[] =>
  Array.from({ length: count }, (_, index) => {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(index);
    return { channel: "telemetry", payload, time: 1_700_000_000_000_000 + index * milliseconds * 1000 };
  });

const player = (deviceId: string, list: readonly TimedMessage[]): Player => ({
  deviceId,
  credentials: authority.device(deviceId),
  messages: list,
});

const expectedPayloads = (count: number) =>
  messages(count).map(({ payload }) => Buffer.from(payload).toString("hex"));

describe("replay over mutual TLS", () => {
  test("every message of every device is acknowledged, in order, between online and offline", async () => {
    const { endpoint, acknowledged } = await broker();
    const progress: number[] = [];
    const counts = await replay(
      endpoint,
      [player("wrist-01", messages(300)), player("wrist-02", messages(7))],
      {
        speed: null,
        inFlight: 16,
        onProgress: (now) => now.deviceId === "wrist-01" && progress.push(now.acknowledged),
      },
    );

    expect(counts).toEqual([
      {
        deviceId: "wrist-01",
        messages: 300,
        sent: 300,
        acknowledged: 300,
        connections: 1,
        statusMessages: 2,
      },
      { deviceId: "wrist-02", messages: 7, sent: 7, acknowledged: 7, connections: 1, statusMessages: 2 },
    ]);
    expect(progress).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    const first = acknowledged.filter(({ topic }) => topic.startsWith("devices/wrist-01/"));
    expect(first[0]).toEqual({ topic: "devices/wrist-01/status", payload: hex('{"online":true}') });
    expect(first.at(-1)).toEqual({ topic: "devices/wrist-01/status", payload: hex('{"online":false}') });
    expect(first.slice(1, -1).map(({ payload }) => payload)).toEqual(expectedPayloads(300));
  });

  test("a connection cut half way loses nothing: unacknowledged messages are sent again", async () => {
    let cuts = 0;
    const { endpoint, telemetry } = await broker({
      onPublish: ({ topic, payload }, socket) => {
        if (!topic.endsWith("/telemetry") || cuts === 2) return true;
        if (payload !== (cuts === 0 ? "0064" : "00c8")) return true;
        cuts += 1;
        socket.destroy();
        return false;
      },
    });
    const [counts] = await replay(endpoint, [player("wrist-01", messages(300))], {
      speed: null,
      inFlight: 8,
    });

    expect(cuts).toBe(2);
    expect(counts).toMatchObject({ acknowledged: 300, connections: 3 });
    expect(counts?.sent).toBeGreaterThan(300);
    const payloads = telemetry().map(({ payload }) => payload);
    expect([...new Set(payloads)].sort()).toEqual(expectedPayloads(300));
  });

  test("keeps the recording's timing, or plays it faster", async () => {
    const { endpoint } = await broker();
    const timed = [player("wrist-01", messages(5, 200))];
    const clock = async (speed: number | null) => {
      const before = performance.now();
      await replay(endpoint, timed, { speed });
      return performance.now() - before;
    };

    expect(await clock(1)).toBeGreaterThanOrEqual(795);
    expect(await clock(4)).toBeGreaterThanOrEqual(195);
    await expect(replay(endpoint, timed, { speed: 0 })).rejects.toThrow(
      "speed is 0, allowed: a number above 0",
    );
  });

  test("a device that the server refuses is named at once, with the reason", async () => {
    const { endpoint } = await broker({ refuse: (id) => (id === "wrist-02" ? 5 : null) });
    const replayed = replay(endpoint, [player("wrist-02", messages(1))], { speed: null });

    await expect(replayed).rejects.toThrow("wrist-02: the server does not admit this device");
    await expect(replayed).rejects.toBeInstanceOf(ReplayError);
  });

  test("a device without a certificate of the fleet's authority is refused", async () => {
    const { endpoint } = await broker();
    const stranger = { ...player("wrist-01", messages(1)), credentials: testAuthority().device("wrist-01") };

    await expect(replay(endpoint, [stranger], { speed: null })).rejects.toThrow(
      "wrist-01: the server closes the connection without a reason; is the certificate revoked, expired, or of another authority?",
    );
  });

  test("a server with a certificate of another authority gets nothing", async () => {
    const { endpoint, clients } = await broker();
    const { certificate: trustBundle } = testAuthority("somebody else");

    await expect(
      replay({ ...endpoint, trustBundle }, [player("wrist-01", messages(1))], { speed: null }),
    ).rejects.toThrow(/wrist-01: the server's certificate is not trusted/);
    expect(clients.size).toBe(0);
  });

  test("gives up, and says what was in the way, when nothing is acknowledged any more", async () => {
    const silent = await broker({ onPublish: ({ payload }) => payload !== "0003" });
    const stalled = replay(silent.endpoint, [player("wrist-01", messages(9))], {
      speed: null,
      inFlight: 2,
      patience: 700,
    });
    await expect(stalled).rejects.toThrow(
      "nothing was acknowledged for 1 s: the server takes the messages but acknowledges none",
    );
    await expect(stalled).rejects.toMatchObject({ counts: [{ acknowledged: 8, messages: 9 }] });

    const gone = { ...silent.endpoint, port: 1 };
    await expect(
      replay(gone, [player("wrist-01", messages(1))], { speed: null, patience: 700 }),
    ).rejects.toThrow("nothing was acknowledged for 1 s: wrist-01: connection lost (ECONNREFUSED)");
  });

  test("an abort ends the replay and leaves no connection behind", async () => {
    const { endpoint, acknowledged } = await broker();
    const stop = new AbortController();
    const replayed = replay(endpoint, [player("wrist-01", messages(100, 1000))], {
      speed: 1,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error("ctrl-c")),
    });

    await expect(replayed).rejects.toThrow("ctrl-c");
    expect(acknowledged.filter(({ topic }) => topic.endsWith("telemetry")).length).toBeLessThan(3);
  });
});

const hex = (text: string): string => Buffer.from(text).toString("hex");
