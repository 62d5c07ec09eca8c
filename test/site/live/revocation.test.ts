/** The shorter form of test/soak/revocation.ts. */
import { expect, test } from "@jest/globals";
import { runRevocationSoak } from "../../soak/revocation.ts";

test("revoked devices are dropped while the others stay, and stay out after kill -9 and a new start", async () => {
  const result = await runRevocationSoak({ devices: 60, revoked: 3 });
  expect(result).toMatchObject({ connected: 60, letIn: 0, othersLost: 0, othersBack: 20 });
  expect(Math.max(...result.toDrop)).toBeLessThan(5000);
}, 120_000);
