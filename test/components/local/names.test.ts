import { expect, test } from "@jest/globals";
import { localFolders, reachedBy } from "../../../components/local/names.ts";
import { localSettings } from "../../../components/local/settings.ts";

test.each([
  ["127.0.0.1", ["localhost"], "127.0.0.1"],
  ["plant.example.com", [], "plant.example.com"],
  ["0.0.0.0", ["plant.example.com", "10.0.0.7"], "plant.example.com"],
  ["::", ["localhost"], "localhost"],
])("a site that listens on %s under the names %j is reached by %s", (host, names, reached) => {
  expect(reachedBy(host, names)).toBe(reached);
});

test("folders are the stack's own, relative to the project; keys in the data folder are refused", () => {
  const folders = (local: object) => localFolders("/p", "dev", localSettings.parse(local));
  expect(folders({})).toEqual({
    data: "/p/.fieldlake/dev/data",
    fleet: "/p/.fieldlake/dev/data/fleet",
    run: "/p/.fieldlake/dev/data/run",
    keys: "/p/.fieldlake/dev/keys",
    watched: [],
  });
  expect(folders({ dataFolder: "../lake", keyFolder: "/k" })).toMatchObject({ data: "/lake", keys: "/k" });
  expect(folders({ keyFolder: ".fieldlake/dev/data-keys" }).keys).toBe("/p/.fieldlake/dev/data-keys");
  for (const keyFolder of [
    ".fieldlake/dev/data",
    ".fieldlake/dev/data/keys",
    "/p/.fieldlake/dev/data/run/..",
  ])
    expect(() => folders({ keyFolder })).toThrow(
      /fieldlake:local\.keyFolder: received .*allowed: a folder outside/,
    );
});

test("folders of drops are apart from each other, from data and from keys", () => {
  const watch = (...given: string[]) => {
    const local = localSettings.parse({ watch: given.map((folder) => ({ folder, device: "press-01" })) });
    return localFolders("/p", "dev", local).watched.map(({ folder }) => folder);
  };
  expect(watch("drops/a", "/srv/b", "drops/ab")).toEqual(["/p/drops/a", "/srv/b", "/p/drops/ab"]);
  const apart = (index: number, from: string) =>
    new RegExp(
      `fieldlake:local\\.watch\\[${index}\\]\\.folder: received .*apart from fieldlake:local\\.${from}`,
    );
  expect(() => watch("/srv/a", "/srv/a/done")).toThrow(apart(1, "watch\\[0\\]"));
  expect(() => watch("/srv/a", "/srv/a/../a/")).toThrow(apart(1, "watch\\[0\\]"));
  expect(() => watch("/")).toThrow(apart(0, "dataFolder"));
  expect(() => watch(".fieldlake/dev/data/lake/raw")).toThrow(apart(0, "dataFolder"));
  expect(() => watch(".fieldlake/dev/keys")).toThrow(apart(0, "keyFolder"));
});
