/** The API over a real lake with a few devices, and tokens for it. */
import { readProfiles } from "../../../../profiles/read.ts";
import { scopeNames, type Scope } from "../../../../site/access/scopes.ts";
import { startConsole, type Console } from "../../../../site/console/console.ts";
import { Keyring } from "../../../../site/seal.ts";
import { Uploads } from "../../../../site/uploads/uploads.ts";
import { fakeAlarms } from "../../../page/support/fake-alarms.ts";
import { fakeReports } from "../../../page/support/fake-reports.ts";
import { fakeFleet } from "../../../page/support/fake-fleet.ts";
import { fakeToken, freePort } from "../../../page/support/fake-site.ts";
import { temporaryTokens } from "../../../page/support/temporary-tokens.ts";
import { storeFolder } from "../../store/support.ts";

export interface TokenOptions {
  readonly scopes?: readonly Scope[];
  readonly devices?: readonly string[] | null;
  /** Milliseconds since 1970 at which it was made; it lives a day. */
  readonly at?: number;
}

/** press-01 and press-02 measured three times, a second apart, from `began` on; they and room-07 sent what is no JSON. */
export async function startRealApi(began: number) {
  const place = storeFolder();
  const tokens = temporaryTokens();
  const reports = fakeReports({ now: began });
  const alarms = await fakeAlarms({ now: began, empty: false, hostile: false });
  const store = await place.open();
  const profiles = await readProfiles(["machine-json", "environment-senml"]);
  for (const device of ["press-01", "press-02", "room-07"]) {
    const rows = [0, 1, 2].map((seq) => ({
      seq,
      ts: began + seq * 1000,
      temperature: seq,
      state: `of ${device}`,
    }));
    if (device !== "room-07") await store.send(device, ...rows);
    await store.send(device, `{not json of ${device}`);
  }
  const uploads = new Uploads({
    ...{ tenant: "acme", dataFolder: place.dataFolder, keyring: Keyring.fromFile(place.keyFile) },
    ...{ lake: store.lake, log: store.log },
    decoder: {
      profiles: [...profiles],
      bindings: [{ devices: "press-*", profile: "machine-json" }],
      clockWindow: { behind: 604_800, ahead: 600 },
    },
  });
  const port = await freePort();
  const start = (): Promise<Console> =>
    startConsole({
      settings: {
        host: "127.0.0.1",
        port,
        token: fakeToken,
        tls: null,
        environment: { name: "acme", target: "local", resources: [] },
      },
      lake: store.lake,
      fleet: fakeFleet({ now: began }),
      alarms: () => alarms.desk,
      uploads: () => uploads,
      replays: () => store.replays,
      reports: () => reports,
      tokens: tokens.store,
      profiles: () => profiles,
    });
  let console_ = await start();
  while (Number(await store.value("SELECT count(*) FROM quarantine")) < 3) {
    await new Promise((done) => setTimeout(done, 10));
  }
  let made = 0;
  return {
    url: console_.url,
    store,
    place,
    tokens,
    alarms,
    /** A token of everything but what is said; its name is the number of tokens before it. */
    async tokenOf({
      scopes = scopeNames,
      devices = null,
      at = Date.now(),
    }: TokenOptions = {}): Promise<string> {
      const request = {
        scopes: [...scopes],
        devices: devices && [...devices],
        days: 1,
        name: `token ${made++}`,
      };
      return (await tokens.store.create(request, at)).token;
    },
    async restart(): Promise<void> {
      await console_.stop();
      console_ = await start();
    },
    async stop(): Promise<void> {
      await console_.stop();
      await store.close();
      await alarms.close();
      place.remove();
      tokens.remove();
    },
  };
}

export type RealApi = Awaited<ReturnType<typeof startRealApi>>;
