import { expect, test } from "@jest/globals";
import { unitOf } from "../../fleet/commands/service.ts";

const unit = {
  command: ["/opt/node", "--flag", "/srv/a b/$x/50%/site.ts"],
  environment: { A: 'say "hi"' },
  user: null,
};
const lines = (text: string): string[] => text.split("\n");

test("what the shell would read in a path is text in a unit", () => {
  expect(lines(unitOf(unit))).toEqual(
    expect.arrayContaining([
      'ExecStart="/opt/node" "--flag" "/srv/a b/$$x/50%%/site.ts"',
      'Environment="A=say \\"hi\\""',
      "Restart=on-failure",
      "WantedBy=default.target",
    ]),
  );
});

test("a unit of the machine names its user", () => {
  const machine = lines(unitOf({ ...unit, user: "fieldlake" }));
  expect(machine).toEqual(expect.arrayContaining(["User=fieldlake", "WantedBy=multi-user.target"]));
  expect(lines(unitOf(unit)).some((line) => line.startsWith("User="))).toBe(false);
});
