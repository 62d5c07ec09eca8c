/** The shard of a device, from 0: names spread evenly, and the same everywhere (FNV-1a). */
export function shardOf(deviceId: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < deviceId.length; index++) {
    hash = Math.imul(hash ^ deviceId.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % shards;
}
