/** The provider's setting for proxies: which one leads to a server asked by getCertificate. */

import type { InputProperty, PropertyTable } from "../shared/schema.ts";
import { flag, text } from "../shared/schema.ts";
import type { Value } from "../shared/values.ts";
import { isValueMap } from "../shared/values.ts";

const proxyUrl = (value: Value): string | undefined => {
  const url = URL.parse(String(value));
  return url !== null && ["http:", "https:"].includes(url.protocol) && url.host !== ""
    ? undefined
    : "must be a URL that starts with http:// or https:// (socks5:// needs the real provider)";
};

const fields: PropertyTable = {
  url: { type: text, role: "input", description: "URL of the proxy.", allows: proxyUrl },
  username: { type: text, role: "input", description: "User name for the proxy; needs url." },
  password: {
    type: text,
    role: "input",
    secret: true,
    description: "Password for the proxy; needs username.",
  },
  fromEnv: {
    type: flag,
    role: "input",
    description: "Whether to take the proxy from the environment (default: true unless url is set).",
  },
};

/** The setting `proxy` of the provider. */
export const proxySetting: InputProperty = {
  type: { kind: "record", typeName: "ProviderProxy", fields },
  role: "input",
  description: "Proxy for functions that connect to servers.",
};

/**
 * The proxies to use, as environment variables.
 * @throws naming the property that does not go with the others
 */
export const proxiesOf = (setting: Value, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  if (!isValueMap(setting)) return environment;
  const { url, username, password, fromEnv } = setting;
  if (username !== undefined && url === undefined) throw new Error("proxy.username: needs proxy.url");
  if (password !== undefined && username === undefined)
    throw new Error("proxy.password: needs proxy.username");
  if (fromEnv !== undefined && url !== undefined) {
    throw new Error("proxy.fromEnv: can't be set together with proxy.url");
  }
  if (url === undefined) return fromEnv === false ? {} : environment;
  const proxy = new URL(String(url));
  if (username !== undefined) proxy.username = encodeURIComponent(String(username));
  if (password !== undefined) proxy.password = encodeURIComponent(String(password));
  return { HTTPS_PROXY: proxy.href };
};
