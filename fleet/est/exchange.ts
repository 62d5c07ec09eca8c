/** What an EST server is asked and answers, whatever HTTP server or function carries it. */
import type { X509Certificate } from "node:crypto";

export interface EstRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly contentType: string | null;
  readonly authorization: string | null;
  readonly body: Uint8Array;
  /** Of the TLS client, whose key the handshake has proved; `null` where it showed none. Not judged yet. */
  readonly certificate: X509Certificate | null;
}

export interface EstAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer other than 200, in words for whoever reads the device's log (RFC 7030, 4.2.3). */
export class EstRefusal extends Error {
  override readonly name = "EstRefusal";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}
