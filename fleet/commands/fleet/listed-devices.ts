/** Devices named by `--csv` and `--id`, with every mistake of theirs, found before anything is issued. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { CommandError, exitCodes } from "../../errors.ts";
import { readDeviceList, type ListedDevice } from "../../issue/device-list.ts";
import type { HandedOut, Purpose, TurnedDown } from "../../issue/wanted.ts";
import type { CertificateRecord } from "../../registry/model.ts";
import type { DeviceStore } from "./device-store.ts";
import type { Fleet } from "./open-fleet.ts";

export interface ListOptions {
  readonly csv?: string;
  readonly id?: readonly string[];
  readonly skipInvalid?: boolean;
}

export interface NamedDevice extends ListedDevice {
  readonly from: string;
}

export interface NamedDevices {
  readonly devices: readonly NamedDevice[];
  readonly mistakes: readonly TurnedDown[];
  /** Those that have everything already, from a run before. */
  readonly done: readonly HandedOut[];
}

interface Surroundings {
  readonly fleet: Fleet;
  readonly purpose: Purpose;
  readonly store: DeviceStore | null;
}

/** Throws {@link CommandError} where the list can't be read. */
export async function listedDevices(options: ListOptions, around: Surroundings): Promise<NamedDevices> {
  const { csv, id = [] } = options;
  const { devices, mistakes } =
    csv === undefined ? readDeviceList(id.join("\n")) : readDeviceList(readList(csv));
  const place = (line: number): string =>
    csv === undefined ? `--id ${id[line - 1]}` : `${basename(csv)}:${line}`;
  const found: TurnedDown[] = mistakes.map(({ line, message }) => refused(place(line), null, message));
  const named: NamedDevice[] = [];
  const done: HandedOut[] = [];
  for (const device of devices) {
    const from = place(device.line);
    const objection = await objectionTo(device.id, around);
    if (objection === null) named.push({ ...device, from });
    else if (typeof objection === "string") found.push(refused(from, device.id, objection));
    else
      done.push({
        kind: "known",
        from,
        deviceId: device.id,
        ...endOf(objection),
        certificate: Buffer.alloc(0),
      });
  }
  return { devices: named, mistakes: found, done };
}

const endOf = ({ serial, notAfter }: CertificateRecord) => ({ serial, notAfter });

const refused = (from: string, deviceId: string | null, message: string): TurnedDown => ({
  kind: "refused",
  from,
  deviceId,
  message,
});

function readList(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(
      `--csv ${file} can't be read (${(error as NodeJS.ErrnoException).code})`,
      exitCodes.usage,
    );
  }
}

/** What only the registry knows; the batch judges again, when it comes to it. */
async function objectionTo(
  id: string,
  { fleet: { registry }, purpose, store }: Surroundings,
): Promise<string | CertificateRecord | null> {
  const certificates = await registry.certificatesOf(id);
  const live = certificates.find(({ state }) => state === "issued" || state === "active");
  if (purpose === "renew") {
    if (certificates.length === 0) return "the registry does not know it: issue it a first certificate";
    if (store?.hasKey(id) === true) return null;
    return "its key is not in the folder: renew it by a request that it makes, or replace it with issue --replace";
  }
  if (store?.hasKey(id) === true || live === undefined) return null;
  if (store?.isDone(id) === true && purpose === "issue") return live;
  if (purpose === "replace") return null;
  return (
    `it has a certificate of another key until ${live.notAfter.toISOString().slice(0, 10)} (serial ${live.serial}): ` +
    "renew it, or replace it with --replace"
  );
}
