/**
 * What a device is handed for one of its files, by the certificate that it connects with: an address that creates this one
 * blob, for less than an hour. The file itself goes to the store and never through here.
 */
import type { X509Certificate } from "node:crypto";
import { uploadKeyOf, usualChannel } from "../../functions/core/files/upload-key.ts";
import { faultsOf, type UploadRequest } from "../../site/uploads/upload-request.ts";
import type { Door } from "../admission/door.ts";
import { metadataOf } from "./bulk.ts";
import { sasVersion } from "./targets/blob-sas.ts";

export const grantRoot = "/uploads/";

export interface GrantOptions {
  /** Whether a certificate may connect: the answer is the same as for MQTT. */
  readonly judge: Door;
  /** `https://<account>.blob.core.windows.net/<container>` of the raw zone. */
  readonly container: string;
  /** The query of an address by which the blob of this name may be created. */
  readonly sign: (key: string) => Promise<string>;
}

/** What the device does next. */
export interface Grant {
  /** Of the blob, with its signature: a secret until it ends. */
  readonly url: string;
  /** RFC 3339. */
  readonly expires: string;
  /** Of the request that creates the blob: Put Block List after its blocks, or Put Blob, which says `x-ms-blob-type` besides. */
  readonly headers: Readonly<Record<string, string>>;
}

export class GrantRefusal extends Error {
  readonly status: 400 | 401 | 403;

  constructor(status: 400 | 401 | 403, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * @returns what may be asked by `/uploads/<sha256>?channel=&name=&clock=`; rejects with {@link GrantRefusal}, and with other
 * errors where nothing can be told of the certificate, or nothing signed, now
 */
export function uploadGrants({ judge, container, sign }: GrantOptions) {
  return async (url: URL, certificate: X509Certificate | null): Promise<Grant> => {
    if (certificate === null) throw new GrantRefusal(401, "connect with the device's certificate");
    const verdict = await judge(certificate.toString());
    if (!verdict.allow) throw new GrantRefusal(403, verdict.reason);
    const upload = requested(url, verdict.deviceId);
    const key = uploadKeyOf(upload);
    const signature = await sign(key);
    return {
      url: `${container}/${key}?${signature}`,
      expires: new URLSearchParams(signature).get("se") ?? "",
      headers: {
        "x-ms-version": sasVersion,
        "x-ms-blob-content-type": "application/octet-stream",
        "If-None-Match": "*",
        ...Object.fromEntries(
          Object.entries(metadataOf(upload)).map(([name, value]) => [`x-ms-meta-${name}`, value]),
        ),
      },
    };
  };
}

const known = ["channel", "name", "clock"];

/** The device is the certificate's; nothing that it says of itself is asked. */
function requested({ pathname, searchParams }: URL, deviceId: string): UploadRequest {
  const sha256 = pathname.startsWith(grantRoot) ? pathname.slice(grantRoot.length) : "";
  const keys = [...searchParams.keys()];
  const upload = {
    sha256,
    // Nobody can bound by a signature what is created by it: the file's hash is what it is held to.
    bytes: 0,
    name: (searchParams.get("name") ?? sha256.slice(0, 12)).slice(0, 255),
    deviceId,
    channel: searchParams.get("channel") ?? usualChannel,
    clock: searchParams.get("clock"),
  };
  const faults = [
    ...keys.filter((key) => !known.includes(key)).map((key) => `${key}: allowed are ${known.join(", ")}`),
    ...known.filter((key) => keys.filter((one) => one === key).length > 1).map((key) => `${key}: once`),
    ...faultsOf(upload),
  ];
  if (faults.length > 0) throw new GrantRefusal(400, faults.join("; "));
  return upload;
}
