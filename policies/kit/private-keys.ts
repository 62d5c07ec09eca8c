/** Where a structure holds a private key, or a key of a storage account or broker, in clear text. */
import { isArray, isObject, type Value } from "./value.ts";

/** PEM (RFC 7468, RFC 5958) and OpenSSH; connection strings of Azure. */
const key = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|\b(Account|SharedAccess)Key=[A-Za-z0-9+/]{20,}/;
/** `-----BEGIN ` in Base64, as kubeconfigs and Kubernetes secrets hold it. */
const encoded = /LS0tLS1CRUdJTi[A-Za-z0-9+/]{26}/;

const isKey = (text: string): boolean => {
  if (key.test(text)) return true;
  const found = encoded.exec(text)?.[0];
  return found !== undefined && Buffer.from(found, "base64").toString("latin1").includes("PRIVATE KEY");
};

/** Paths, `a.b[0]`. What is sealed is not looked into. */
export function keysIn(value: Value, path = ""): readonly string[] {
  if (typeof value === "string") return isKey(value) ? [path] : [];
  if (isArray(value)) return value.flatMap((item, index) => keysIn(item, `${path}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    keysIn(item, path === "" ? name : `${path}.${name}`),
  );
}
