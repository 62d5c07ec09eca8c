/** The uplink in a message: the message itself, or a place in what a LoRaWAN network server publishes. */

import { Fault, shown } from "../fault.ts";
import { readJson } from "../json.ts";
import type { Message, Micros } from "../model.ts";
import { parseIsoTime, type Instant } from "../normalise/iso-time.ts";
import type { Ts013Profile } from "../profiles/profile.ts";
import { decodeBase64, decodeDocument, fromHex } from "../text.ts";
import { parseTreePath, valueAt, type TreePath } from "./mapping-path.ts";

export interface Uplink {
  readonly bytes: Uint8Array;
  readonly fPort: number;
  /** When the network received it, where the message says so. */
  readonly time: Instant | null;
  /** Whom the message names as its device. */
  readonly device: string | null;
  readonly sequence: number | null;
}

export type UplinkReader = (message: Message) => Uplink;

/** LoRaWAN's application ports (LoRaWAN L2 1.0.4, section 4.3.2). */
export const fPorts = { least: 1, most: 223, usual: 1 } as const;

/** Throws an Error for a path that is none. */
export function uplinkReader({ uplink, fPort = fPorts.usual }: Ts013Profile): UplinkReader {
  if (uplink === undefined) {
    return ({ payload, channel }) => ({
      bytes: payload,
      fPort: portOfChannel(channel) ?? fPort,
      time: null,
      device: null,
      sequence: null,
    });
  }
  const pathOf = (path: string | undefined): TreePath | null =>
    path === undefined ? null : parseTreePath(path);
  const bytesPath = parseTreePath(uplink.bytes);
  const [portPath, timePath, devicePath] = [uplink.fPort, uplink.time, uplink.device].map(pathOf);
  const sequencePath = pathOf(uplink.sequence);
  const decode = uplink.encoding === "hex" ? fromHex : decodeBase64;
  return ({ payload }) => {
    const document = readJson(decodeDocument(payload));
    const at = (path: TreePath | null | undefined): unknown => (path ? valueAt(document, path) : undefined);
    const text = at(bytesPath);
    const bytes = typeof text === "string" ? decode(text) : null;
    if (bytes === null)
      throw new Fault("schema", `${uplink.bytes} is ${shown(text)}, not ${uplink.encoding ?? "base64"}`);
    const port = at(portPath) ?? fPort;
    if (!isPort(port)) throw new Fault("schema", `${uplink.fPort} is ${shown(port)}, not a port`);
    const time = at(timePath);
    const device = at(devicePath);
    const sequence = at(sequencePath);
    return {
      bytes,
      fPort: port,
      time: typeof time === "string" ? parseIsoTime(time, null) : null,
      device: typeof device === "string" && device.length <= 255 ? device : null,
      sequence: Number.isSafeInteger(sequence) ? (sequence as number) : null,
    };
  };
}

const isPort = (port: unknown): port is number =>
  Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 255;

/** `telemetry/85` is port 85. */
function portOfChannel(channel: string): number | null {
  const last = channel.slice(channel.lastIndexOf("/") + 1);
  const port = /^\d{1,3}$/.test(last) ? Number(last) : 0;
  return port >= fPorts.least && port <= fPorts.most ? port : null;
}

/** An uplink as a codec's call has it. */
export function callInput({ bytes, fPort, time }: Uplink, receivedAt: Micros): string {
  return `[[${bytes.join()}],${fPort},${Math.floor((time?.micros ?? receivedAt) / 1_000)}]`;
}
