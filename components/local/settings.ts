import { z } from "zod";

const port = z.number().int().min(1024, "allowed: 1024 to 65535").max(65_535, "allowed: 1024 to 65535");

/** `fieldlake:local`: where the local target lives on its machine. Folders are relative to the project. */
export const localSettings = z
  .strictObject({
    /** Address that devices connect to. Default 127.0.0.1; 0.0.0.0 opens it to the network. */
    host: z.string().min(1).default("127.0.0.1"),
    /** Names besides `host` that the server certificate carries (DNS names or IP addresses). */
    serverNames: z.array(z.string().min(1)).max(20).default(["localhost"]),
    /** MQTT over TLS. Default 8883. */
    mqttPort: port.default(8883),
    /** Enrolment (EST, RFC 7030) over TLS, on `host`. Default 8885. */
    enrolmentPort: port.default(8885),
    /** Address of the page. Default 127.0.0.1; elsewhere it is served over TLS. */
    consoleHost: z.string().min(1).default("127.0.0.1"),
    /** Default 8484. */
    consolePort: port.default(8484),
    /** Everything the site stores, sealed. Default `.fieldlake/<stack>/data`. */
    dataFolder: z.string().min(1).optional(),
    /** The master key, outside the data folder. Default `.fieldlake/<stack>/keys`. */
    keyFolder: z.string().min(1).optional(),
  })
  .prefault({});
