/** Changes of a registry as the parts of one DynamoDB transaction, each with the rule that it must keep to. */
import { storedIssuer, storedList, type Change, type NewCertificate } from "../../fleet/registry/model.ts";
import type { Conflict } from "../../fleet/registry/registry.ts";
import {
  certificateItem,
  deviceKey,
  fleetKey,
  keyKey,
  number,
  seconds,
  serialKey,
  text,
  toSeconds,
  type Attribute,
  type Item,
} from "./dynamodb-items.ts";

/** A new item, new values of an item, or a look at one; and what it means where the condition does not hold. */
export interface Write {
  readonly key: Item;
  /** The rest of a new item. */
  readonly item?: Item;
  /** `keep`: stays as it is where it is there already. */
  readonly set?: Readonly<Record<string, { readonly value: Attribute; readonly keep?: boolean }>>;
  readonly condition?: string;
  readonly values?: Readonly<Record<string, Attribute>>;
  readonly conflict?: Omit<Conflict, "index">;
}

/** A change that names a certificate which is not there. */
export class UnknownCertificate extends Error {}

/**
 * Throws {@link UnknownCertificate}.
 * @param keyOf where the certificate of a serial number is; `null` where there is none
 * @param isAdded whether a change before this one adds the device
 */
export async function writesOf(
  change: Change,
  keyOf: (serial: string) => Promise<Item | null>,
  isAdded: (deviceId: string) => boolean,
): Promise<readonly Write[]> {
  switch (change.kind) {
    case "device": {
      const { id, profile, source, enrolledAt } = change.device;
      const set = {
        profile: { value: text(profile ?? "") },
        source: { value: text(source) },
        enrolled_at: { value: seconds(enrolledAt), keep: true },
      };
      return [{ key: deviceKey(id), set }];
    }
    case "invited": {
      const { deviceId, at } = change;
      const set = { invited_at: { value: number(at === null ? 0 : toSeconds(at)) } };
      if (isAdded(deviceId)) return [{ key: deviceKey(deviceId), set }];
      const conflict = { kind: "unknown", message: `${deviceId} is not registered` } as const;
      return [{ key: deviceKey(deviceId), set, condition: "attribute_exists(p)", conflict }];
    }
    case "certificate":
      return certificateWrites(change.certificate, change.follows);
    case "seen":
    case "superseded":
    case "revoked": {
      const key = await keyOf(change.serial);
      if (key === null) throw new UnknownCertificate(`no certificate has the serial ${change.serial}`);
      // The first time counts.
      const at = { value: seconds(change.at), keep: true };
      if (change.kind !== "revoked") return [{ key, set: { [`${change.kind}_at`]: at } }];
      return [{ key, set: { revoked_at: at, reason: { value: text(change.reason), keep: true } } }];
    }
    case "issuer": {
      const body = text(JSON.stringify(storedIssuer.parse(change.issuer)));
      return [{ key: fleetKey(`issuer#${change.issuer.id}`), item: { body } }];
    }
    case "list": {
      const body = text(JSON.stringify(storedList.parse(change.list)));
      return [{ key: fleetKey(`list#${change.list.issuer}`), item: { body } }];
    }
  }
}

function certificateWrites(
  certificate: NewCertificate,
  follows: string | null | undefined,
): readonly Write[] {
  const { deviceId, serial, keyId, issuer, source, recordedAt } = certificate;
  const pointer = { device_id: text(deviceId), serial: text(serial), recorded_at: seconds(recordedAt) };
  const { p, s, ...facts } = certificateItem(certificate);
  return [
    {
      key: serialKey(serial),
      item: pointer,
      condition: "attribute_not_exists(p)",
      conflict: { kind: "serial", message: `${deviceId}: the serial ${serial} is taken already` },
    },
    { key: { p, s } as Item, item: facts as Item },
    {
      key: deviceKey(deviceId),
      set: {
        newest: { value: text(serial) },
        invited_at: { value: number(0) },
        source: { value: text(source), keep: true },
        enrolled_at: { value: seconds(recordedAt), keep: true },
      },
      ...order(deviceId, follows),
    },
    {
      key: keyKey(keyId),
      set: Object.fromEntries(Object.entries(pointer).map(([name, value]) => [name, { value }])),
      condition: "attribute_not_exists(p) OR device_id = :device_id",
      conflict: {
        kind: "key",
        message: `${deviceId}: its key is the one of another device; a key belongs to one device: make another`,
      },
    },
    {
      key: fleetKey(`issuer#${issuer}`),
      condition: "attribute_exists(p)",
      conflict: { kind: "unknown", message: `${deviceId}: no issuer of the registry has the id ${issuer}` },
    },
  ];
}

function order(deviceId: string, follows: string | null | undefined): Partial<Write> {
  if (follows === undefined) return {};
  const message = `${deviceId}: it was issued another certificate at the same time: ask again`;
  return {
    condition: follows === null ? "attribute_not_exists(newest)" : "newest = :follows",
    values: follows === null ? {} : { ":follows": text(follows) },
    conflict: { kind: "changed", message },
  };
}

/** A transaction takes one write an item: those of one item become one. */
export function merged<W extends Write>(writes: readonly W[]): readonly W[] {
  const byKey = Map.groupBy(writes, ({ key }) => JSON.stringify(key));
  return [...byKey.values()].map((same) =>
    same.reduce((first, next) => {
      if (first.item === undefined) return { ...first, ...next, set: { ...first.set, ...next.set } };
      const values = Object.entries(next.set ?? {}).map(([name, { value }]) => [name, value]);
      return { ...first, item: { ...first.item, ...(Object.fromEntries(values) as Item) } };
    }),
  );
}

/** As TransactWriteItems takes it. */
export function actionOf({ key, item, set, condition, values = {} }: Write, TableName: string): object {
  const guarded = condition === undefined ? {} : { ConditionExpression: condition };
  if (item !== undefined) return { Put: { TableName, Item: { ...key, ...item }, ...guarded } };
  if (set === undefined || Object.keys(set).length === 0) {
    return { ConditionCheck: { TableName, Key: key, ...guarded } };
  }
  const parts = Object.entries(set).map(([name, { keep = false }]) =>
    keep ? `#${name} = if_not_exists(#${name}, :${name})` : `#${name} = :${name}`,
  );
  const given = Object.entries(set).map(([name, { value }]) => [`:${name}`, value]);
  return {
    Update: {
      TableName,
      Key: key,
      UpdateExpression: `SET ${parts.join(", ")}`,
      ExpressionAttributeNames: Object.fromEntries(Object.keys(set).map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: { ...Object.fromEntries(given), ...values },
      ...guarded,
    },
  };
}
