import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf, explain, fail, personCodes, QuietlineError } from "../src/errors.ts";

describe("errors", () => {
  it("that a person can meet have words in every language", () => {
    assert.ok(personCodes.length > 3);
    for (const locale of readdirSync("locales")) {
      const words = JSON.parse(readFileSync(join("locales", locale, "errors.json"), "utf8")) as Record<string, string>;
      for (const code of personCodes) assert.ok(words[code], `${locale}: ${code}`);
    }
  });

  it("carry a code, a sentence and harmless values, and nothing else", () => {
    const error = fail("file-too-large", { limit: 10 });
    assert.ok(error instanceof QuietlineError);
    assert.equal(error.message, explain("file-too-large").sentence);
    assert.deepEqual(Object.keys(error).sort(), ["code", "name", "values"]);
  });

  it("that are raised in the code are all in the table", () => {
    const sources = (readdirSync("src", { recursive: true }) as string[])
      .filter((path) => /\.tsx?$/.test(path))
      .map((path) => readFileSync(join("src", path), "utf8"))
      .filter((text) => text.includes("errors.ts"));
    const raised = new Set(sources.flatMap((text) => Array.from(text.matchAll(/\bfail\("([a-z-]+)"/g), (m) => m[1]!)));
    assert.ok(raised.size > 5);
    for (const code of raised) assert.ok(explain(code as Parameters<typeof explain>[0])?.cure.length > 5, code);
  });

  it("of databases, disks and sockets are known by their code, never by their words", () => {
    const thrown = (code: string) => Object.assign(new Error("relation reports, password marmalade"), { code });
    const known = {
      ENOSPC: "disk-full",
      SQLITE_FULL: "disk-full",
      53100: "disk-full",
      SQLITE_CORRUPT: "database-corrupt",
      SQLITE_NOTADB: "database-corrupt",
      SQLITE_BUSY: "database-locked",
      "55P03": "database-locked",
      ECONNREFUSED: "database-unreachable",
      "28P01": "database-unreachable",
      EADDRINUSE: "port-taken",
      "port-refused": "port-refused",
      EACCES: "home-unwritable",
    };
    for (const [code, ours] of Object.entries(known)) assert.equal(codeOf(thrown(code)), ours, code);
    for (const other of [thrown("WHATEVER"), new Error("disk full"), "disk-full", null, undefined, { code: "ENOSPC" }])
      assert.equal(codeOf(other), "turn-failed");
    assert.equal(codeOf(fail("stale")), "stale");
    assert.equal(codeOf(thrown("toString")), "turn-failed", "nor by a name that every object has");
  });
});
