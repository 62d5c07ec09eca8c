import { X509Certificate } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { isSiteUnreachable, SiteClient } from "../../site/client.ts";
import { removeIfEmpty } from "../folders.ts";
import { isRevocationListDue, issueRevocationList } from "../revocation-list.ts";
import { changed, unchanged, type LocalResource } from "../resource.ts";
import { mirrorStack } from "../stack-registry.ts";
import { isSame } from "../values.ts";
import { isRunning } from "./site-module.ts";

interface RegistryInputs {
  readonly runFolder: string;
  /** Of the fleet's registry, absolute. */
  readonly registryFolder: string;
  /** The site's key file. */
  readonly keyFile: string;
  readonly devices: readonly {
    readonly id: string;
    readonly profile: string | null;
    readonly certificate: string;
  }[];
  readonly enrolment: "on-first-connect" | "registered";
  readonly revoked: readonly string[];
  readonly issuerCertificate: string;
  readonly issuerKey: string;
}

const inputKeys = [
  "runFolder",
  "registryFolder",
  "keyFile",
  "devices",
  "enrolment",
  "revoked",
  "issuerCertificate",
  "issuerKey",
] as const;

/**
 * The fleet's registry and the stack's revocation list on the site; applied to live sessions at once. The registry lives
 * beside the stack: its pinned devices are mirrored into it, all others never enter the state.
 */
export const deviceRegistry: LocalResource<RegistryInputs> = {
  check({ devices, revoked }) {
    return revoked
      .filter((entry) => serialOf(entry, devices) === null)
      .map((entry) => ({
        property: "revoked",
        reason: `received "${entry}"; allowed: the id of a pinned device, or a serial number in hex`,
      }));
  },

  async create(name, inputs) {
    return { id: name, outputs: await applyRegistry(inputs, null) };
  },

  async diff(_id, olds, news) {
    const isEqual = inputKeys.every((key) => isSame(olds[key], news[key]));
    if (!isEqual || isRevocationListDue(String(olds["revocationList"]), new Date())) return changed;
    return (await isRunning(news.runFolder, "registry")) ? unchanged : changed;
  },

  async update(_id, olds, news) {
    // The dates of revocation carry over only within one issuer: another one signs a list of its own.
    const isSameIssuer = olds.issuerCertificate === news.issuerCertificate;
    return applyRegistry(news, isSameIssuer ? String(olds["revocationList"]) : null);
  },

  async read(_id, state) {
    return { revocationList: state["revocationList"] };
  },

  async delete(_id, { runFolder, registryFolder }) {
    await SiteClient.at(runFolder)
      .deleteModule("registry")
      .catch((error: unknown) => {
        if (!isSiteUnreachable(error)) throw error;
      });
    await rm(registryFolder, { recursive: true, force: true });
    await removeIfEmpty(dirname(registryFolder));
  },
};

async function applyRegistry(
  inputs: RegistryInputs,
  previous: string | null,
): Promise<{ revocationList: string }> {
  const serials = inputs.revoked.flatMap((entry) => serialOf(entry, inputs.devices) ?? []);
  const now = new Date();
  const revocationList = await issueRevocationList({ ...inputs, serials, previous, now });
  await mirrorStack({ ...inputs, revoked: serials, now });
  await SiteClient.at(inputs.runFolder).putModule("registry", {
    devices: inputs.devices.map(({ id, profile }) => ({ id, profile, pinned: true })),
    folder: inputs.registryFolder,
    enrolment: inputs.enrolment,
    revocationList,
  });
  return { revocationList };
}

/** A device's id stands for the certificate that this stack made for it. */
function serialOf(entry: string, devices: RegistryInputs["devices"]): string | null {
  const device = devices.find(({ id }) => id === entry);
  if (device !== undefined) return new X509Certificate(device.certificate).serialNumber.toLowerCase();
  return /^[0-9A-Fa-f]{2,40}$/.test(entry)
    ? entry.padStart(entry.length + (entry.length % 2), "0").toLowerCase()
    : null;
}
