/**
 * A whole environment without an engine: `pulumi` is a script that prints outputs, the broker is the tests' own, and the
 * site decodes with the real handler into an in-memory lake that drops repeats.
 */
import { createHandler } from "../../../functions/handlers/local.ts";
import type { Message } from "../../../functions/core/model.ts";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentFolders } from "../../../fleet/environment.ts";
import { readProfiles } from "../../../profiles/read.ts";
import { sampleFleet } from "../../../samples/fleet.ts";
import { startBroker, type Received } from "./broker.ts";
import { testAuthority } from "./certificates.ts";
import { memoryLake } from "./lake.ts";
import { fakeSite } from "./site.ts";

/** @param loses messages that the site acknowledges and forgets: the defect that the counts must find */
export async function wholeEnvironment(loses: (received: Received) => boolean = () => false) {
  const authority = testAuthority();
  const broker = await startBroker(authority);
  const lake = await memoryLake();
  const bindings = sampleFleet.map(({ id, profile }) => ({ devices: id, profile }));
  const profiles = await readProfiles([...new Set(sampleFleet.map(({ profile }) => profile))]);
  const handler = createHandler({ profiles, bindings, tenant: "test" });
  const pipeline = { messages: 0, rows: 0, frames: 0, quarantined: 0, duplicates: 0 };
  const seen = new Set<string>();

  const flush = async () => {
    const arrived = broker.acknowledged.splice(0).filter((received) => !loses(received));
    for (const [index, { topic, payload }] of arrived.entries()) {
      const [, deviceId = "", ...channel] = topic.split("/");
      const message: Message = {
        tenant: "test",
        deviceId,
        channel: channel.join("/"),
        payload: Buffer.from(payload, "hex"),
        receivedAt: Date.now() * 1000,
        position: `1:${pipeline.messages}:${index}`,
        lane: "live",
      };
      const decoded = handler.decode([message]);
      pipeline.messages += 1;
      const [first] = [...decoded.readings, ...decoded.frames, ...decoded.quarantined];
      const id = Buffer.from(first?.msgId ?? []).toString("hex");
      if (seen.has(id)) {
        pipeline.duplicates += 1;
        continue;
      }
      seen.add(id);
      pipeline.rows += decoded.readings.length;
      pipeline.frames += decoded.frames.length;
      pipeline.quarantined += decoded.quarantined.length;
      batch.readings.push(...decoded.readings);
      batch.frames.push(...decoded.frames);
      batch.quarantined.push(...decoded.quarantined);
    }
    await lake.add(batch);
    batch = emptyBatch();
  };
  let batch = emptyBatch();
  const modules = { lake: { state: "running" }, broker: { state: "running" } };
  const site = await fakeSite({
    "GET /health": () => ({ body: { pid: process.pid, version: "0", startedAt: "", modules } }),
    "GET /status": () => ({
      body: { fleet: [], broker: null, log: null, lake: { zones: [], tables: [], pipeline } },
    }),
    "POST /flush": async () => {
      await flush();
      return { body: {} };
    },
    "POST /query": async (body) => ({ body: await lake.query((body as { sql: string }).sql) }),
  });

  const project = mkdtempSync(join(tmpdir(), "fieldlake-test-"));
  const data = join(project, "data");
  const outputs = {
    environment: "test",
    mqttEndpoint: broker.endpoint,
    topicRoot: broker.endpoint.topicRoot,
    devices: Object.fromEntries(
      sampleFleet.map(({ id, profile }) => [id, { profile, ...authority.device(id) }]),
    ),
    rawUri: `file://${data}/lake/raw`,
    dashboardUrl: "http://127.0.0.1:8484/",
    dashboardToken: "token-of-the-test",
  };
  mkdirSync(data, { recursive: true });
  site.linkAs(join(data, "run"));
  writeFileSync(join(project, "outputs.json"), JSON.stringify(outputs));
  writeFileSync(
    join(project, "pulumi"),
    `#!/bin/sh\ncase "$1" in\n  up) printf 'Updating\\n\\nResources:\\n    70 unchanged\\n' ;;\n  stack) cat "${project}/outputs.json" ;;\nesac\n`,
  );
  chmodSync(join(project, "pulumi"), 0o755);
  const path = process.env["PATH"];
  process.env["PATH"] = `${project}:${path}`;

  return {
    folders: environmentFolders(project),
    /** The state of a module, for the next call. */
    modules,
    async close() {
      process.env["PATH"] = path;
      await Promise.all([broker.close(), site.close()]);
      lake.close();
      rmSync(project, { recursive: true, force: true });
    },
  };
}

const emptyBatch = (): Parameters<Awaited<ReturnType<typeof memoryLake>>["add"]>[0] => ({
  readings: [],
  frames: [],
  quarantined: [],
  warnings: [],
});
