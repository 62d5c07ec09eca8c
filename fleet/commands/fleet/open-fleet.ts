/** Which fleet a command works on: the one of a stack, or one that a file describes. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { connectionSchema, type Connection } from "../../bundle/connection.ts";
import type { keyKinds } from "../../x509/algorithms.ts";
import { CommandError, exitCodes, messageOf } from "../../errors.ts";
import { localStack } from "../../environment.ts";
import { stackOutputs } from "../../outputs.ts";
import { signerReference } from "../../authority/signers/open.ts";
import { adoptIssuer } from "../../registry/adopt.ts";
import { isLeftBehind } from "../../registry/left-behind.ts";
import { LocalRegistry } from "../../registry/local-registry.ts";
import type { CommandContext } from "../context.ts";
import { openRegistry, registryPlace, type OpenRegistry } from "./open-registry.ts";

export interface FleetSource {
  /** Stack whose fleet it is; default `local-dev`. */
  readonly stack?: string;
  /** File that describes an authority without a stack. */
  readonly authority?: string;
}

export interface Fleet extends OpenRegistry {
  readonly environment: string;
  readonly certificateDays: number;
  readonly keys: readonly (typeof keyKinds)[number][];
  /** PEM: roots that devices are to trust the server by. */
  readonly trustBundle: string | null;
  /** PEM of the authority's root, above its intermediates. */
  readonly root: { readonly certificate: string; readonly key: string | null };
  /** Key of the stack's own intermediate; `null` where there is no stack. */
  readonly stackKey: { readonly certificate: string; readonly key: string } | null;
  /** What devices are told; `null` where no stack says it. */
  readonly connection: Connection | null;
  readonly revocationListUrl: string | null;
}

const pem = z.string().startsWith("-----BEGIN ");

const stackSchema = z.object({
  authority: z.object({
    environment: z.string(),
    certificateDays: z.number(),
    certificate: pem,
    key: pem,
    root: z.object({ certificate: pem, key: pem.nullable() }),
    registry: registryPlace,
  }),
  connection: connectionSchema,
});

/** A fleet without a stack; file names are relative to the file. */
const fileSchema = z.strictObject({
  /** Names the environment in certificates: 2 to 32 of a-z 0-9 -. */
  environment: z.string().regex(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/, "allowed: 2 to 32 of a-z 0-9 -"),
  /** Days that a device certificate lives. Default 90. */
  certificateDays: z.number().int().min(7).max(397).default(90),
  /** Kinds of keys that devices may have. Default: P-256. */
  keys: z
    .array(z.enum(["P-256", "P-384", "RSA"]))
    .min(1)
    .default(["P-256"]),
  /** PEM file of the intermediate that signs. */
  certificate: z.string().min(1),
  /** Where its key is. */
  signer: signerReference,
  /** PEM file of the root above it. */
  root: z.string().min(1),
  registry: z.strictObject({ folder: z.string().min(1), keyFile: z.string().min(1) }),
  /** Where brokers fetch the revocation list, put into certificates. */
  revocationListUrl: z.url().optional(),
});

/** Rejects with {@link CommandError}. Close its registry. */
export async function openFleet(source: FleetSource, { folders, terminal }: CommandContext): Promise<Fleet> {
  if (source.authority !== undefined) return fleetOfFile(resolve(source.authority));
  const stack = source.stack ?? localStack;
  const fleet = await fleetOfStack(stack, folders.project);
  if (!(fleet.registry instanceof LocalRegistry) && isLeftBehind(fleet.folder)) {
    terminal.note(
      `the registry in ${fleet.folder} was not copied: ${fleet.registry.description} knows nothing of what was issued and revoked there (npx fieldlake fleet copy --stack ${stack})`,
    );
  }
  return fleet;
}

/** Opens the fleet for some work, and closes its registry behind it. */
export async function withFleet(
  source: FleetSource,
  context: CommandContext,
  work: (fleet: Fleet) => Promise<void>,
): Promise<void> {
  const fleet = await openFleet(source, context);
  try {
    await work(fleet);
  } finally {
    await fleet.registry.close();
  }
}

async function fleetOfStack(stack: string, project: string): Promise<Fleet> {
  const { authority, connection } = await stackOutputs(stack, project, stackSchema);
  const { environment, certificateDays, certificate, key, root } = authority;
  const opened = await openRegistry(authority.registry, project);
  await adoptIssuer(opened.registry, certificate, null);
  return {
    environment,
    certificateDays,
    keys: ["P-256"],
    trustBundle: connection.trustBundle,
    root,
    stackKey: { certificate, key },
    ...opened,
    connection,
    revocationListUrl: null,
  };
}

async function fleetOfFile(file: string): Promise<Fleet> {
  const described = readDescription(file);
  const from = (name: string): string => resolve(dirname(file), name);
  const certificate = readText(from(described.certificate), "certificate", file);
  const root = readText(from(described.root), "root", file);
  const { environment, certificateDays, keys, signer } = described;
  const opened = await openRegistry({ kind: "local", ...described.registry }, dirname(file));
  await adoptIssuer(
    opened.registry,
    certificate,
    signer.kind === "key-file" ? { ...signer, file: from(signer.file) } : signer,
  );
  return {
    environment,
    certificateDays,
    keys,
    trustBundle: null,
    root: { certificate: root, key: null },
    stackKey: null,
    ...opened,
    connection: null,
    revocationListUrl: described.revocationListUrl ?? null,
  };
}

function readDescription(file: string): z.output<typeof fileSchema> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new CommandError(
      `--authority ${file}: ${messageOf(error)}`,
      exitCodes.usage,
      "docs/fleet.md shows such a file",
    );
  }
  const result = fileSchema.safeParse(content);
  if (result.success) {
    if (result.data.signer.kind !== "key") return result.data;
    throw new CommandError(
      `--authority ${file}: signer.kind: received "key"; allowed: key-file, aws-kms, azure-key-vault, pkcs11`,
      exitCodes.usage,
      "a private key does not stand in a file in clear",
    );
  }
  throw new CommandError(
    `--authority ${file}: ${result.error.issues.length} mistakes`,
    exitCodes.usage,
    ...result.error.issues.map(({ path, message }) => `${path.join(".") || "the whole"}: ${message}`),
  );
}

function readText(path: string, name: string, file: string): string {
  if (existsSync(path)) return readFileSync(path, "utf8");
  throw new CommandError(`--authority ${file}: ${name}: there is no file ${path}`, exitCodes.usage);
}
