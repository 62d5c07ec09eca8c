/** `fieldlake fleet issue` and `renew`, as somebody types them. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toPem } from "../../fleet/x509/pem.ts";
import { makeRequest } from "./authority/support.ts";
import { certificateIn, fleetStack, type FleetStack } from "./support/fleet-stack.ts";

let stack: FleetStack;
beforeEach(async () => {
  stack = await fleetStack();
});
afterEach(() => stack.remove());

const request = async (id: string): Promise<string> =>
  stack.file(`${id}.csr`, toPem((await makeRequest(id)).der, "CERTIFICATE REQUEST"));
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe("issue, from requests", () => {
  test("one request: its chain on standard output; the same request again: the same certificate", async () => {
    const file = await request("press-1");
    const first = await stack.run("issue", file);
    expect(first).toMatchObject({ code: 0, notes: [] });
    const leaf = certificateIn(first.output);
    expect(leaf.subject).toBe("CN=press-1");
    expect(leaf.checkIssued(new X509Certificate(stack.authority.certificate))).toBe(true);
    expect(first.output.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    const again = await stack.run("issue", file);
    expect(again.output).toBe(first.output);
    const registry = await stack.registry();
    expect(await registry.counts()).toMatchObject({ devices: 1, certificates: { issued: 1 } });
    expect(await registry.issuers()).toMatchObject([{ standing: "current", signer: null }]);
    await registry.close();
  });

  test("a folder of them, into a folder; a bad one stops all, unless it is to be skipped", async () => {
    for (const id of ["a-1", "a-2", "a-3"]) stack.file(`in/${id}.csr`, (await makeRequest(id)).der);
    stack.file("in/upper.csr", (await makeRequest("UPPER")).der);
    stack.file("in/noise.csr", "noise");
    stack.file("in/README.txt", "no request");
    const stopped = await stack.run("issue", stack.path("in"), "--out", stack.path("out"));
    expect(stopped.code).toBe(2);
    expect(stopped.notes).toEqual([
      `${stack.path("in/noise.csr")}: received 0 PEM blocks labelled CERTIFICATE REQUEST; allowed: exactly one, or its DER`,
      `${stack.path("in/upper.csr")}: CN: received "UPPER"; allowed: lower case, as in "upper"`,
      "error: 2 of 5 can't be issued; nothing was",
      "  mend them, or add --skip-invalid to issue the others",
    ]);
    const skipped = await stack.run("issue", stack.path("in"), "--out", stack.path("out"), "--skip-invalid");
    expect(skipped.code).toBe(1);
    expect(skipped.notes).toContain(`3 issued, 2 refused in ${stack.path("out")}`);
    expect(readdirSync(stack.path("out"))).toEqual(["a-1.pem", "a-2.pem", "a-3.pem"]);
    expect(modeOf(stack.path("out"))).toBe("700");
  });

  test("a device with another key is not given a second certificate behind somebody's back", async () => {
    await stack.run("issue", await request("press-1"));
    const other = await stack.run("issue", await request("press-1"));
    expect(other.code).toBe(1);
    expect(other.notes[0]).toMatch(
      /it has a certificate of another key until .*: renew it, or replace it with --replace/,
    );
    const replaced = await stack.run("issue", await request("press-1"), "--replace");
    expect(replaced.code).toBe(0);
    const { certificates } = (await stack.json("status", "press-1")) as { certificates: object[] };
    expect(certificates).toMatchObject([{ state: "issued" }, { state: "revoked", reason: "superseded" }]);
  });

  test("the key of another device, and one that was revoked", async () => {
    const { der, key } = await makeRequest("press-1");
    await stack.run("issue", stack.file("one.csr", der));
    const { der: copy } = await makeRequest("press-2", { key });
    const stolen = await stack.run("issue", stack.file("two.csr", copy));
    expect(stolen.notes[0]).toContain(
      "its key is the one of press-1; a key belongs to one device: make another",
    );
    await stack.run("revoke", "press-1", "--reason", "keyCompromise", "--yes");
    const burnt = await stack.run("issue", stack.path("one.csr"));
    expect(burnt.notes[0]).toContain(
      "a certificate of its key was revoked (keyCompromise): make another key",
    );
  });
});

describe("issue, with keys made here", () => {
  test("a list of devices: keys of mode 0600, certificates, what to trust; again: nothing new", async () => {
    const csv = stack.file("devices.csv", "id,profile\r\npress-1,machine-json\r\npress-2,\r\n");
    const first = await stack.run("issue", "--csv", csv, "--out", stack.path("made"));
    expect(first).toMatchObject({ code: 0, notes: [`2 issued, 0 refused in ${stack.path("made")}`] });
    expect(readdirSync(stack.path("made"))).toEqual([
      "press-1.key",
      "press-1.pem",
      "press-2.key",
      "press-2.pem",
      "trust.pem",
    ]);
    expect(modeOf(stack.path("made/press-1.key"))).toBe("600");
    const key = createPrivateKey(stack.text("made/press-1.key"));
    expect(certificateIn(stack.text("made/press-1.pem")).checkPrivateKey(key)).toBe(true);
    const registry = await stack.registry();
    expect(await registry.device("press-1")).toMatchObject({ profile: "machine-json", source: "issued" });
    await registry.close();
    const before = stack.text("made/press-1.pem");
    const again = await stack.run("issue", "--csv", csv, "--out", stack.path("made"));
    expect(again.notes).toEqual([`0 issued, 2 had been before, 0 refused in ${stack.path("made")}`]);
    expect(stack.text("made/press-1.pem")).toBe(before);
  });

  test("one device, shown once", async () => {
    const { code, output } = await stack.run("issue", "--id", "press-1");
    expect(code).toBe(0);
    expect(
      certificateIn(output.slice(output.indexOf("-----BEGIN CERTIFICATE"))).checkPrivateKey(
        createPrivateKey(output),
      ),
    ).toBe(true);
    const again = await stack.run("issue", "--id", "press-1");
    expect(again.code).toBe(2);
    expect(again.notes[0]).toContain("--id press-1: it has a certificate of another key until");
  });

  test("a list with 100 mistakes: all of them by line, and nothing issued; then the others", async () => {
    const good = Array.from({ length: 50 }, (_, index) => `good-${index}`);
    const wrong = [
      ...Array.from({ length: 40 }, (_, index) => `Upper-${index}`),
      ...Array.from({ length: 20 }, (_, index) => `good-${index}`),
      ...Array.from({ length: 10 }, (_, index) => `../up-${index}`),
      ...Array.from({ length: 10 }, (_, index) => `pr\u0435ss-${index}`),
      ...Array.from({ length: 10 }, (_, index) => `a,b,${index}`),
      ...Array.from({ length: 5 }, () => ""),
      ...Array.from({ length: 5 }, () => '"open'),
    ];
    const lines = ["id", ...good, ...wrong];
    const csv = stack.file("devices.csv", `\uFEFF${lines.join("\n")}\n`);
    const args = ["issue", "--csv", csv, "--out", stack.path("made")];
    const stopped = await stack.run(...args);
    expect(stopped.code).toBe(2);
    expect(stopped.notes).toHaveLength(100 + 2);
    expect(
      stopped.notes.slice(0, 100).map((note) => Number(/^devices\.csv:(\d+): /.exec(note)?.[1])),
    ).toEqual(wrong.map((_, index) => 2 + good.length + index));
    expect(stopped.notes.at(-2)).toBe("error: 100 of 150 can't be issued; nothing was");
    expect(readdirSync(stack.path("made"))).toEqual([]);
    const registry = await stack.registry();
    expect((await registry.counts()).devices).toBe(0);
    await registry.close();
    const others = await stack.run(...args, "--skip-invalid");
    expect(others.notes.at(-2)).toBe(`50 issued, 100 refused in ${stack.path("made")}`);
  });

  test("a list that is none: a header of others, empty, not there", async () => {
    const issue = (csv: string) => stack.run("issue", "--csv", csv, "--out", stack.path("made"));
    expect((await issue(stack.file("a.csv", "serial,site\n1,2\n"))).notes[0]).toBe(
      'a.csv:1: the first line: received "serial,site"; allowed: a header with the columns id and profile',
    );
    expect((await issue(stack.file("b.csv", "id,colour\npress-1,red\n"))).notes[0]).toBe(
      'b.csv:1: column "colour": no such column; allowed: id, profile',
    );
    expect((await issue(stack.file("c.csv", "id\n"))).notes[0]).toContain("the list has no devices");
    expect((await issue(stack.path("d.csv"))).notes[0]).toContain("can't be read (ENOENT)");
  });

  test("a batch that was killed goes on without a second certificate or key for anybody", async () => {
    const ids = Array.from({ length: 900 }, (_, index) => `d-${index}`);
    const csv = stack.file("devices.csv", ids.join("\n"));
    const args = ["issue", "--csv", csv, "--out", stack.path("made")];
    const script = join("test", "fleet", "support", "run-fleet.ts");
    writeFileSync(stack.path("args.json"), JSON.stringify({ folder: stack.folder, args }));
    const child = spawn(process.execPath, [script, stack.path("args.json")], { stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("close", resolve));
    const made = (): string[] => {
      try {
        return readdirSync(stack.path("made"));
      } catch {
        return [];
      }
    };
    while (made().filter((name) => name.endsWith(".pem")).length < 200) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (child.exitCode !== null) throw new Error("it ended before it was killed");
    }
    child.kill("SIGKILL");
    await ended;
    const registry = await stack.registry();
    const { devices } = await registry.counts();
    await registry.close();
    expect(devices).toBeGreaterThanOrEqual(200);
    expect(devices).toBeLessThan(900);
    const rest = await stack.run(...args);
    // Where it takes long, lines about its progress come before.
    expect(rest.notes.at(-1)).toBe(
      `${900 - devices} issued, ${devices} had been before, 0 refused in ${stack.path("made")}`,
    );
    const after = await stack.registry();
    expect(await after.counts()).toMatchObject({ devices: 900, certificates: { issued: 900, revoked: 0 } });
    for (const id of ids) {
      const key = createPrivateKey(stack.text(`made/${id}.key`));
      expect(certificateIn(stack.text(`made/${id}.pem`)).checkPrivateKey(key)).toBe(true);
    }
    await after.close();
  }, 60_000);

  test("nothing of a private key is in the registry, or in what is said", async () => {
    const ids = ["k-1", "k-2", "k-3"];
    const said = await stack.run(
      "issue",
      ...ids.flatMap((id) => ["--id", id]),
      "--out",
      stack.path("made"),
      "--json",
    );
    const secrets = ids.map((id) => {
      const { d } = createPrivateKey(stack.text(`made/${id}.key`)).export({ format: "jwk" });
      return Buffer.from(d as string, "base64url");
    });
    const registry = await stack.registry();
    const texts = [said.output, ...said.notes, (await stack.run("export", "--format", "json")).output];
    const frames = (await registry.certificatesOf("k-1")).length;
    const plain: Buffer[] = [];
    for (const id of ids)
      for (const { serial } of await registry.certificatesOf(id))
        plain.push((await registry.encoded(serial)) as Buffer);
    await registry.close();
    expect(frames).toBe(1);
    for (const secret of secrets) {
      for (const der of plain) expect(der.includes(secret)).toBe(false);
      for (const text of texts) {
        expect(text.includes(secret.toString("hex"))).toBe(false);
        expect(text.includes(secret.toString("base64").slice(0, 40))).toBe(false);
        expect(text).not.toContain("PRIVATE KEY");
      }
    }
  });
});

describe("renew", () => {
  const later = (days: number) => Date.now() + days * 86_400_000;

  test("is due after two thirds of a life, or early on demand; the former stays good", async () => {
    await stack.run("issue", await request("press-1"));
    const early = await stack.run("renew", await request("press-1"));
    expect(early.code).toBe(1);
    expect(early.notes[0]).toMatch(
      /its certificate is due for renewal from \d{4}-\d\d-\d\d on: wait until then, or renew it now with --early/,
    );
    const renewed = await stack.run("renew", await request("press-1"), "--early");
    expect(renewed.code).toBe(0);
    expect(certificateIn(renewed.output).validToDate.getTime()).toBeGreaterThan(later(89));
    const { certificates } = (await stack.json("status", "press-1")) as { certificates: object[] };
    expect(certificates).toMatchObject([{ state: "issued" }, { state: "issued" }]);
  });

  test("is for devices that the registry knows, and not for those whose certificate was revoked", async () => {
    expect((await stack.run("renew", await request("press-1"))).notes[0]).toContain(
      "the registry does not know it: issue it a first certificate",
    );
    await stack.run("issue", await request("press-1"));
    await stack.run("revoke", "press-1", "--reason", "keyCompromise", "--yes");
    expect((await stack.run("renew", await request("press-1"))).notes[0]).toContain(
      "its newest certificate was revoked (keyCompromise): issue it one for a new key",
    );
  });

  test("by a list, with the keys that were made here", async () => {
    const csv = stack.file("devices.csv", "press-1\npress-2\n");
    const out = ["--out", stack.path("made")];
    await stack.run("issue", "--csv", csv, ...out);
    const before = stack.text("made/press-1.pem");
    expect((await stack.run("renew", "--csv", csv, ...out)).notes).toEqual([
      `0 issued, 2 had been before, 0 refused in ${stack.path("made")}`,
    ]);
    expect((await stack.run("renew", "--csv", csv, ...out, "--early")).code).toBe(0);
    expect(stack.text("made/press-1.pem")).not.toBe(before);
    const missing = await stack.run("renew", "--id", "press-1", "--out", stack.path("elsewhere"));
    expect(missing.notes[0]).toContain("its key is not in the folder");
  });
});

describe("what can't be asked for", () => {
  test.each([
    [["issue"], "nothing to issue"],
    [["issue", "a.csr", "--id", "b"], "requests and --csv or --id were given together"],
    [["issue", "--csv", "a.csv"], "--csv needs a folder for the keys: --out <folder>"],
    [["issue", "--id", "b", "--pkcs12"], "--pkcs12 goes with keys that are made here, into a folder"],
    [["issue", "--id", "b", "--days", "3"], "allowed: 7 to 397"],
    [["issue", "/nowhere.csr"], "there is no file or folder /nowhere.csr"],
    [["revoke", "a", "--reason", "anger"], "Allowed choices are unspecified, keyCompromise"],
  ])("%j", async (args, words) => {
    const { code, notes } = await stack.run(...args);
    expect(code).toBe(2);
    expect(notes.join("\n")).toContain(words);
  });

  test("a clock that is behind the registry", async () => {
    await stack.run("issue", "--id", "press-1");
    const registry = await stack.registry();
    const at = new Date(later(2));
    await registry.record([
      { kind: "device", device: { id: "x", profile: null, source: "issued", enrolledAt: at } },
    ]);
    await registry.close();
    const { code, notes } = await stack.run("issue", "--id", "press-2");
    expect(code).toBe(1);
    expect(notes[0]).toMatch(
      /this machine's clock says .*, but the registry in .* was last written to at .*: set the clock/,
    );
  });

  const later = (days: number) => Date.now() + days * 86_400_000;
});
