/** `fieldlake fleet rollover prepare` and `accept`: the next intermediate is made, judged, and trusted. */
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeRequest } from "../../authority/make-request.ts";
import { judgeIntermediate, signIntermediate } from "../../authority/intermediate.ts";
import { encryptedKey, keyFileSigner, shortestPassphrase } from "../../authority/signers/key-file.ts";
import { openSigner, signerReference, type SignerReference } from "../../authority/signers/open.ts";
import type { Signer } from "../../authority/signer.ts";
import { CommandError, exitCodes, messageOf } from "../../errors.ts";
import { writeDurably } from "../../issue/device-files.ts";
import { issuerId } from "../../registry/ledger.ts";
import type { IssuerRecord } from "../../registry/model.ts";
import { pemBlocks, toPem } from "../../x509/pem.ts";
import type { CommandContext } from "../context.ts";
import { withFleet, type Fleet, type FleetSource } from "./open-fleet.ts";
import { authoritySecrets } from "./secrets.ts";

export interface PrepareOptions extends FleetSource {
  /** File that says where the next key is (`kind` and its fields); default: a new encrypted key file. */
  readonly signer?: string;
  /** Encrypted key file of the root; default: the stack's development root, where there is one. */
  readonly rootKey?: string;
  /** Days that the next intermediate lives. */
  readonly days: number;
}

/** The next intermediate, trusted from now on where the root's key is at hand, else a request for the root's keeper. */
export async function prepare(options: PrepareOptions, context: CommandContext): Promise<void> {
  await withFleet(options, context, async (fleet) => {
    const { terminal } = context;
    const waiting = (await fleet.registry.issuers()).find(({ standing }) => standing === "announced");
    if (waiting !== undefined) {
      throw new CommandError(
        `an intermediate is announced already (${waiting.id})`,
        exitCodes.usage,
        "npx fieldlake fleet rollover activate makes it sign",
      );
    }
    const { reference, signer } = await nextSigner(options, fleet, context);
    const name = `${fleet.environment} devices ${new Date().toISOString().slice(0, 10)}`;
    try {
      const root = await rootSigner(options, fleet, context);
      if (root === null) {
        const file = join(fleet.keyFolder, "intermediate.csr");
        const request = toPem(await makeRequest(name, signer), "CERTIFICATE REQUEST");
        await writeDurably(file, request, 0o644);
        const referenceFile = join(fleet.keyFolder, "intermediate.signer.json");
        await writeDurably(referenceFile, `${JSON.stringify(reference, null, 2)}\n`, 0o600);
        terminal.print(
          `the root's key is not here: have ${file} signed as an authority of path length 0, then`,
        );
        terminal.print(`  npx fieldlake fleet rollover accept <its certificate> --signer ${referenceFile}`);
        return;
      }
      const certificate = new X509Certificate(fleet.root.certificate);
      const { days } = options;
      const der = await signIntermediate({
        name,
        signer,
        root: { certificate, signer: root },
        days,
        now: new Date(),
      });
      await root.close();
      await announce(toPem(der, "CERTIFICATE"), reference, signer, fleet, context);
    } finally {
      await signer.close();
    }
  });
}

/** Takes a certificate that the root's keeper has signed. */
export async function accept(
  file: string,
  options: FleetSource & { readonly signer: string },
  context: CommandContext,
): Promise<void> {
  await withFleet(options, context, async (fleet) => {
    const reference = readReference(options.signer);
    const signer = await openSigner(reference, authoritySecrets(context));
    try {
      await announce(readFileSync(resolve(file), "utf8"), reference, signer, fleet, context);
    } finally {
      await signer.close();
    }
  });
}

async function announce(
  certificate: string,
  reference: SignerReference,
  signer: Signer,
  { registry, root }: Fleet,
  { terminal }: CommandContext,
): Promise<void> {
  const parsed = new X509Certificate(certificate);
  const roots = pemBlocks(root.certificate, "CERTIFICATE").map((der) => new X509Certificate(der));
  judgeIntermediate(parsed, signer, roots, new Date());
  const pem = parsed.toString();
  const id = issuerId(pem);
  const issuer: IssuerRecord = {
    id,
    certificate: pem,
    standing: "announced",
    signer: reference,
    at: new Date(),
  };
  await registry.record([{ kind: "issuer", issuer }]);
  terminal.print(`announced: ${oneLine(parsed.subject)} until ${day(parsed.validToDate)} (${id})`);
  terminal.print("the site trusts it within a second; it does not sign yet");
  terminal.print(
    "register it with the target where that is a cloud, then: npx fieldlake fleet rollover activate",
  );
}

async function nextSigner(
  { signer: file }: PrepareOptions,
  { keyFolder }: Fleet,
  context: CommandContext,
): Promise<{ reference: SignerReference; signer: Signer }> {
  const secrets = authoritySecrets(context);
  if (file !== undefined) {
    const reference = readReference(file);
    return { reference, signer: await openSigner(reference, secrets) };
  }
  const path = join(keyFolder, `intermediate-${new Date().toISOString().slice(0, 10)}.pem`);
  const reference: SignerReference = { kind: "key-file", file: path };
  const passphrase = await secrets(
    "passphrase",
    `the new key file ${path} (at least ${shortestPassphrase} characters)`,
  );
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    await writeDurably(path, encryptedKey(privateKey, passphrase), 0o600);
  }
  return { reference, signer: keyFileSigner(path, passphrase) };
}

async function rootSigner(
  { rootKey }: PrepareOptions,
  { root }: Fleet,
  context: CommandContext,
): Promise<Signer | null> {
  if (rootKey !== undefined) {
    return keyFileSigner(resolve(rootKey), await authoritySecrets(context)("passphrase", resolve(rootKey)));
  }
  return root.key === null ? null : openSigner({ kind: "key", key: root.key }, authoritySecrets(context));
}

function readReference(file: string): SignerReference {
  try {
    const reference = signerReference.parse(JSON.parse(readFileSync(resolve(file), "utf8")));
    if (reference.kind !== "key") return reference;
  } catch (error) {
    throw new CommandError(
      `--signer ${file}: ${messageOf(error)}`,
      exitCodes.usage,
      "docs/fleet.md shows such a file",
    );
  }
  throw new CommandError(
    `--signer ${file}: a private key does not stand in a file in clear`,
    exitCodes.usage,
  );
}

const oneLine = (name: string): string => name.replaceAll("\n", ", ");
const day = (date: Date): string => date.toISOString().slice(0, 10);
