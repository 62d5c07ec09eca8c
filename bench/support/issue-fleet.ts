/**
 * A whole fleet as `npx fieldlake fleet issue` makes it: `node issue-fleet.ts <folder>` verifies every request, issues,
 * records each chunk durably before it is handed out, then revokes all of them and makes the list. Prints JSON.
 */
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultKeys, verifyRequest } from "../../fleet/authority/certificate-request.ts";
import { Issuer } from "../../fleet/authority/issuer.ts";
import { makeList } from "../../fleet/authority/list-keeper.ts";
import { inProcessSigner } from "../../fleet/authority/signers/in-process.ts";
import { writeDurably } from "../../fleet/issue/device-files.ts";
import { issueBatch } from "../../fleet/issue/issue-batch.ts";
import type { Wanted } from "../../fleet/issue/wanted.ts";
import { ensureKeyFile } from "../../fleet/registry/key-file.ts";
import { issuerId } from "../../fleet/registry/ledger.ts";
import { openLocalRegistry } from "../../fleet/registry/local-registry.ts";
import type { Change, IssuerRecord } from "../../fleet/registry/model.ts";
import { Keyring } from "../../site/seal.ts";
import { readRequests } from "./issue-requests.ts";
import { peakMemory } from "./memory.ts";

const [folder = ""] = process.argv.slice(2);
const environment = "bench";
const certificate = readFileSync(join(folder, "issuer.pem"), "utf8");
const signer = inProcessSigner(createPrivateKey(readFileSync(join(folder, "issuer.key"))), "bench");
const issuer = new Issuer({ certificate, signer, environment });
const keyFile = join(folder, "registry.key");
await ensureKeyFile(keyFile);

const started = performance.now();
const registry = await openLocalRegistry({
  folder: join(folder, "registry"),
  sealing: Keyring.fromFile(keyFile).key("registry"),
});
const record: IssuerRecord = {
  id: issuerId(certificate),
  certificate,
  standing: "current",
  signer: null,
  at: new Date(),
};
await registry.record([{ kind: "issuer", issuer: record }]);

async function* wanted(): AsyncGenerator<Wanted> {
  for (const request of readRequests(join(folder, "requests"))) {
    yield { from: "bench", request: verifyRequest(request, { environment, keys: defaultKeys }) };
  }
}
let issued = 0;
for await (const outcome of issueBatch(wanted(), { registry, issuer, purpose: "issue", days: 90 })) {
  if (outcome.kind !== "issued") throw new Error(JSON.stringify(outcome));
  issued += 1;
}
const afterIssue = performance.now();

let revoked: Change[] = [];
for await (const { serial } of registry.certificates({ states: ["issued"] })) {
  revoked.push({ kind: "revoked", serial, at: new Date(), reason: "cessationOfOperation" });
  if (revoked.length < 1000) continue;
  await registry.record(revoked);
  revoked = [];
}
await registry.record(revoked);
const afterRevoke = performance.now();

const list = await makeList(record, signer, registry, new Date(), (pem) =>
  writeDurably(join(folder, "fleet.crl"), pem, 0o644),
);
await registry.close();
const usage = process.resourceUsage();
console.log(
  JSON.stringify({
    issued,
    listed: list.revoked,
    issueSeconds: (afterIssue - started) / 1000,
    revokeSeconds: (afterRevoke - afterIssue) / 1000,
    listSeconds: (performance.now() - afterRevoke) / 1000,
    cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    peakBytes: await peakMemory(process.pid),
  }),
);
