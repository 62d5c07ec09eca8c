/** `fieldlake fleet bundle`: a folder that a device or gateway is set up from, in the form its software takes. */
import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { connectionOf } from "../../bundle/connection.ts";
import { kuraSettings } from "../../bundle/kura.ts";
import { keyStore } from "../../bundle/pkcs12.ts";
import { CommandError, exitCodes } from "../../errors.ts";
import { privateFolder, writeDurably } from "../../issue/device-files.ts";
import type { CertificateRecord, IssuerRecord } from "../../registry/model.ts";
import { pemBlocks } from "../../x509/pem.ts";
import type { CommandContext } from "../context.ts";
import { certificateChain, trustedIn } from "./device-store.ts";
import { openFleet, type Fleet, type FleetSource } from "./open-fleet.ts";
import { keyStorePassphrase } from "./secrets.ts";

export const bundleForms = ["pem", "pkcs12", "java"] as const;
export type BundleForm = (typeof bundleForms)[number];

export interface BundleOptions extends FleetSource {
  readonly out: string;
  readonly form: BundleForm;
  /** The device's key (PEM), where it goes into the folder; the device may have it itself. */
  readonly key?: string;
  /** Further roots to trust, PEM files: the next server's, while there are two. */
  readonly trust?: readonly string[];
  readonly passphraseFile?: string;
}

export async function bundle(id: string, options: BundleOptions, context: CommandContext): Promise<void> {
  const fleet = await openFleet(options, context);
  try {
    const { certificate, issuer } = await newestOf(id, fleet);
    const key = options.key === undefined ? null : readKey(options.key, certificate);
    if (options.form !== "pem" && key === null) {
      throw new CommandError(`a key store needs the device's key`, exitCodes.usage, "--key <file>");
    }
    const trust = trustOf(options, fleet);
    const folder = resolve(options.out);
    await privateFolder(folder);
    const write = (name: string, content: string | Uint8Array, mode: number) =>
      writeDurably(join(folder, name), content, mode);
    if (options.form === "pem" || key === null) {
      await write("certificate.pem", certificateChain(certificate, issuer.certificate), 0o644);
      if (key !== null) await write("key.pem", key.export({ type: "pkcs8", format: "pem" }) as string, 0o600);
      await write("trust.pem", trust, 0o644);
    } else {
      const passphrase = await keyStorePassphrase(options.passphraseFile, context);
      const chain = [certificate, ...pemBlocks(issuer.certificate, "CERTIFICATE")];
      const trusted = trustedIn(trust);
      const isJava = options.form === "java";
      const entry = { key, chain };
      // Java keeps what it trusts in a store of its own.
      await write(
        "keystore.p12",
        keyStore({ entry, trusted: isJava ? [] : trusted, alias: id }, passphrase),
        0o600,
      );
      if (isJava)
        await write("truststore.p12", keyStore({ entry: null, trusted, alias: id }, passphrase), 0o644);
    }
    if (fleet.connection !== null) {
      const { connection } = fleet;
      await write("connection.json", `${JSON.stringify(connectionOf(connection, id), null, 2)}\n`, 0o644);
      if (options.form === "java") await write("kura.properties", kuraSettings(connection, id), 0o644);
    }
    context.terminal.print(`${id}: ready in ${folder}`);
  } finally {
    await fleet.registry.close();
  }
}

async function newestOf(
  id: string,
  { registry }: Fleet,
): Promise<{ certificate: Buffer; issuer: IssuerRecord }> {
  const live = (await registry.certificatesOf(id)).find(
    ({ state }) => state === "issued" || state === "active",
  );
  const certificate = live === undefined ? null : await registry.encoded(live.serial);
  const issuer = (await registry.issuers()).find(
    (one) => one.id === (live as CertificateRecord | undefined)?.issuer,
  );
  if (certificate !== null && issuer !== undefined) return { certificate, issuer };
  throw new CommandError(
    `"${id}" has no certificate in force`,
    exitCodes.failed,
    "npx fieldlake fleet issue",
  );
}

function readKey(file: string, certificate: Buffer): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(resolve(file)));
  } catch {
    throw new CommandError(
      `--key ${file}: received something that is no private key in PEM`,
      exitCodes.usage,
    );
  }
  if (new X509Certificate(certificate).checkPrivateKey(key)) return key;
  throw new CommandError(`--key ${file}: is not the key of the device's newest certificate`, exitCodes.usage);
}

/** Roots of the server that is, and of the one to come. */
function trustOf({ trust = [] }: BundleOptions, { trustBundle, root }: Fleet): string {
  const further = trust.map((file) => {
    const blocks = existsSync(resolve(file)) ? readFileSync(resolve(file), "utf8") : "";
    if (pemBlocks(blocks, "CERTIFICATE").length > 0) return blocks.trimEnd();
    throw new CommandError(`--trust ${file}: received no certificates in PEM`, exitCodes.usage);
  });
  return `${[(trustBundle ?? root.certificate).trimEnd(), ...further].join("\n")}\n`;
}
