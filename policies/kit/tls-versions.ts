/** Names of TLS versions and policies that are strong enough: allowed by name, never refused by name. */
import type { Context } from "./context.ts";
import { everywhere, type Places, type Requirement } from "./requirements.ts";

type Floor = Context["settings"]["minimumTlsVersion"];
type Allowed = Readonly<Record<Floor, readonly string[]>>;

export const tlsVersions = {
  /** https://docs.aws.amazon.com/iot/latest/developerguide/transport-security.html */
  iot: {
    "1.2": [
      "IoTSecurityPolicy_TLS13_1_3_2022_10",
      "IoTSecurityPolicy_TLS13_1_2_2022_10",
      "IoTSecurityPolicy_TLS12_1_2_2022_10",
    ],
    "1.3": ["IoTSecurityPolicy_TLS13_1_3_2022_10"],
  },
  cloudfront: { "1.2": ["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"], "1.3": ["TLSv1.3_2025"] },
  opensearch: {
    "1.2": ["Policy-Min-TLS-1-2-PFS-2023-10", "Policy-Min-TLS-1-2-2019-07"],
    "1.3": [],
  },
} as const satisfies Record<string, Allowed>;

export const hasTls = (places: Places, allowed: Allowed): Requirement =>
  everywhere(places, (view, path, { settings }) => view.oneOf(path, allowed[settings.minimumTlsVersion]));

/** Names by pattern, where a service adds one for every cipher suite. */
export const hasTlsLike = (
  places: Places,
  allowed: Readonly<Record<Floor, RegExp>>,
  words: string,
): Requirement =>
  everywhere(places, (view, path, { settings }) =>
    view.test(
      path,
      (value) => typeof value === "string" && allowed[settings.minimumTlsVersion].test(value),
      words,
    ),
  );

/** Azure's spellings of one enumeration: `TLS1_2`, `Tls12`, `1.2`. */
export const hasAzureTls = (places: Places): Requirement =>
  hasTlsLike(places, { "1.2": /^(TLS)?1[._]?[23]$/i, "1.3": /^(TLS)?1[._]?3$/i }, "1.2 or later");
