/**
 * The private key a certificate or request is signed with. It can be given in two ways: as a property that
 * is kept, encrypted, in the state, or as a write-only one, which is not, with a version that says when it
 * has changed.
 */

import type { KeyObject } from "node:crypto";
import type { PropertyTable, ReplaceRule } from "../shared/schema.ts";
import { always, integer, text } from "../shared/schema.ts";
import type { CheckFailure } from "../shared/validate.ts";
import type { ValueMap } from "../shared/values.ts";
import { parsePrivateKey } from "./keys.ts";
import { isPem } from "./pem.ts";

/** Replaces on a change of a PEM text; a stored value that is none was not kept in full. */
export const ifPem: ReplaceRule = (prior) => isPem(prior);

/** The properties of a signing key. */
export interface SigningKeyProperties {
  readonly properties: PropertyTable;
  /** Exactly one of the two ways must be used. */
  readonly check: (inputs: ValueMap) => CheckFailure[];
  /** Reads the key; from the inputs, since the planned state has no write-only ones. */
  readonly read: (inputs: ValueMap) => KeyObject;
}

/**
 * Declares the properties of a signing key.
 * @param name the kept one, for example `privateKeyPem`; the write-only one has `Wo` behind it
 * @param whose completes "Private key of the …"
 */
export const signingKey = (name: string, whose: string): SigningKeyProperties => {
  const writeOnly = `${name}Wo`;
  const version = `${writeOnly}Version`;
  const either = `exactly one of ${name} and ${writeOnly} must be set`;
  return {
    properties: {
      [name]: {
        type: text,
        role: "input",
        secret: true,
        description: `Private key of the ${whose}, in PEM form; ${either}.`,
        replaces: ifPem,
      },
      [writeOnly]: {
        type: text,
        role: "input",
        secret: true,
        writeOnly: true,
        description: `Private key of the ${whose}, in PEM form, not kept in the outputs; ${either}.`,
      },
      [version]: {
        type: integer,
        role: "input",
        description: `Version of ${writeOnly}: a new one signs anew.`,
        replaces: always,
      },
    },
    check: (inputs) => {
      const failures: CheckFailure[] = [];
      const given = [name, writeOnly].filter((property) => inputs[property] !== undefined);
      if (given.length !== 1)
        failures.push({ property: name, reason: `${either}; got ${given.length} of them` });
      if (inputs[writeOnly] !== undefined && inputs[version] === undefined) {
        failures.push({ property: version, reason: `is required with ${writeOnly}` });
      }
      return failures;
    },
    read: (inputs) => {
      const property = inputs[name] === undefined ? writeOnly : name;
      return parsePrivateKey(String(inputs[property]), property);
    },
  };
};
