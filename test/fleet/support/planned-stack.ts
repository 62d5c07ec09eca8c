/** What an engine says of a preview, written by hand: a digest, an event log, and a `pulumi` that hands them out. */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events.js";
import { environmentFolders } from "../../../fleet/environment.ts";

export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const secret = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "[secret]",
};
export const urn = (type: string, name: string): string => `urn:pulumi:aws-test::fieldlake::${type}::${name}`;
export const stackUrn = urn("pulumi:pulumi:Stack", "fieldlake-aws-test");
export const provider = urn("pulumi:providers:aws", "default");
const project = join(import.meta.dirname, "../../..");

interface Written {
  readonly type: string;
  readonly name: string;
  readonly inputs?: object;
  readonly outputs?: object;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
}

export const stackOutputs = {
  capabilities: { customerManagedKeyOnIngest: true, mqttVersions: ["3.1.1", "5.0"] },
  encryptionState: [
    {
      ...{ component: "EncryptedLake", name: "raw zone", detail: unknown },
      ...{ inTransit: "TLS 1.2", atRest: "AES-256", keyId: unknown },
    },
  ],
  exceptions: [{ rule: "r", resource: "log", reason: "can't", compensatingControl: "a wall" }],
  costs: [
    { component: "EncryptedLake", item: "keys", basis: "3 × 1 USD", usdPerMonth: 3.1, source: "page" },
    { component: "EncryptedLake", item: "objects", basis: "2 × 0.1 USD", usdPerMonth: 0.2, source: "page" },
  ],
  quotas: [
    { quota: "sessions", limit: 100, expected: 130, unit: "sessions", remark: "raise it", source: "limits" },
  ],
  devices: secret,
};

/** The stack, a provider, one component and what it makes. */
export function preview(below: readonly Written[]): { digest: string; events: EngineEvent[] } {
  const lake = urn("fieldlake:aws:EncryptedLake", "lake");
  const own: readonly Written[] = [
    { type: "pulumi:pulumi:Stack", name: "fieldlake-aws-test", outputs: stackOutputs },
    { type: "pulumi:providers:aws", name: "default", inputs: { region: "eu-central-1" } },
    { type: "fieldlake:aws:EncryptedLake", name: "lake", parent: stackUrn },
    ...below.map((written) => ({ parent: lake, ...written })),
  ];
  const states = own.map(({ type, name, inputs = {}, parent = "", dependencies = [] }) => ({
    ...{ type, urn: urn(type, name), id: "", parent, inputs, dependencies },
    custom: /^(aws|pulumi:providers):/.test(type),
    provider: type.startsWith("aws:") ? `${provider}::${unknown}` : "",
  }));
  const settings = {
    ...{ "fieldlake:target": "aws", "fieldlake:environment": "demo", "aws:region": "eu-central-1" },
    "fieldlake:load": JSON.stringify({ devices: 130 }),
  };
  const event = (body: object): EngineEvent => ({ sequence: 0, timestamp: 0, ...body });
  const step = ({ urn: of, type }: (typeof states)[number], state: object) => ({
    metadata: { op: "create", urn: of, type, provider: "", new: state },
  });
  return {
    // The engine's digest has no providers.
    digest: JSON.stringify({
      steps: states
        .filter(({ type }) => !type.startsWith("pulumi:providers"))
        .map((state) => ({ op: "create", urn: state.urn, newState: state })),
    }),
    events: [
      event({ preludeEvent: { config: settings } }),
      event({
        diagnosticEvent: { message: "<{%reset%}>warning: OFFLINE<{%reset%}>\n", severity: "warning" },
      }),
      ...states.map((state) => event({ resourcePreEvent: step(state, { ...state, outputs: {} }) })),
      // Outputs come in another order than registrations.
      ...states
        .map((state, index) =>
          event({ resOutputsEvent: step(state, { ...state, outputs: own[index]?.outputs ?? {} }) }),
        )
        .toReversed(),
    ],
  };
}

/** A project with the stack `aws-test`, and an engine that previews it as given. */
export function plannedProject(made: ReturnType<typeof preview>, exitCode = 0) {
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-test-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: fieldlake\n");
  writeFileSync(join(folder, "Pulumi.aws-test.yaml"), "config:\n  fieldlake:target: aws\n");
  mkdirSync(join(folder, "policies"));
  copyFileSync(join(project, "policies/package.json"), join(folder, "policies/package.json"));
  writeFileSync(join(folder, "digest.json"), made.digest);
  writeFileSync(join(folder, "events"), made.events.map((one) => `${JSON.stringify(one)}\n`).join(""));
  writeFileSync(
    join(folder, "pulumi"),
    `#!/bin/sh
case "$1" in
  version) echo v3.220.0 ;;
  preview)
    while [ "$1" != --event-log ]; do shift; done
    cp "${folder}/events" "$2"
    cat "${folder}/digest.json"
    exit ${exitCode} ;;
esac
`,
  );
  chmodSync(join(folder, "pulumi"), 0o755);
  const path = process.env["PATH"];
  process.env["PATH"] = `${folder}:${path}`;
  return {
    folder,
    folders: environmentFolders(folder),
    close() {
      process.env["PATH"] = path;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
