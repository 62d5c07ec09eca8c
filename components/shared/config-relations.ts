/** What holds between configuration keys, whatever the target. */

/** The keys that refer to each other. */
export interface Relational {
  readonly devices: readonly { readonly id: string; readonly profile: string | null }[];
  readonly profiles: readonly string[];
  readonly bindings: readonly { readonly profile: string }[];
  readonly fleet: {
    readonly revoked: readonly string[];
    readonly intermediateDays: number;
    readonly rootDays: number;
  };
}

/** One text for each relation that does not hold. */
export function relationFaults(config: Relational): string[] {
  const mistakes: string[] = [];
  const seen = new Set<string>();
  config.devices.forEach(({ id, profile }, index) => {
    if (seen.has(id)) {
      mistakes.push(`fieldlake:devices[${index}].id: received "${id}" a second time; allowed: each id once`);
    }
    seen.add(id);
    if (profile !== null && !config.profiles.includes(profile)) {
      mistakes.push(unlisted(`fieldlake:devices[${index}].profile`, profile, config.profiles));
    }
  });
  config.bindings.forEach(({ profile }, index) => {
    if (!config.profiles.includes(profile)) {
      mistakes.push(unlisted(`fieldlake:bindings[${index}].profile`, profile, config.profiles));
    }
  });
  config.fleet.revoked.forEach((entry, index) => {
    if (!seen.has(entry) && !/^[0-9A-Fa-f]{2,40}$/.test(entry)) {
      mistakes.push(
        `fieldlake:fleet.revoked[${index}]: received "${entry}"; allowed: an id of fieldlake:devices, or a certificate's serial number in hex`,
      );
    }
  });
  if (config.fleet.intermediateDays > config.fleet.rootDays) {
    mistakes.push(
      `fieldlake:fleet.intermediateDays: received ${config.fleet.intermediateDays}; allowed: at most rootDays (${config.fleet.rootDays})`,
    );
  }
  return mistakes;
}

/** @param families the device profiles that there are */
export function unknownProfiles(profiles: readonly string[], families: readonly string[]): string[] {
  return profiles.flatMap((profile, index) =>
    families.includes(profile)
      ? []
      : [
          `fieldlake:profiles[${index}]: received "${profile}"; allowed: a folder below profiles/ (${families.join(", ")})`,
        ],
  );
}

const unlisted = (key: string, profile: string, listed: readonly string[]): string =>
  `${key}: received "${profile}"; allowed: one of fieldlake:profiles (${listed.join(", ") || "which is empty"})`;
