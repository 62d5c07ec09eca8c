/** Who may do what: every role assignment, where it holds and why; the table of docs/components/azure-rights.md. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "@jest/globals";
import { builtInRoles } from "../../../components/azure/roles.ts";
import { uuid } from "../azure-stand-ins.ts";
import type { Recording } from "../harness.ts";
import {
  asked,
  enrolling,
  everything,
  frugal,
  hierarchical,
  hub,
  inCloud,
  native,
  recordAzure,
  signingKey,
} from "./environment.ts";

let recordings: Recording[];
beforeAll(async () => {
  recordings = [];
  for (const raw of [hub, hierarchical, everything, inCloud, enrolling, asked, native, frugal])
    recordings.push((await recordAzure(raw)).recording);
}, 60_000);

interface Right {
  readonly name: string;
  readonly role: string;
  readonly roleId: string;
  readonly scope: string;
  readonly why: string;
}

function rightsOf({ registrations }: Recording): Right[] {
  const names = new Map<string, string>(Object.entries(builtInRoles).map(([role, id]) => [id, role]));
  return registrations
    .filter(({ type }) => type === "azure-native:authorization:RoleAssignment")
    .map(({ name, inputs }) => {
      const id = String(inputs["roleDefinitionId"]).split("/").at(-1) ?? "";
      return {
        name,
        role: names.get(id) ?? ownRoles.get(id) ?? `unknown ${id}`,
        roleId: id,
        scope: String(inputs["scope"]),
        why: String(inputs["description"]).replace(/^Fieldlake: /, ""),
      };
    });
}

const ownRoles = new Map([
  [uuid("acme-fleet-key-signer"), "Fieldlake key signer"],
  [uuid("acme-lake-blob-adder"), "Fieldlake blob adder"],
  [uuid("acme-ingest-blob-uploader"), "Fieldlake blob uploader"],
  [uuid("acme-ingest-broker-reader"), "Fieldlake broker reader"],
  [uuid("acme-knowledge-blob-remover"), "Fieldlake blob remover"],
  [uuid("acme-knowledge-blob-keeper"), "Fieldlake blob keeper"],
]);

/** Every right of all three environments, once. */
const all = (): Right[] => [
  ...new Map(recordings.flatMap(rightsOf).map((right) => [right.name, right])).values(),
];

/** Of roles that may do everything, change rights, or manage resources (learn.microsoft.com, "Azure built-in roles", Privileged). */
const privileged = {
  Owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
  "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
  "Key Vault Administrator": "00482a5a-887f-4fb3-b363-3b7fe8e74483",
};

test("no right is Owner's or Contributor's, and none is wider than one resource", () => {
  const rights = all();
  expect(rights.length).toBeGreaterThan(20);
  for (const { name, roleId, scope } of rights) {
    expect([name, Object.values(privileged).includes(roleId)]).toEqual([name, false]);
    expect([name, scope]).toEqual([
      name,
      expect.stringMatching(/^\/subscriptions\/[0-9a-f-]+\/resourceGroups\/[^/]+\/providers\/[^/]+\/.+/),
    ]);
  }
});

const rolesOf = ({ registrations }: Recording) =>
  registrations.filter(({ type }) => type.endsWith(":RoleDefinition"));
const ownGroup = expect.stringMatching(/\/resourceGroups\/acme-group[0-9a-f]{8}$/);

test("a role of our own signs with keys that are named, where they are, and is made only for them", () => {
  const made = recordings.flatMap(rolesOf).filter(({ name }) => name.endsWith("-key-signer"));
  expect(made.map(({ inputs }) => inputs)).toEqual([
    expect.objectContaining({
      assignableScopes: [ownGroup, signingKey.slice(0, signingKey.indexOf("/providers/"))],
      permissions: [
        {
          actions: [],
          dataActions: ["Microsoft.KeyVault/vaults/keys/read", "Microsoft.KeyVault/vaults/keys/sign/action"],
          notActions: [],
          notDataActions: [],
        },
      ],
    }),
  ]);
});

