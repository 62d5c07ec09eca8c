/**
 * Other people's services for tests, brought in once from the package registries into the user's cache: moto (AWS's
 * interfaces, from PyPI) and SoftHSM (a PKCS #11 token, from Debian). Where one can't be had, that is said aloud.
 */
import { execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../../support/free-port.ts";

const run = promisify(execFile);
const motoVersion = "5.2.5";
const pythonPackages = [
  `moto==${motoVersion}`,
  "flask==3.1.2",
  "flask-cors==6.0.1",
  "py-partiql-parser==0.6.3",
];

async function cacheFolder(): Promise<string> {
  const paths = (await import(new URL("../../../toolchain/paths.mjs", import.meta.url).href)) as {
    userCacheFolder(): string;
  };
  const folder = join(paths.userCacheFolder(), "test-tools");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Whole or not at all: `make` fills a folder that takes its name at the end. */
export async function broughtIn(
  name: string,
  make: (folder: string) => Promise<void>,
): Promise<string | null> {
  const cache = await cacheFolder();
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  const draft = join(cache, `${name}.${process.pid}.new`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft);
  try {
    await make(draft);
    if (!existsSync(folder)) renameSync(draft, folder);
    return folder;
  } catch (error) {
    console.warn(
      `LEFT OUT: ${name} can't be had on this machine, so what it proves is not proved here\n${String(error)}`,
    );
    return null;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

export interface Moto {
  readonly endpoint: string;
  /** In the environment of who talks to it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): void;
}

/** A server that answers as AWS does; `null` where it can't be had. */
export async function startMoto(): Promise<Moto | null> {
  const folder = await broughtIn(`moto-${motoVersion}`, async (draft) => {
    const pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", draft];
    await run("python3", [...pip, ...pythonPackages], { maxBuffer: 1 << 24 });
  });
  if (folder === null) return null;
  const port = await freePort();
  const server = spawn("python3", ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    env: { ...process.env, PYTHONPATH: folder },
    stdio: "ignore",
  });
  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 30_000;
  for (;;) {
    const isUp = await fetch(`${endpoint}/moto-api/`).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) break;
    if (Date.now() > deadline || server.exitCode !== null) {
      server.kill("SIGKILL");
      throw new Error("moto's server does not start");
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    endpoint,
    env: { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: "eu-central-1" },
    stop: () => void server.kill("SIGKILL"),
  };
}

/** A program of a Go module of this repository, built once; `null` where Go or the module can't be had. */
export async function builtGo(name: string, source: string): Promise<string | null> {
  const content = createHash("sha256");
  for (const file of ["go.mod", "go.sum", "main.go"]) content.update(readFileSync(join(source, file)));
  const folder = await broughtIn(`${name}-${content.digest("hex").slice(0, 12)}`, async (draft) => {
    await run("go", ["build", "-trimpath", "-o", join(draft, name), "."], { cwd: source });
  });
  return folder === null ? null : join(folder, name);
}

export interface SoftHsm {
  readonly library: string;
  readonly token: string;
  readonly pin: string;
  /** Of the processes that use it. */
  readonly env: NodeJS.ProcessEnv;
  /** Puts a private key (PKCS #8, PEM, a file) into the token. */
  importKey(file: string, label: string): void;
}

/** A token in `folder`; `null` where SoftHSM can't be had. */
export async function makeToken(folder: string): Promise<SoftHsm | null> {
  const unpacked = await broughtIn("softhsm2", async (draft) => {
    const download = () => run("apt-get", ["download", "softhsm2", "libsofthsm2"], { cwd: draft });
    await download().catch(() => run("apt-get", ["update"]).then(download));
    await run(
      "sh",
      [
        "-c",
        "for file in *.deb; do dpkg -x $file .; done; ldd $(find . -name libsofthsm2.so | head -1) | grep -q 'not found' && exit 1; rm *.deb",
      ],
      { cwd: draft },
    );
  });
  if (unpacked === null) return null;
  const find = (name: string) => execFileSync("find", [unpacked, "-name", name], { encoding: "utf8" }).trim();
  const library = find("libsofthsm2.so").split("\n")[0] as string;
  const tool = find("softhsm2-util");
  mkdirSync(join(folder, "tokens"), { recursive: true });
  const configuration = join(folder, "softhsm2.conf");
  const settings = [
    `directories.tokendir = ${join(folder, "tokens")}`,
    "objectstore.backend = file",
    "log.level = ERROR",
  ];
  writeFileSync(configuration, settings.map((line) => `${line}\n`).join(""));
  const env = { ...process.env, SOFTHSM2_CONF: configuration };
  const [token, pin] = ["fleet authority", "482915"];
  const util = (...args: readonly string[]) => execFileSync(tool, ["--module", library, ...args], { env });
  util("--init-token", "--free", "--label", token, "--pin", pin, "--so-pin", "91827364");
  return {
    library,
    token,
    pin,
    env,
    importKey(file, label) {
      util(
        "--import",
        file,
        "--token",
        token,
        "--label",
        label,
        "--id",
        randomBytes(4).toString("hex"),
        "--pin",
        pin,
      );
    },
  };
}
