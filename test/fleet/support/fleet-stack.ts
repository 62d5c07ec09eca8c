/** A stack whose outputs a script prints, for commands of the fleet: its authority is real, and so is its registry. */
import { X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentFolders } from "../../../fleet/environment.ts";
import { buildProgram } from "../../../fleet/program.ts";
import { reportError } from "../../../fleet/report.ts";
import { connectSite } from "../../../fleet/site-client.ts";
import { openLocalRegistry, type LocalRegistry } from "../../../fleet/registry/local-registry.ts";
import { Keyring } from "../../../site/seal.ts";
import { environment, makeAuthority, type Authority, type AuthorityOptions } from "../authority/support.ts";
import { fakeTerminal } from "./terminal.ts";

export interface Ran {
  readonly code: number;
  readonly output: string;
  /** Lines on the error output. */
  readonly notes: readonly string[];
}

export interface FleetStack {
  readonly folder: string;
  readonly root: Authority;
  readonly authority: Authority;
  /** `npx fieldlake fleet <args>`. */
  run(...args: readonly string[]): Promise<Ran>;
  /** The same, that has to work; what it printed as JSON. */
  json(...args: readonly string[]): Promise<unknown>;
  /** Puts a file below the folder; its path. */
  file(name: string, content: string | Uint8Array): string;
  path(name: string): string;
  text(name: string): string;
  registry(): Promise<LocalRegistry>;
  remove(): void;
}

/** @param elsewhere where the registry is; default: below the folder */
export async function fleetStack(
  options: AuthorityOptions = {},
  elsewhere: object | null = null,
): Promise<FleetStack> {
  const folder = mkdtempSync(join(tmpdir(), "fieldlake-fleet-stack-"));
  const root = await makeAuthority("dev root");
  const authority = await makeAuthority("dev devices", { parent: root, ...options });
  const local = { kind: "local", folder: "data/fleet", keyFile: join("keys", "fleet.key") };
  const place = elsewhere === null ? local : { folder: "data/fleet", keyFolder: "keys", ...elsewhere };
  const key = ({ key: secret }: Authority) => secret.export({ type: "pkcs8", format: "pem" });
  const outputs = {
    authority: {
      environment,
      certificateDays: 90,
      certificate: authority.certificate,
      key: key(authority),
      root: { certificate: root.certificate, key: key(root) },
      registry: place,
    },
    connection: {
      host: "broker.example",
      port: 8883,
      trustBundle: root.certificate,
      topics: { telemetry: { topic: "devices/{id}/telemetry", qos: 1 } },
    },
  };
  const outputsFile = join(folder, "outputs.json");
  writeFileSync(outputsFile, JSON.stringify(outputs));
  const pulumi = join(folder, "bin", "pulumi");
  mkdirSync(join(folder, "bin"));
  writeFileSync(pulumi, `#!/bin/sh\ncat "${outputsFile}"\n`);
  chmodSync(pulumi, 0o755);

  const run = async (...args: readonly string[]): Promise<Ran> => {
    const { terminal, output, notes } = fakeTerminal();
    const path = process.env["PATH"];
    process.env["PATH"] = `${join(folder, "bin")}:${path}`;
    try {
      const program = buildProgram({
        terminal,
        folders: environmentFolders(folder),
        signal: new AbortController().signal,
        site: connectSite(join(folder, "data", "run")),
      });
      const code = await program.parseAsync(["node", "fieldlake", "fleet", ...args]).then(
        () => 0,
        (error: unknown) => reportError(error, terminal),
      );
      return { code, output: output(), notes };
    } finally {
      process.env["PATH"] = path;
    }
  };
  return {
    folder,
    root,
    authority,
    run,
    async json(...args) {
      const { code, output, notes } = await run(...args, "--json");
      if (code !== 0) throw new Error(`exit code ${code}: ${notes.join("\n")}\n${output}`);
      return JSON.parse(output);
    },
    file(name, content) {
      const path = join(folder, name);
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
    path: (name) => join(folder, name),
    text: (name) => readFileSync(join(folder, name), "utf8"),
    registry: () =>
      openLocalRegistry({
        folder: join(folder, "data", "fleet"),
        sealing: Keyring.fromFile(join(folder, "keys", "fleet.key")).key("registry"),
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The first certificate of a PEM text. */
export const certificateIn = (pem: string): X509Certificate => new X509Certificate(pem);
