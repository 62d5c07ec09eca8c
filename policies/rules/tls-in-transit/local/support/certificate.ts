/** Certificates as text. */
import type { Value } from "../../../../kit/value.ts";

export function isCertificate(value: Value): boolean {
  return typeof value === "string" && value.startsWith("-----BEGIN CERTIFICATE-----");
}
