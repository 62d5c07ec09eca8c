/**
 * A stack's state as the real providers write it: pulumi-tls and pulumi-random on bridge 3.137, engine 3.220.
 * The values are made here; the shape is theirs. Beside the properties it has
 * - `__meta`, JSON with the version of the state's shape where that is not 0,
 * - `__pulumi_raw_state_delta`, what to add to get Terraform's own form back; its "replace" parts are secret,
 * - the id among the outputs, times with nanoseconds, and no inputs but those the program gave.
 */

import type { StoredResource, StoredStack } from "./engine-project.ts";
import { projectName, stackName } from "./engine-project.ts";
import { opened, randomProvider, randomToken, resource, textOf, tlsProvider, tlsToken } from "./support.ts";

/** The program of the state. */
export const realStateProgram = `
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";

const key = new tls.PrivateKey("key", { algorithm: "ED25519" });
new tls.SelfSignedCert("certificate", {
  privateKeyPem: key.privateKeyPem,
  subject: { commonName: "Root" },
  validityPeriodHours: 1000,
  earlyRenewalHours: new pulumi.Config().getNumber("early"),
  allowedUses: ["cert_signing"],
  isCaCertificate: true,
});
new random.RandomPassword("password", { length: 20 });
new random.RandomString("string", { length: 8, special: false });
new random.RandomPet("pet", { keepers: { a: "1" } });
`;

const stackUrn = `urn:pulumi:${stackName}::${projectName}::pulumi:pulumi:Stack::${projectName}-${stackName}`;
const urnOf = (token: string, name: string): string =>
  `urn:pulumi:${stackName}::${projectName}::${token}::${name}`;

/** A secret in a state that is not encrypted yet; importing encrypts it. */
const plainSecret = (value: unknown): Record<string, unknown> => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

const absent = plainSecret({ replace: { raw: null } });

const provider = (name: string, version: string, id: string): StoredResource => ({
  urn: urnOf(`pulumi:providers:${name}`, `default_${version.replaceAll(".", "_")}`),
  custom: true,
  id,
  type: `pulumi:providers:${name}`,
  inputs: { __internal: {}, version },
  outputs: { version },
});

const nanoseconds = (time: string): string => time.replace(/(\.\d{3})Z$/, "$1050982Z");

/** The state; `versions` are those of the installed SDKs. */
export const realState = async (
  base: StoredStack,
  versions: { readonly tls: string; readonly random: string },
): Promise<StoredStack> => {
  const providers = {
    tls: provider("tls", versions.tls, "57e37a53-6d37-44fc-b95f-181d108e1480"),
    random: provider("random", versions.random, "aa0747ef-a8c0-46a6-95eb-c1968eb0d743"),
  };
  const stored = (
    token: string,
    name: string,
    rest: Pick<StoredResource, "id" | "inputs" | "outputs" | "additionalSecretOutputs" | "dependencies">,
  ): StoredResource => {
    const { urn, id } = token.startsWith("tls") ? providers.tls : providers.random;
    return {
      urn: urnOf(token, name),
      custom: true,
      type: token,
      parent: stackUrn,
      provider: `${urn}::${id}`,
      ...rest,
    };
  };

  const keyMade = await resource(tlsProvider(), tlsToken("PrivateKey")).create({ algorithm: "ED25519" });
  const pem = opened(keyMade.state["privateKeyPem"]);
  const certificateInputs = {
    privateKeyPem: pem,
    subject: { commonName: "Root" },
    validityPeriodHours: 1000,
    allowedUses: ["cert_signing"],
    isCaCertificate: true,
  };
  const certificateMade = await resource(tlsProvider(), tlsToken("SelfSignedCert")).create(certificateInputs);
  const passwordMade = await resource(randomProvider(), randomToken("Password")).create({ length: 20 });
  const stringMade = await resource(randomProvider(), randomToken("String")).create({
    length: 8,
    special: false,
  });

  const secretOf = (state: Record<string, unknown>, name: string): unknown =>
    plainSecret(opened(state[name]));
  const noKeepers = { obj: { ps: { keepers: absent } } };
  const subjectFields = [
    ...["country", "emailAddress", "locality", "organization", "organizationalUnit"],
    ...["postalCode", "province", "serialNumber", "streetAddresses"],
  ];

  const key = stored(tlsToken("PrivateKey"), "key", {
    id: keyMade.id,
    inputs: { algorithm: "ED25519" },
    outputs: {
      ...keyMade.state,
      __pulumi_raw_state_delta: { obj: {} },
      privateKeyPem: plainSecret(pem),
      privateKeyPemPkcs8: secretOf(keyMade.state, "privateKeyPemPkcs8"),
      privateKeyOpenssh: secretOf(keyMade.state, "privateKeyOpenssh"),
    },
    additionalSecretOutputs: ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],
  });
  const certificate = stored(tlsToken("SelfSignedCert"), "certificate", {
    id: certificateMade.id,
    inputs: { ...certificateInputs, privateKeyPem: plainSecret(pem) },
    outputs: {
      ...certificateMade.state,
      __pulumi_raw_state_delta: {
        obj: {
          ps: {
            allowedUses: { arr: {} },
            dnsNames: absent,
            ipAddresses: absent,
            maxPathLength: absent,
            subject: {
              plu: {
                i: {
                  obj: {
                    ps: Object.fromEntries(subjectFields.map((field) => [field, absent])),
                    renamed: { streetAddresses: "street_address" },
                  },
                },
              },
            },
            uris: absent,
          },
        },
      },
      privateKeyPem: plainSecret(pem),
      validityStartTime: nanoseconds(textOf(certificateMade.state, "validityStartTime")),
      validityEndTime: nanoseconds(textOf(certificateMade.state, "validityEndTime")),
    },
    additionalSecretOutputs: ["privateKeyPem", "privateKeyPemWo"],
    dependencies: [key.urn],
  });
  const password = stored(randomToken("Password"), "password", {
    id: "none",
    inputs: { length: 20 },
    outputs: {
      ...passwordMade.state,
      __pulumi_raw_state_delta: { obj: { ps: { keepers: absent, overrideSpecial: absent } } },
      result: secretOf(passwordMade.state, "result"),
      bcryptHash: secretOf(passwordMade.state, "bcryptHash"),
    },
    additionalSecretOutputs: ["bcryptHash", "result"],
  });
  const string = stored(randomToken("String"), "string", {
    id: stringMade.id,
    inputs: { length: 8, special: false },
    outputs: { ...stringMade.state, __pulumi_raw_state_delta: noKeepers },
  });
  const pet = stored(randomToken("Pet"), "pet", {
    id: "regular-hen",
    inputs: { keepers: { a: "1" } },
    outputs: {
      __pulumi_raw_state_delta: { obj: { ps: { keepers: { map: {} }, prefix: absent } } },
      id: "regular-hen",
      keepers: { a: "1" },
      length: 2,
      separator: "-",
    },
  });
  const stack: StoredResource = { urn: stackUrn, custom: false, type: "pulumi:pulumi:Stack" };
  const resources = [stack, providers.random, providers.tls, key, certificate, password, string, pet];
  return { ...base, deployment: { ...base.deployment, resources } };
};
