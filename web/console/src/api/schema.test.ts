import { readFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";
import { expect, it } from "vitest";

it("the generated schema is that of openapi.json (else: npm run schema)", async () => {
  const described = JSON.parse(readFileSync("../../openapi.json", "utf8"));
  const fresh = astToString(await openapiTS(described, { defaultNonNullable: false }));
  const kept = readFileSync("src/api/schema.gen.ts", "utf8");
  // The file on disk has a banner before the types.
  expect(kept.endsWith(fresh)).toBe(true);
});
