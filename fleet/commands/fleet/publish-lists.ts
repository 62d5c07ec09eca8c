/** Where the lists of a fleet lie: public, in the registry's folder, for brokers that read files or fetch them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isListBehind, makeList } from "../../authority/list-keeper.ts";
import type { SecretSource } from "../../authority/signers/open.ts";
import { writeDurably } from "../../issue/device-files.ts";
import type { CertificateRecord, IssuerRecord, ListRecord } from "../../registry/model.ts";
import type { FleetRegistry } from "../../registry/registry.ts";
import type { Fleet } from "./open-fleet.ts";
import { openSignerOf } from "./open-issuer.ts";

export const listFile = (folder: string, { id }: Pick<IssuerRecord, "id">): string =>
  join(folder, `${id}.crl`);

export interface PublishedList extends ListRecord {
  readonly file: string;
  readonly isNew: boolean;
}

/**
 * Makes each trusted issuer's list anew where it is behind or due, or wherever `force` says so. Rejects with
 * SignerError: then the lists that are there stay in force.
 */
export async function publishLists(
  fleet: Fleet,
  secrets: SecretSource,
  { force = false, now = new Date() }: { readonly force?: boolean; readonly now?: Date } = {},
): Promise<readonly PublishedList[]> {
  const { registry, folder } = fleet;
  const lists = await registry.lists();
  const published: PublishedList[] = [];
  for (const issuer of (await registry.issuers()).filter(({ standing }) => standing !== "retired")) {
    const file = listFile(folder, issuer);
    const former = lists.find((list) => list.issuer === issuer.id);
    const isLost = former !== undefined && !existsSync(file);
    if (!force && !isLost && !isListBehind(former, await revokedOf(registry, issuer), now)) {
      if (former !== undefined) published.push({ ...former, file, isNew: false });
      continue;
    }
    const signer = await openSignerOf(issuer, fleet, secrets);
    try {
      const publish = (pem: string) => writeDurably(file, pem, 0o644);
      published.push({ ...(await makeList(issuer, signer, registry, now, publish)), file, isNew: true });
    } finally {
      await signer.close();
    }
  }
  return published;
}

async function revokedOf(registry: FleetRegistry, { id }: IssuerRecord): Promise<CertificateRecord[]> {
  const found: CertificateRecord[] = [];
  for await (const one of registry.certificates({ states: ["revoked"], issuer: id })) found.push(one);
  return found;
}
