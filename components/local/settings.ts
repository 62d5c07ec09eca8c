import { isAbsolute, relative, resolve } from "node:path";
import { z } from "zod";
import { Dispatcher } from "../../functions/core/dispatch.ts";
import { logChannel } from "../../functions/core/files/upload-key.ts";
import type { Binding } from "../../functions/core/profiles/profile.ts";
import { deviceIdPattern } from "../contracts/device-fleet.ts";

const port = z.number().int().min(1024, "allowed: 1024 to 65535").max(65_535, "allowed: 1024 to 65535");

/** `fieldlake:local`: where the local target lives on its machine. Folders are relative to the project. */
export const localSettings = z
  .strictObject({
    /** Address that devices connect to. Default 127.0.0.1; 0.0.0.0 opens it to the network. */
    host: z.string().min(1).default("127.0.0.1"),
    /** Names besides `host` that the server certificate carries (DNS names or IP addresses). */
    serverNames: z.array(z.string().min(1)).max(20).default(["localhost"]),
    /** MQTT over TLS. Default 8883. */
    mqttPort: port.default(8883),
    /** Enrolment (EST, RFC 7030) over TLS, on `host`. Default 8885. */
    enrolmentPort: port.default(8885),
    /** Address of the page. Default 127.0.0.1; elsewhere it is served over TLS. */
    consoleHost: z.string().min(1).default("127.0.0.1"),
    /** Default 8484. */
    consolePort: port.default(8484),
    /** Everything the site stores, sealed. Default `.fieldlake/<stack>/data`. */
    dataFolder: z.string().min(1).optional(),
    /** The master key, outside the data folder. Default `.fieldlake/<stack>/keys`. */
    keyFolder: z.string().min(1).optional(),
    /** Folders that machines drop files into; each file becomes rows of a device, with its own times. Default none. */
    watch: z
      .array(
        z.strictObject({
          folder: z.string().min(1),
          /** Whose files they are. */
          device: z
            .string()
            .regex(
              deviceIdPattern,
              "allowed: 1 to 64 of a-z 0-9 _ -, starting and ending with a letter or digit",
            ),
          /** Chooses the profile. Default `telemetry`. */
          channel: z
            .string()
            .max(256)
            .regex(logChannel, "allowed: telemetry, telemetry/{stream} or events")
            .default("telemetry"),
          /** Seconds that a file must not have changed for. Default 5. */
          settledSeconds: z.number().int().min(1).max(86_400).default(5),
          /** What becomes of a file that was taken: it is moved to `done/` in the folder, or removed. Default `move`. */
          taken: z.enum(["move", "remove"]).default("move"),
        }),
      )
      .max(100)
      .default([]),
  })
  .prefault({});

export type LocalSettings = z.output<typeof localSettings>;
export type WatchedFolder = LocalSettings["watch"][number];

/** Whether a server that listens there is reached by every address of its machine. */
export const isEveryAddress = (host: string): boolean => host === "0.0.0.0" || host === "::";

export function isWithin(inner: string, outer: string): boolean {
  const path = relative(outer, inner);
  return !path.startsWith("..") && !isAbsolute(path);
}

/** What holds between the keys of `fieldlake:local`; with the default folders `localFolders` looks once more. */
export function localFaults(
  { dataFolder, keyFolder, ...local }: LocalSettings,
  bindings: readonly Binding[],
): string[] {
  const faults: string[] = [...unboundFaults(local.watch, bindings)];
  const ports = ["mqttPort", "enrolmentPort", "consolePort"] as const;
  ports.forEach((key, at) => {
    const former = ports.slice(0, at).find((other) => local[other] === local[key]);
    if (former !== undefined) {
      faults.push(
        `fieldlake:local.${key}: received ${local[key]}; allowed: another port than ${former}, which is the same`,
      );
    }
  });
  const open = (["host", "consoleHost"] as const).filter((key) => isEveryAddress(local[key]));
  if (open.length > 0 && local.serverNames.length === 0) {
    faults.push(
      `fieldlake:local.serverNames: received no name; allowed: with ${open.join(" and ")} open to every address, the names that it is reached by, at least one`,
    );
  }
  if (
    dataFolder !== undefined &&
    keyFolder !== undefined &&
    isWithin(resolve(keyFolder), resolve(dataFolder))
  ) {
    faults.push(keysBesideData(keyFolder, dataFolder));
  }
  return faults;
}

/** A file that no profile reads would only be put aside. */
function unboundFaults(watched: readonly WatchedFolder[], bindings: readonly Binding[]): string[] {
  const profiles = new Dispatcher(bindings, new Map(bindings.map(({ profile }) => [profile, profile])));
  return watched.flatMap(({ device, channel }, index) =>
    profiles.find(device, channel) === null
      ? [
          `fieldlake:local.watch[${index}]: received the device "${device}" and the channel "${channel}"; allowed: those that fieldlake:bindings binds to a profile`,
        ]
      : [],
  );
}

/** Absolute folders. What is moved within one must not come into another, and nobody drops files beside keys or data. */
export function watchedFaults(
  watched: readonly WatchedFolder[],
  own: { readonly data: string; readonly keys: string },
): string[] {
  const overlap = (one: string, other: string) => isWithin(one, other) || isWithin(other, one);
  return watched.flatMap(({ folder }, index) => {
    const former = watched.slice(0, index).map((other, place) => [`watch[${place}]`, other.folder] as const);
    const others = [...former, ["dataFolder", own.data] as const, ["keyFolder", own.keys] as const];
    return others
      .filter(([, other]) => overlap(folder, other))
      .map(
        ([name, other]) =>
          `fieldlake:local.watch[${index}].folder: received "${folder}"; allowed: a folder apart from fieldlake:local.${name} (${other})`,
      );
  });
}

export const keysBesideData = (keys: string, data: string): string =>
  `fieldlake:local.keyFolder: received "${keys}"; allowed: a folder outside fieldlake:local.dataFolder (${data}), so that a copy of the data holds no key`;
