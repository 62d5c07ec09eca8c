/** `tls:index/getPublicKey:getPublicKey`: the public half of a private key. */

import type { KeyObject } from "node:crypto";
import type { FunctionDefinition } from "../shared/schema.ts";
import { text } from "../shared/schema.ts";
import type { CheckFailure } from "../shared/validate.ts";
import type { ValueMap } from "../shared/values.ts";
import { algorithmOf, parsePrivateKey, publicKeyOutputs } from "./keys.ts";
import { opensshLabel, publicKeyOfOpensshFile } from "./openssh.ts";
import { decodePem } from "./pem.ts";
import { publicKeyProperties } from "./private-key.ts";

const check = (inputs: ValueMap): CheckFailure[] => {
  const given = ["privateKeyPem", "privateKeyOpenssh"].filter((name) => inputs[name] !== undefined);
  if (given.length === 1) return [];
  const reason = `exactly one of privateKeyPem and privateKeyOpenssh must be set; got ${given.length} of them`;
  return [{ property: "privateKeyPem", reason }];
};

/** Reads an OpenSSH private key file; OpenSSH itself also writes the PEM forms. */
const parseOpensshFile = (pem: string): KeyObject => {
  const property = "privateKeyOpenssh";
  const block = decodePem(pem);
  if (block && block.label !== opensshLabel) return parsePrivateKey(pem, property);
  try {
    if (!block) throw new Error("it holds no PEM block");
    return publicKeyOfOpensshFile(block.bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${property}: must be an OpenSSH private key file without passphrase; ${reason}`);
  }
};

export const getPublicKey: FunctionDefinition = {
  token: "tls:index/getPublicKey:getPublicKey",
  description: "Gives the public half of a private key.",
  properties: {
    privateKeyPem: {
      type: text,
      role: "input",
      secret: true,
      description: "Private key in PEM form; exactly one of privateKeyPem and privateKeyOpenssh must be set.",
    },
    privateKeyOpenssh: {
      type: text,
      role: "input",
      secret: true,
      description:
        "Private key as an OpenSSH file; exactly one of privateKeyPem and privateKeyOpenssh must be set.",
    },
    algorithm: { type: text, role: "output", description: "Algorithm of the key." },
    ...publicKeyProperties,
  },
  checkTogether: check,
  call: (inputs) => {
    const { privateKeyPem, privateKeyOpenssh } = inputs;
    const key =
      privateKeyPem === undefined
        ? parseOpensshFile(String(privateKeyOpenssh))
        : parsePrivateKey(String(privateKeyPem), "privateKeyPem");
    const property = privateKeyPem === undefined ? "privateKeyOpenssh" : "privateKeyPem";
    return { ...inputs, algorithm: algorithmOf(key, property), ...publicKeyOutputs(key) };
  },
};
