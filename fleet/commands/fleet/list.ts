/** `fieldlake fleet list` and `export`: certificates of the registry, for people and for programs. */
import { createWriteStream, existsSync } from "node:fs";
import { resolve } from "node:path";
import { once } from "node:events";
import { CommandError, exitCodes } from "../../errors.ts";
import type { CertificateRecord, CertificateState } from "../../registry/model.ts";
import type { CertificateQuery } from "../../registry/registry.ts";
import { renderTable } from "../../render/table.ts";
import { count, counted } from "../../render/units.ts";
import { toPem } from "../../x509/pem.ts";
import type { CommandContext } from "../context.ts";
import { openFleet, type FleetSource } from "./open-fleet.ts";

export interface ListOptions extends FleetSource {
  readonly state?: readonly CertificateState[];
  /** Days from now. */
  readonly expiring?: number;
  readonly prefix?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export interface ExportOptions extends Omit<ListOptions, "limit" | "json"> {
  readonly format: "csv" | "json" | "pem";
  readonly out?: string;
}

const dayMs = 86_400_000;

function queryOf({
  state,
  expiring,
  prefix,
}: Pick<ListOptions, "state" | "expiring" | "prefix">): CertificateQuery {
  return {
    ...(state === undefined || state.length === 0 ? {} : { states: state }),
    ...(expiring === undefined ? {} : { expiresBefore: new Date(Date.now() + expiring * dayMs) }),
    ...(prefix === undefined ? {} : { idPrefix: prefix }),
  };
}

export async function list(options: ListOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const { registry } = await openFleet(options, context);
  try {
    const found: CertificateRecord[] = [];
    let matching = 0;
    for await (const one of registry.certificates(queryOf(options))) {
      matching += 1;
      if (found.length < options.limit) found.push(one);
    }
    if (options.json === true) {
      terminal.write(`${JSON.stringify(found, null, 2)}\n`);
    } else {
      terminal.print(certificateTable(found, terminal));
    }
    const more = matching > found.length ? `, the first ${count(found.length)} shown (--limit)` : "";
    terminal.note(`${counted(matching, "certificate")}${more}`);
  } finally {
    await registry.close();
  }
}

const stateStyles = {
  issued: "faint",
  active: "good",
  superseded: "faint",
  revoked: "bad",
  expired: "warning",
} as const satisfies Record<CertificateState, string>;

export function certificateTable(
  found: readonly CertificateRecord[],
  terminal: CommandContext["terminal"],
): string {
  const titles = ["device", "state", "until", "key", "serial", "first seen", "ended"].map((title) => ({
    title,
  }));
  const rows = found.map(({ deviceId, state, notAfter, keyKind, serial, seenAt, endedAt, reason }) => [
    deviceId,
    state,
    day(notAfter),
    keyKind,
    serial,
    seenAt === null ? "" : day(seenAt),
    endedAt === null ? "" : `${day(endedAt)}${reason === null ? "" : ` (${reason})`}`,
  ]);
  return renderTable(titles, rows, terminal, (text, row, column) => {
    const one = found[row];
    return column === 1 && one !== undefined ? terminal.style(stateStyles[one.state], text) : text;
  });
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

const columns = [
  "device_id",
  "serial",
  "state",
  "not_before",
  "not_after",
  "key_kind",
  "key_id",
  "issuer",
  "source",
  "recorded_at",
  "seen_at",
  "ended_at",
  "reason",
] as const;

/** As a stream: a registry of millions fits no memory as text. */
export async function exportCertificates(options: ExportOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const { registry } = await openFleet(options, context);
  const sink = sinkOf(options.out, context);
  let exported = 0;
  try {
    await sink.write(
      options.format === "csv" ? `${columns.join(",")}\r\n` : options.format === "json" ? "[\n" : "",
    );
    for await (const one of registry.certificates(queryOf(options))) {
      if (options.format === "pem") {
        const der = await registry.encoded(one.serial);
        if (der === null) continue;
        await sink.write(`# ${one.deviceId} ${one.serial} ${one.state}\n${toPem(der, "CERTIFICATE")}`);
      } else if (options.format === "csv") {
        await sink.write(`${csvLine(one)}\r\n`);
      } else {
        await sink.write(`${exported === 0 ? "" : ",\n"}${JSON.stringify(one)}`);
      }
      exported += 1;
    }
    await sink.write(options.format === "json" ? "\n]\n" : "");
    await sink.end();
  } finally {
    await registry.close();
  }
  terminal.note(`${counted(exported, "certificate")} exported`);
}

/** No field can hold a comma or a quote: ids, hex, dates and words. */
function csvLine(one: CertificateRecord): string {
  const { deviceId, serial, state, notBefore, notAfter, keyKind, keyId, issuer, source } = one;
  const { recordedAt, seenAt, endedAt, reason } = one;
  const times = [recordedAt, seenAt, endedAt].map((date) => date?.toISOString() ?? "");
  return [
    ...[
      deviceId,
      serial,
      state,
      notBefore.toISOString(),
      notAfter.toISOString(),
      keyKind,
      keyId,
      issuer,
      source,
    ],
    ...times,
    reason ?? "",
  ].join(",");
}

interface Sink {
  write(text: string): Promise<void>;
  end(): Promise<void>;
}

function sinkOf(out: string | undefined, { terminal }: CommandContext): Sink {
  if (out === undefined) {
    return { write: async (text) => terminal.write(text), end: () => Promise.resolve() };
  }
  const file = resolve(out);
  if (existsSync(file)) {
    throw new CommandError(`${file} exists already`, exitCodes.usage, "name a file that does not exist yet");
  }
  const stream = createWriteStream(file, { mode: 0o600 });
  const failure = once(stream, "error").then(([error]) => {
    throw new CommandError(`${file} can't be written: ${(error as Error).message}`, exitCodes.failed);
  });
  failure.catch(() => undefined);
  return {
    async write(text) {
      if (!stream.write(text)) await Promise.race([once(stream, "drain"), failure]);
    },
    async end() {
      stream.end();
      await Promise.race([once(stream, "close"), failure]);
    },
  };
}
