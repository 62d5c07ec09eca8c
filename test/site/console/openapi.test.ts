/** The OpenAPI document: valid by the official schema of 3.1, whole, and of the same schemas that check requests. */
import { describe, expect, test } from "@jest/globals";
import { Validator } from "@seriousme/openapi-schema-validator";
import { operations } from "../../../site/console/contract/operations.ts";
import { openApi } from "../../../site/console/openapi.ts";

interface Described {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly schema: object;
  }[];
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, object>> }>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const document = openApi("acme") as unknown as Document;

test("is valid, and the validator would say if it were not", async () => {
  const check = (value: unknown) => new Validator().validate(JSON.parse(JSON.stringify(value)));
  expect(await check(document)).toEqual({ valid: true });
  expect(
    await check({ ...document, paths: { "/x": { get: { parameters: [{ in: "query" }] } } } }),
  ).toMatchObject({
    valid: false,
  });
});

describe("describes", () => {
  test("every operation, and every reference leads to a schema", () => {
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map((one) => one.operationId),
    );
    expect(ids.toSorted()).toEqual(Object.keys(operations).toSorted());
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    const names = new Set(references.map(([, name]) => name));
    expect(names.size).toBeGreaterThan(15);
    for (const name of names) expect(document.components.schemas).toHaveProperty(name ?? "");
    expect(JSON.stringify(document)).not.toMatch(/"\$(schema|id)"/);
  });

  test("parameters with limits, presets and which of them must be there", () => {
    const series = document.paths["/series"]?.["get"];
    expect(series?.parameters?.filter(({ required }) => required).map(({ name }) => name)).toEqual([
      "device",
      "metric",
    ]);
    const points = series?.parameters?.find(({ name }) => name === "points");
    expect(points?.schema).toEqual({ type: "integer", minimum: 10, maximum: 4000, default: 800 });
    const order = document.paths["/latest"]?.["get"]?.parameters?.find(({ name }) => name === "order");
    expect(order?.schema).toMatchObject({ enum: ["device", "metric", "value", "time"], default: "device" });
  });

  test("answers in each form, and problems", () => {
    const latest = document.paths["/latest"]?.["get"]?.responses;
    expect(Object.keys(latest?.["200"]?.content ?? {})).toEqual([
      ...["application/json", "text/csv", "application/vnd.apache.parquet"],
    ]);
    expect(Object.keys(latest ?? {})).toEqual(["200", "400", "401", "403", "429", "500", "503"]);
    expect(document.paths["/query"]?.["post"]?.responses["422"]).toBeDefined();
    expect(latest?.["403"]?.content).toEqual({
      "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
    });
  });
});
