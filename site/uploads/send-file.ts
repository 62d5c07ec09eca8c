/** A whole file's records down the lane that live messages take; what the lake has already is left out. */
import { createDecoder } from "../../functions/core/decoder.ts";
import { ClockJumps } from "../../functions/core/files/clock-jumps.ts";
import { LogFileReader } from "../../functions/core/files/log-file.ts";
import type { Message } from "../../functions/core/model.ts";
import type { Binding, Profile } from "../../functions/core/profiles/profile.ts";
import { nodePorts } from "../../functions/platform.ts";
import { fileBatches, type FileBatch } from "../../functions/core/files/file-batches.ts";
import { KnownMessages } from "./known-messages.ts";
import { clockOf, UploadRefusal, type UploadReport, type UploadRequest } from "./upload-request.ts";
import { contentOf } from "./upload-content.ts";
import type { UploadFile } from "./upload-file.ts";
import { uploadPlace } from "./upload-place.ts";
import { UploadTally } from "./upload-tally.ts";
import type { UploadsParts } from "./uploads.ts";

/** What is compared with the lake at once. */
const limits = { messages: 4_000, bytes: 64 << 20 };

type Counts = Omit<UploadReport, keyof UploadRequest | "profile" | "takenAt">;

/**
 * Resolves when every record is on disk on its way to the lake. Rejects with {@link UploadRefusal} before the first where
 * it can't be read to its end, or its clock can't be put right as asked.
 */
export async function sendFile(
  file: UploadFile,
  request: UploadRequest,
  profile: Profile,
  { tenant, lake, log, decoder }: Omit<UploadsParts, "dataFolder" | "keyring">,
): Promise<Counts> {
  const { deviceId, channel } = request;
  const { container, sha256: name, read } = await contentOf(file, request, profile);
  const receivedAt = Date.now() * 1_000;
  const clock = clockOf(request);
  const { profiles, bindings } = decoder as { profiles: Profile[]; bindings: Binding[] };
  const options = { ...nodePorts, tenant, clockWindow: decoder.clockWindow };
  const decoding = createDecoder(profiles, bindings, options);
  const batches = (): AsyncIterable<FileBatch> =>
    fileBatches(read(), new LogFileReader(profile, { tenant, deviceId, channel, receivedAt, name }), limits);

  if (clock !== null) {
    const jumps = new ClockJumps();
    for await (const { messages } of batches())
      for (const message of messages) jumps.see(placeOf(message), decoding.decode([message]));
    if (jumps.first !== null)
      throw new UploadRefusal(
        `the file's times are not of one clock, so that one correction can't be right; at ${jumps.first}. ` +
          `Cut the file there, and send each piece with its own`,
      );
  }

  const jumps = new ClockJumps();
  const tally = new UploadTally();
  const known = new KnownMessages(lake, decoding, (message, rows) => {
    jumps.see(placeOf(message), rows);
    tally.see(placeOf(message), message, rows);
  });
  const counts = { messages: 0, known: 0, unreadable: 0, firstUnreadable: null as string | null };
  for await (const { messages, unreadable } of batches()) {
    for (const { message, fault } of unreadable) {
      counts.unreadable++;
      counts.firstUnreadable ??= `${placeOf(message)}: ${fault.detail}`;
    }
    const unknown = await known.unknown(messages);
    await Promise.all(
      unknown.map(({ payload, position }) => {
        const uploadedFrom = uploadPlace({ position, clock });
        // Of its own: who looks at what came in since takes arrivals to be in the order of the log.
        return log.append({ deviceId, channel, payload, receivedAt: Date.now() * 1_000, uploadedFrom });
      }),
    );
    tally.take(unknown);
    counts.messages += messages.length;
    counts.known += messages.length - unknown.length;
  }
  const { rows, quarantined, firstQuarantined, undated, firstUndated, span } = tally;
  const made = { rows, quarantined, firstQuarantined, undated, firstUndated, span };
  return { container, ...counts, ...made, clockJumps: jumps.count, firstClockJump: jumps.first };
}

/** Of a message, inside its file. */
const placeOf = ({ position }: Message): string => position.slice(position.indexOf(":") + 1);