test("the other roles of our own add blobs, remove or keep them, within their resource group, and do nothing else", () => {
  const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
  for (const recording of recordings) {
    const others = rolesOf(recording).filter(
      ({ name }) => !/-(key-signer|blob-uploader|broker-reader)$/.test(name),
    );
    const does = (...dataActions: readonly string[]) => ({
      assignableScopes: [ownGroup],
      permissions: [{ actions: [], dataActions, notActions: [], notDataActions: [] }],
    });
    const [keeper, ...more] = others.filter(({ name }) => name.endsWith("-blob-keeper"));
    expect(more).toEqual([]);
    if (keeper !== undefined) expect(keeper.inputs).toMatchObject(does(`${blobs}/write`, `${blobs}/delete`));
    expect(others.filter((role) => role !== keeper).map(({ name }) => name)).toEqual([
      "acme-lake-blob-adder",
      "acme-knowledge-blob-remover",
    ]);
    expect(others[0]?.inputs).toMatchObject(does(`${blobs}/add/action`));
    expect(others[1]?.inputs).toMatchObject(does(`${blobs}/delete`));
  }
});

test("what hands devices uploads writes below offline/ of the raw zone, signs, asks who may connect, and does nothing else", () => {
  const blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs";
  const roles = recordings.flatMap(rolesOf);
  const does = (name: string) =>
    roles.filter((role) => role.name === name).map(({ inputs }) => inputs["permissions"]);
  const nothing = { actions: [], dataActions: [], notActions: [], notDataActions: [] };
  expect(new Set(does("acme-ingest-blob-uploader").map((its) => JSON.stringify(its)))).toEqual(
    new Set([JSON.stringify([{ ...nothing, dataActions: [`${blobs}/add/action`, `${blobs}/write`] }])]),
  );
  const broker = "Microsoft.EventGrid/namespaces";
  expect(does("acme-ingest-broker-reader")[0]).toEqual([
    { ...nothing, actions: [`${broker}/caCertificates/read`, `${broker}/clients/read`] },
  ]);
  const given = recordings
    .flatMap(({ registrations }) => registrations)
    .filter(({ name, type }) => type.endsWith(":RoleAssignment") && name.startsWith("acme-ingest-grant-"));
  for (const { inputs } of given.filter(({ name }) => name.endsWith("-creates"))) {
    expect(inputs["scope"]).toMatch(/\/blobServices\/default\/containers\/raw$/);
    expect(inputs["condition"]).toBe(
      `((!(ActionMatches{'${blobs}/add/action'}) AND !(ActionMatches{'${blobs}/write'})) OR ` +
        `(@Resource[${blobs}:path] StringLike 'offline/*'))`,
    );
  }
  expect([...new Set(given.map(({ name }) => name.slice("acme-ingest-grant-".length)))].sort()).toEqual([
    "creates",
    "host",
    "judges",
    "signs",
    "traces",
  ]);
});

test("insights and reports are kept below their folders of the curated zone, each by its function alone", () => {
  const keeper = uuid("acme-knowledge-blob-keeper");
  const keeping = recordings
    .flatMap(({ registrations }) => registrations)
    .filter(({ inputs }) => String(inputs["roleDefinitionId"]).endsWith(keeper));
  const names = new Set(keeping.map(({ name }) => name));
  expect([...names].sort()).toEqual(["acme-knowledge-declared-keeps", "acme-knowledge-report-keeps"]);
  for (const { name, inputs } of keeping) {
    const folder = name.endsWith("-report-keeps") ? "_reports" : "insights";
    expect(inputs["scope"]).toMatch(/\/blobServices\/default\/containers\/curated$/);
    expect(inputs["condition"]).toMatch(
      new RegExp(
        String.raw`^\(\(!\(ActionMatches\{'[^']*blobs/write'\}\) AND !\(ActionMatches\{'[^']*blobs/delete'\}\)\) OR \(@Resource\[[^\]]*:path\] StringLike '${folder}/\*'\)\)$`,
      ),
    );
  }
});

