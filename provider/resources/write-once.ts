import { plannedFromNothing } from "../../components/contracts/common.ts";
import { unchanged, type LocalResource } from "../resource.ts";

interface WriteOnceInputs {
  readonly mode: "unlocked" | "locked";
  readonly days: number;
  /** What to change where the mode is refused: a key of the configuration. */
  readonly setting: string;
}

/**
 * Null where Azure takes the step: an account's policy is made unlocked, an unlocked one may be locked, and a locked one
 * may only become longer ("AccountImmutabilityPolicyProperties", Storage resource provider REST API).
 * @param before null where the account is not there yet
 */
export function writeOnceFault(before: WriteOnceInputs | null, after: WriteOnceInputs): string | null {
  if (before === null) {
    return after.mode === "locked"
      ? `${after.setting}: received "locked" for an account that is not there yet; allowed at first: unlocked. Run pulumi up with unlocked, see that all is well, then set locked and run it again: a lock is for ever`
      : null;
  }
  if (before.mode === "unlocked") return null;
  if (after.mode === "unlocked")
    return `${after.setting}: received "unlocked"; allowed: locked, which the account is: nobody can take a lock back`;
  return after.days < before.days
    ? `fieldlake:azure.writeOnce.days: received ${after.days}; allowed: at least ${before.days}, for which the account is locked`
    : null;
}

/**
 * The step from one promise of an account to the next, kept in the state so that the next can be judged, in a preview
 * too, before Azure is asked. Azure itself refuses in the middle of an update, and takes back no lock.
 */
export const writeOnce = (env: NodeJS.ProcessEnv = process.env): LocalResource<WriteOnceInputs> => ({
  check(inputs, olds) {
    const isUnjudged = olds === null && env[plannedFromNothing] !== undefined;
    const reason = isUnjudged ? null : writeOnceFault(olds, inputs);
    return reason === null ? [] : [{ property: "mode", reason }];
  },
  create: (name) => Promise.resolve({ id: name, outputs: {} }),
  diff: (_id, { mode, days }, news) =>
    Promise.resolve(mode === news.mode && days === news.days ? unchanged : { changes: true }),
  update: () => Promise.resolve({}),
  read: () => Promise.resolve({}),
  delete: () => Promise.resolve(),
});
