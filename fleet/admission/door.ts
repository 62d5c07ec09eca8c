/** Asks {@link mayConnect} with facts from elsewhere: what the functions of the clouds have in common. */
import { X509Certificate } from "node:crypto";
import {
  mayConnect,
  type Admission,
  type ConnectFacts,
  type ConnectRules,
  type Refused,
} from "./judgement.ts";

export interface DoorOptions extends Pick<ConnectRules, "environment" | "enrolment"> {
  /** Who may issue now. Rejects where that can't be told: then nobody is let in. */
  readonly issuers: () => Promise<readonly X509Certificate[]>;
  /** Rejects where that can't be told. */
  readonly facts: (certificate: X509Certificate) => Promise<ConnectFacts>;
  readonly now?: () => Date;
}

export type Verdict = Admission | (Omit<Refused, "reason"> & { readonly reason: string });

/** PEM or base64 of DER, as front ends hand certificates over. */
export type Door = (certificate: string | undefined) => Promise<Verdict>;

export function door({ environment, enrolment, issuers, facts, now = () => new Date() }: DoorOptions): Door {
  return async (given) => {
    const certificate = readCertificate(given);
    if (certificate === null) return { allow: false, reason: "no client certificate", deviceId: null };
    const [known, trusted] = await Promise.all([facts(certificate), issuers()]);
    return mayConnect(certificate, { environment, enrolment, issuers: trusted }, () => known, now());
  };
}

/** Null for what is none. */
export function readCertificate(given: string | undefined): X509Certificate | null {
  if (given === undefined || given === "") return null;
  try {
    return new X509Certificate(given.startsWith("-----BEGIN ") ? given : Buffer.from(given, "base64"));
  } catch {
    return null;
  }
}

/** The answer of `ask`, asked again after so many milliseconds; while it can't be had, the former one stays for as long again. */
export function cached<Answer>(
  ask: () => Promise<Answer>,
  milliseconds: number,
  now = Date.now,
): () => Promise<Answer> {
  let last: { readonly answer: Answer; readonly at: number } | null = null;
  return async () => {
    if (last !== null && now() - last.at < milliseconds) return last.answer;
    try {
      last = { answer: await ask(), at: now() };
    } catch (error) {
      if (last === null || now() - last.at > 2 * milliseconds) throw error;
    }
    return last.answer;
  };
}
