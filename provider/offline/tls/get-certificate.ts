/** `tls:index/getCertificate:getCertificate`: what stands in a certificate, given as text or by a server. */

import type { FunctionDefinition } from "../shared/schema.ts";
import { flag, text } from "../shared/schema.ts";
import type { CheckFailure } from "../shared/validate.ts";
import type { Value, ValueMap } from "../shared/values.ts";
import {
  certificateDetailProperties,
  certificateDetails,
  certificatesIdentifier,
} from "./certificate-details.ts";
import { certificateLabel, parseCertificate } from "./certificate.ts";
import { fetchPeerCertificates } from "./peer-certificates.ts";
import { requirePem } from "./pem.ts";
import { proxiesOf } from "./proxy.ts";

const serverUrl = (value: Value): string | undefined => {
  const url = URL.parse(String(value));
  if (url === null || !["https:", "tls:"].includes(url.protocol) || url.hostname === "") {
    return "must be a URL that starts with https:// or tls://";
  }
  return url.protocol === "tls:" && url.port === "" ? "must name a port, as tls://host:8883" : undefined;
};

const check = (inputs: ValueMap): CheckFailure[] => {
  const given = ["content", "url"].filter((name) => inputs[name] !== undefined);
  if (given.length !== 1) {
    const reason = `exactly one of content and url must be set; got ${given.length} of them`;
    return [{ property: "content", reason }];
  }
  if (inputs["content"] === undefined || inputs["verifyChain"] === undefined) return [];
  return [{ property: "verifyChain", reason: "can't be set together with content" }];
};

const derOf = (content: string): Buffer => {
  parseCertificate(content, "content");
  return requirePem(content, certificateLabel, "content");
};

const derFrom = async (url: URL, verifyChain: boolean, configuration: ValueMap): Promise<Buffer[]> => {
  const proxies = proxiesOf(configuration["proxy"], process.env);
  try {
    return await fetchPeerCertificates(url, { proxies, verifyChain });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`url: no certificates from ${url.href}: ${reason}`);
  }
};

export const getCertificate: FunctionDefinition = {
  token: "tls:index/getCertificate:getCertificate",
  description: "Tells what stands in a certificate, given as text or by a server.",
  properties: {
    content: {
      type: text,
      role: "input",
      description: "A certificate in PEM form; exactly one of content and url must be set.",
    },
    url: {
      type: text,
      role: "input",
      description: "A server to ask, https://host[:port] or tls://host:port.",
      allows: serverUrl,
    },
    verifyChain: {
      type: flag,
      role: "input",
      description: "Whether to insist on a chain this machine trusts (default: true); only with url.",
    },
    certificates: {
      type: { kind: "records", typeName: "GetCertificateCertificate", fields: certificateDetailProperties },
      role: "output",
      description: "The certificates, the root of the chain first.",
    },
    id: { type: text, role: "output", description: "SHA-1 of what stands in the certificates." },
  },
  checkTogether: check,
  call: async (inputs, configuration) => {
    const { content, url, verifyChain = true } = inputs;
    const chain =
      content === undefined
        ? await derFrom(new URL(String(url)), verifyChain === true, configuration)
        : [derOf(String(content))];
    const certificates = chain.map((der) => certificateDetails(der)).reverse();
    return { ...inputs, verifyChain, certificates, id: certificatesIdentifier(certificates) };
  },
};
