import type { CertificateRecord } from "../../fleet/registry/model.ts";
import type { CertificateQuery } from "../../fleet/registry/registry.ts";

/** Whether a query means this certificate: stores that look at each one ask here. */
export function isWanted(
  { state, notAfter, deviceId, issuer }: CertificateRecord,
  query: CertificateQuery,
): boolean {
  if (query.states !== undefined && !query.states.includes(state)) return false;
  if (query.expiresBefore !== undefined && notAfter >= query.expiresBefore) return false;
  if (query.idPrefix !== undefined && !deviceId.startsWith(query.idPrefix)) return false;
  return query.issuer === undefined || issuer === query.issuer;
}
