/** A key's resource id, with vault and key. */
export const keyId =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/([a-zA-Z0-9-]{3,24})\/keys\/([a-zA-Z0-9-]{1,127})$/i;

/** What a key's resource id says. Throws where it is none: azureFaults lets no such configuration through. */
export function keyReference(id: string): { id: string; vaultName: string; keyName: string } {
  const [, vaultName, keyName] = keyId.exec(id) ?? [];
  if (vaultName === undefined || keyName === undefined) {
    throw new Error(`key.reference: received "${id}"; allowed: the resource id of a Key Vault key`);
  }
  return { id, vaultName, keyName };
}
