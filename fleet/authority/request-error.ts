/** Why a request gets no certificate. */
export const requestFaults = ["not a request", "too large", "signature", "key", "name", "extension"] as const;
export type RequestFault = (typeof requestFaults)[number];

/** A request that no certificate is given for; the message is in the terms of who made it. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly fault: RequestFault;

  constructor(fault: RequestFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