test("reports read lists of the two zones and no blob of them", () => {
  const reading = recordings
    .flatMap(({ registrations }) => registrations)
    .filter(({ name, inputs }) => name.includes("-report-lists") && inputs["condition"] !== undefined);
  expect(new Set(reading.map(({ inputs }) => String(inputs["scope"]).split("/").at(-1)))).toEqual(
    new Set(["curated", "quarantine"]),
  );
  for (const { inputs } of reading)
    expect(inputs["condition"]).toMatch(
      /^\(\(!\(ActionMatches\{'[^']*blobs\/read'\}\)\) OR \(SubOperationMatches\{'Blob.List'\}\)\)$/,
    );
});

test("rows are taken away by the compaction alone: in curated and no record with them, in quarantine what took the place of others", () => {
  for (const { registrations } of recordings) {
    const remover = uuid("acme-knowledge-blob-remover");
    const removing = registrations.filter(({ inputs }) =>
      String(inputs["roleDefinitionId"]).endsWith(remover),
    );
    const zone = (scope: unknown) => String(scope).replace(/.*\/blobServices\/default\/containers\//, "");
    expect(removing.map(({ name, inputs }) => [name, zone(inputs["scope"])]).sort()).toEqual([
      ["acme-knowledge-compact-clears", "quarantine"],
      ["acme-knowledge-compact-removes", "curated"],
    ]);
    for (const { name, inputs } of removing)
      expect(inputs["condition"]).toMatch(
        name.endsWith("clears")
          ? /blobs\/delete'\}\).*:path\] StringLike '\*\.changed\.parquet'\)\)$/
          : /blobs\/delete'\}\).*:path\] StringLike '\*\.parquet'\)\)$/,
      );
    const looks = registrations.find(({ name }) => name === "acme-knowledge-compact-looks");
    expect(zone(looks?.inputs["scope"])).toBe("quarantine");
    expect(String(looks?.inputs["condition"]).match(/(StringLike|StringStartsWith) '[^']*'/g)).toEqual([
      "StringLike '_manifest/changes/quarantine/*'",
      "StringStartsWith '_manifest/changes/quarantine/'",
      "StringStartsWith 'quarantine/'",
    ]);
  }
});

test("every identity that is made has a right, and every right is an identity's of this stack", () => {
  for (const { registrations } of recordings) {
    const holders = registrations.flatMap(({ inputs }) => inputs["principalId"] ?? []);
    // Synapse acts as itself: it can't use an assigned identity with a vault that is closed.
    const identities = registrations.filter(
      ({ type, inputs }) =>
        type.endsWith(":UserAssignedIdentity") ||
        JSON.stringify(inputs["identity"])?.includes("SystemAssigned"),
    );
    expect(new Set(holders).size).toBe(identities.length);
  }
});

/** `…/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/raw` → `storageAccounts/…/containers/raw` */
function place(scope: string): string {
  const [, path = ""] = /\/providers\/[^/]+\/(.+)$/.exec(scope) ?? [];
  return path.replace(/[0-9a-f]{8}(?=\/|$)/, "").replace("/blobServices/default", "");
}

test("docs/components/azure-rights.md lists all of them", () => {
  const lines = all()
    .map(({ name, role, scope, why }) => `| \`${name}\` | ${role} | \`${place(scope)}\` | ${why} |`)
    .sort();
  const page = fileURLToPath(new URL("../../../docs/components/azure-rights.md", import.meta.url));
  const listed = readFileSync(page, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `acme-"))
    .map((line) => line.replaceAll(/ +\|/g, " |"));
  expect(listed).toEqual(lines);
});
