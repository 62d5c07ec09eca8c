/**
 * Components under Pulumi's mocks: proves what is registered and with which inputs.
 * It does not prove that an engine or a cloud accepts it (test/engine does), and mocks switch transforms off.
 */
import { runtime } from "@pulumi/pulumi";
import { awsCall, awsComputed } from "./aws-stand-ins.ts";
import { azureCall, azureComputed } from "./azure-stand-ins.ts";

export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

export interface Recording {
  readonly registrations: readonly Registration[];
  /** The registration of a type and name; throws where there is none. */
  one(type: string, name: string): Registration;
  /** `type name`, sorted: what the plan consists of. */
  inventory(): string[];
}

/** Stand-ins for what a provider computes; enough for outputs to resolve. */
function computed(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  if (type.startsWith("aws:")) return awsComputed(type, name, inputs);
  switch (type) {
    case "tls:index/privateKey:PrivateKey":
      return { privateKeyPem: `-----BEGIN ${name}` };
    case "tls:index/certRequest:CertRequest":
      return { certRequestPem: `-----BEGIN ${name}` };
    case "tls:index/selfSignedCert:SelfSignedCert":
    case "tls:index/locallySignedCert:LocallySignedCert":
      return { certPem: `-----BEGIN ${name}\n`, validityEndTime: "2029-11-26T00:00:00Z" };
    case "random:index/randomBytes:RandomBytes":
      return { base64: Buffer.from(name).toString("base64") };
    case "random:index/randomPassword:RandomPassword":
      return { result: "t".repeat(43) };
    case "fieldlake:local:Keyring":
      return { keyId: `key-of-${name}` };
    default:
      return {};
  }
}

/** Runs a program under mocks and waits until every registration has settled. */
export async function record(program: () => void | Promise<void>): Promise<Recording> {
  const registrations: Registration[] = [];
  await runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registrations.push({ type, name, inputs: inputs as Record<string, unknown> });
        if (type.startsWith("azure-native:")) {
          const { id, state } = azureComputed(type, name, inputs);
          return { id, state: { ...inputs, ...state } };
        }
        return { id: `${name}-id`, state: { ...inputs, ...computed(type, name, inputs) } };
      },
      call: ({ token, inputs }) => awsCall(token, inputs) ?? azureCall(token) ?? inputs,
    },
    "fieldlake",
    "test",
    false,
  );
  const { stackTraceLimit } = Error;
  // Each registration looks for its place in the source by a stack trace, which source maps make slow: 5 s a program.
  Error.stackTraceLimit = 0;
  try {
    await program();
    await runtime.disconnect();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return {
    registrations,
    one(type, name) {
      const found = registrations.filter((item) => item.type === type && item.name === name);
      if (found.length !== 1) throw new Error(`${found.length} registrations of ${type} ${name}, expected 1`);
      return found[0] as Registration;
    },
    inventory: () => registrations.map(({ type, name }) => `${type} ${name}`).sort(),
  };
}

/** The value of an output, once it is known. */
export function settled<Value>(output: { apply<R>(callback: (value: Value) => R): unknown }): Promise<Value> {
  return new Promise((resolve) => output.apply(resolve));
}
