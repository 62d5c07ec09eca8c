/**
 * What each module of the site is told. The fieldlake provider puts these over the control socket;
 * the site keeps them sealed in its run folder and starts from them after a crash or reboot.
 */
import { z } from "zod";
import { alarmRules } from "../functions/core/alarm-rule.ts";
import { reportDeclaration } from "../fleet/environment-report/declaration.ts";
import { insightDeclaration } from "../functions/declared-insights/declaration.ts";

const pem = z.string().startsWith("-----BEGIN ");
const port = z.number().int().min(1).max(65_535);

export const lakeSettings = z.strictObject({
  /** The customer environment: the `tenant` column. */
  tenant: z.string().min(1),
  /** Holds log/, lake/ and run/; nothing in it is ever plain. Absolute. */
  dataFolder: z.string().min(1),
  /** Master key file (32 random bytes, base64, 0600), outside the data folder. Absolute. */
  keyFile: z.string().min(1),
  /** Days until files of a zone are removed; 0 keeps them for ever. */
  retentionDays: z.strictObject({
    raw: z.number().int().min(0),
    curated: z.number().int().min(0),
    quarantine: z.number().int().min(0),
  }),
});
export type LakeSettings = z.infer<typeof lakeSettings>;

export const decoderSettings = z.strictObject({
  /** The same bundle that the clouds run; checked against its hash before it is loaded. */
  bundle: z.strictObject({ file: z.string().min(1), sha256: z.string().length(64) }),
  /** Decode worker threads. */
  workers: z.number().int().min(1).max(64),
  /** Device profiles and bindings as `createHandler` of the bundle takes them. */
  profiles: z.array(z.unknown()),
  bindings: z.array(z.unknown()),
  /** The window around arrival in which a live device's clock is believed, seconds. */
  clockWindow: z.strictObject({ behind: z.number().int().positive(), ahead: z.number().int().positive() }),
});
export type DecoderSettings = z.infer<typeof decoderSettings>;

export const registeredDevice = z.strictObject({
  id: z.string(),
  profile: z.string().nullable(),
  pinned: z.boolean(),
});

export const registrySettings = z.strictObject({
  /** Devices of the stack, to be listed before they ever connect; every other one is in the registry's folder. */
  devices: z.array(registeredDevice),
  /** Absolute folder of the fleet's registry, sealed under the site's key. */
  folder: z.string().min(1).optional(),
  /** `registered` admits listed devices only; default: a valid certificate admits its device. */
  enrolment: z.enum(["on-first-connect", "registered"]).optional(),
  /** Signed by the intermediate; checked before use. An expired list stays in force and is reported. */
  revocationList: pem,
});
export type RegistrySettings = z.infer<typeof registrySettings>;

export const brokerSettings = z.strictObject({
  host: z.string().min(1),
  port,
  serverCertificate: pem,
  serverKey: pem,
  /** Intermediates and roots a device certificate must chain to. */
  clientTrust: pem,
  limits: z.strictObject({
    /** Bytes; the contract's cap is 64 KiB. */
    maxPayload: z.number().int().min(1).max(65_536),
    maxConnections: z.number().int().min(1),
    /** New handshakes a second from one address. */
    handshakesPerSecond: z.number().int().min(1),
    /** Messages a second from one device. */
    messagesPerSecond: z.number().int().min(1),
    /** Seconds from TCP accept to CONNACK. */
    connectSeconds: z.number().int().min(1),
  }),
});
export type BrokerSettings = z.infer<typeof brokerSettings>;

export const enrolmentSettings = z.strictObject({
  /** Names the environment in certificates. */
  environment: z.string().min(1),
  host: z.string().min(1),
  port,
  serverCertificate: pem,
  serverKey: pem,
  /** The intermediate that signs devices, while the registry says that it is the one to sign. */
  issuerCertificate: pem,
  issuerKey: pem,
  /** Roots that devices are to trust. */
  trustBundle: pem,
  /** Days that a device certificate lives. */
  certificateDays: z.number().int().min(7).max(397),
  limits: z.strictObject({
    maxConnections: z.number().int().min(1),
    /** From one address: new connections, and requests. */
    perSecond: z.number().int().min(1),
  }),
});
export type EnrolmentSettings = z.infer<typeof enrolmentSettings>;

export const dropSettings = z.strictObject({
  folders: z.array(
    z.strictObject({
      /** Absolute. */
      folder: z.string().min(1),
      device: z.string().min(1),
      channel: z.string().min(1),
      /** That a file must not have changed for. */
      settledSeconds: z.number().int().min(1).max(86_400),
      /** What becomes of a file that was taken. */
      taken: z.enum(["move", "remove"]),
    }),
  ),
});
export type DropSettings = z.infer<typeof dropSettings>;

export const alarmSettings = z.strictObject({
  rules: alarmRules,
  /** Seconds between two looks at what came in. */
  everySeconds: z.number().int().min(1).max(3_600),
  webhook: z
    .strictObject({
      url: z.url({ protocol: /^https$/ }),
      /** Signs the notices: `whsec_` and base64. */
      key: z.string().min(32),
      /** Roots that the receiver's certificate chains to; null for the system's. */
      trust: pem.nullable(),
    })
    .nullable(),
});
export type AlarmSettings = z.infer<typeof alarmSettings>;

/** What is worked out of the lake, and how often. */
export const insightSettings = insightDeclaration;
export type InsightSettings = z.output<typeof insightSettings>;

/** When the site reports by itself, and what it keeps. */
export const reportSettings = reportDeclaration;
export type ReportSettings = z.output<typeof reportSettings>;

export const scoringSettings = z.strictObject({
  models: z.array(
    z.strictObject({
      name: z.string().min(1),
      /** ONNX; checked against its hash before it is opened. Absolute. */
      file: z.string().min(1),
      sha256: z.string().length(64),
      labels: z.array(z.string()),
      /** Glob on the device id. */
      devices: z.string().min(1),
      table: z.string().min(1),
      /** From one window to the next; null for what the model was trained with. */
      stepSeconds: z.number().positive().nullable(),
    }),
  ),
  /** Seconds between two looks at what came in. */
  everySeconds: z.number().int().min(1).max(3_600),
});
export type ScoringSettings = z.infer<typeof scoringSettings>;

export const consoleSettings = z.strictObject({
  host: z.string().min(1),
  port,
  token: z.string().min(32),
  /** Required where `host` is not loopback. */
  tls: z.strictObject({ certificate: pem, key: pem }).nullable(),
  environment: z.strictObject({
    name: z.string(),
    target: z.string(),
    resources: z.array(
      z.strictObject({
        component: z.string(),
        name: z.string(),
        detail: z.string(),
        inTransit: z.string().nullable(),
        atRest: z.string().nullable(),
        keyId: z.string().nullable(),
      }),
    ),
  }),
});
export type ConsoleSettings = z.infer<typeof consoleSettings>;

/** In the order in which the site starts them; it stops them in the reverse order. */
export const moduleSettings = {
  lake: lakeSettings,
  decoder: decoderSettings,
  registry: registrySettings,
  broker: brokerSettings,
  enrolment: enrolmentSettings,
  drops: dropSettings,
  scoring: scoringSettings,
  alarms: alarmSettings,
  insights: insightSettings,
  reports: reportSettings,
  console: consoleSettings,
} as const;
export type ModuleName = keyof typeof moduleSettings;
export type ModuleSettings = { [Name in ModuleName]: z.infer<(typeof moduleSettings)[Name]> };
