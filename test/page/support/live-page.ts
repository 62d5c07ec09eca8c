/** A real site with its page, presses that are known to it, and a rule about their temperature. */
import { freePort } from "../../support/free-port.ts";
import { startLiveSite, type LiveSite } from "../../soak/site.ts";

const token = "live-console-token-0123456789abcdefghijklmn";

export interface LivePage {
  readonly site: LiveSite;
  readonly url: string;
  readonly link: string;
  stop(): Promise<void>;
}

export async function startLivePage(): Promise<LivePage> {
  const site = await startLiveSite({
    profiles: ["machine-json", "logger-csv"],
    bindings: [
      { devices: "press-*", channel: "telemetry/log", profile: "logger-csv" },
      { devices: "press-*", profile: "machine-json" },
    ],
  });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const devices = ["press-01", "press-02"].map((id) => ({ id, profile: "machine-json", pinned: false }));
  const { revocationList } = site.authority;
  await site.client().putModule("registry", { devices, revocationList });
  await site.client().putModule("alarms", {
    rules: [
      {
        ...{ version: 1, devices: "*", kind: "limit", name: "hot", severity: "critical" },
        ...{ metric: "temperature", above: 80, atLeast: 1 },
      },
    ],
    everySeconds: 1,
    webhook: null,
  });
  await site.client().putModule("reports", {});
  await site.client().putModule("console", {
    ...{ host: "127.0.0.1", port, token, tls: null },
    environment: { name: "live", target: "local", resources: [] },
  });
  return { site, url, link: `${url}?token=${token}`, stop: () => site.dispose() };
}
