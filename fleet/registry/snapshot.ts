/**
 * The state before a segment of the journal, so that a start reads the segments from there on only. Sealed blocks, one
 * behind the other; the first says what follows. A snapshot is never needed: the journal tells the same.
 */
import { readdirSync, readSync, openSync, closeSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { chunkRows, type Column } from "./columns.ts";
import { syncFolder, type Sealing } from "./journal.ts";
import { Ledger } from "./ledger.ts";
import { storedIssuer, storedList } from "./model.ts";

const lengthBytes = 4;
/** Changes with the columns: a snapshot of another layout is not read. */
const layout = 2;

const headSchema = z.strictObject({
  layout: z.literal(layout),
  devices: z.number().int(),
  certificates: z.number().int(),
  idBytes: z.number().int(),
  idBlocks: z.number().int(),
  profiles: z.array(z.string()),
  issuers: z.array(storedIssuer),
  lists: z.array(storedList),
  lastChange: z.number(),
});

const fileName = (segment: number): string => `snapshot-${String(segment).padStart(6, "0")}.sealed`;
const label = (segment: number, block: number): string => `registry/snapshot/${segment}/${block}`;

/** Segments before which there is a snapshot, newest first. */
export function snapshotNumbers(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => Number(/^snapshot-(\d{6})\.sealed$/.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => b - a);
}

/** Every block of the ledger's memory: written from, or read into. */
function* memory({ devices, certificates }: Ledger, idBlocks: number): Generator<Uint8Array> {
  for (let block = 0; block < idBlocks; block += 1) yield devices.ids.chunk(block);
  yield* chunks(devices.columns, devices.rows);
  yield* chunks(certificates.columns, certificates.rows);
}

function* chunks(columns: readonly Column[], rows: number): Generator<Uint8Array> {
  for (let index = 0; index * chunkRows < rows; index += 1) {
    for (const column of columns) yield column.chunk(index);
  }
}

/** Whole or not at all. Rejects where the disk takes no more: the registry goes on without. */
export async function writeSnapshot(
  folder: string,
  segment: number,
  ledger: Ledger,
  sealing: Sealing,
): Promise<void> {
  const { devices, certificates, issuers, lists, lastChange } = ledger;
  const head: z.infer<typeof headSchema> = {
    layout,
    devices: devices.rows,
    certificates: certificates.rows,
    idBytes: devices.ids.used,
    idBlocks: devices.ids.blocks,
    profiles: devices.profiles,
    issuers,
    lists: [...lists.values()],
    lastChange,
  };
  const draft = join(folder, `${fileName(segment)}.${process.pid}.new`);
  const file = await open(draft, "w", 0o600);
  try {
    let block = 0;
    const write = async (plain: Uint8Array): Promise<void> => {
      const sealed = sealing.seal(plain, label(segment, block));
      const length = Buffer.alloc(lengthBytes);
      length.writeUInt32LE(sealed.length);
      await file.writev([length, sealed]);
      block += 1;
    };
    await write(Buffer.from(JSON.stringify(head)));
    for (const part of memory(ledger, devices.ids.blocks)) await write(part);
    await file.datasync();
  } catch (error) {
    await file.close();
    await rm(draft, { force: true });
    throw error;
  }
  await file.close();
  await rename(draft, join(folder, fileName(segment)));
  await syncFolder(folder);
}

/** `null` where it is not whole, damaged, or of another layout: the journal is read instead. */
export function readSnapshot(folder: string, segment: number, sealing: Sealing): Ledger | null {
  const descriptor = openSync(join(folder, fileName(segment)), "r");
  try {
    let offset = 0;
    let block = 0;
    const next = (): Buffer => {
      const length = Buffer.alloc(lengthBytes);
      readSync(descriptor, length, 0, lengthBytes, offset);
      const sealed = Buffer.allocUnsafe(length.readUInt32LE());
      const count = readSync(descriptor, sealed, 0, sealed.length, offset + lengthBytes);
      if (count !== sealed.length) throw new Error("the snapshot ends early");
      offset += lengthBytes + sealed.length;
      block += 1;
      return sealing.open(sealed, label(segment, block - 1));
    };
    const head = headSchema.parse(JSON.parse(next().toString()));
    const ledger = new Ledger();
    const { devices, certificates } = ledger;
    devices.ids.grow(head.idBlocks << 20);
    devices.ids.restore(head.idBytes);
    devices.profiles.push(...head.profiles);
    devices.restoreRows(head.devices);
    certificates.restoreRows(head.certificates);
    for (const part of memory(ledger, head.idBlocks)) part.set(next());
    devices.reindex();
    certificates.reindex();
    ledger.issuers.push(...head.issuers);
    for (const list of head.lists) ledger.lists.set(list.issuer, list);
    ledger.lastChange = head.lastChange;
    return ledger;
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/** Keeps the newest two: the second is there for the day on which the first is damaged. */
export async function removeOldSnapshots(folder: string): Promise<void> {
  for (const number of snapshotNumbers(folder).slice(2)) await rm(join(folder, fileName(number)));
}
