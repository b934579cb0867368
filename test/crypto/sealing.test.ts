import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Decrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import { createColumns } from "../../src/crypto/columns.ts";
import { fingerprint } from "../../src/crypto/fingerprints.ts";
import { keysFromFile, keysOf } from "../../src/crypto/keys.ts";
import { pad, unpad } from "../../src/crypto/padding.ts";
import { createVault, type Vault } from "../../src/crypto/vault.ts";

const json = fc
  .jsonValue({ noUnicodeString: false })
  .filter((v) => JSON.stringify(v) === JSON.stringify(JSON.parse(JSON.stringify(v))));

describe("columns", () => {
  const columns = createColumns(randomBytes(32));

  it("open where they were sealed and nowhere else", () => {
    fc.assert(
      fc.property(json, fc.string(), fc.string(), (value, place, other) => {
        const sealed = columns.seal(place, value);
        assert.equal(JSON.stringify(columns.open(place, sealed)), JSON.stringify(value));
        if (other !== place) assert.throws(() => columns.open(other, sealed), { code: "key-wrong" });
      }),
    );
  });

  it("open with no other key, and not after a single bit was turned", () => {
    const sealed = columns.seal("reviewers.address", { id: 4242 });
    assert.throws(() => createColumns(randomBytes(32)).open("reviewers.address", sealed), { code: "key-wrong" });
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.nat(7), (at, bit) => {
        const turned = Buffer.from(sealed);
        turned[at]! ^= 1 << bit;
        assert.throws(() => columns.open("reviewers.address", turned), { code: "key-wrong" });
      }),
    );
    for (const cut of [0, 11, 28, sealed.length - 1])
      assert.throws(() => columns.open("reviewers.address", sealed.subarray(0, cut)), { code: "key-wrong" });
  });

  it("never look the same twice, and tell little by their length", () => {
    assert.notDeepEqual(columns.seal("a", 1), columns.seal("a", 1));
    const lengths = new Set(Array.from({ length: 200 }, (_, i) => columns.seal("a", "x".repeat(i)).length));
    assert.deepEqual([...lengths], [12 + 16 + 256]);
  });
});

describe("padding", () => {
  it("gives back what was padded, in one of few lengths", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.constantFrom(256, 2048, 4096), (body, smallest) => {
        const padded = pad(body, smallest);
        assert.ok(
          Number.isInteger(Math.log2(padded.length / smallest)),
          "a class: the smallest, doubled as often as needed",
        );
        assert.ok(padded.length === smallest || padded.length < 2 * (body.length + 4), "no larger than needed");
        assert.deepEqual(Buffer.from(unpad(padded)), Buffer.from(body));
      }),
    );
  });

  it("changes class where it must and not before", () => {
    assert.deepEqual(
      [0, 252, 253, 508, 509].map((n) => pad(new Uint8Array(n), 256).length),
      [256, 256, 512, 512, 1024],
    );
  });
});

describe("the vault", () => {
  const vaultOf = async (identity: string, recovery: string[] = []): Promise<Vault> =>
    createVault(await keysOf(identity), recovery);

  it("opens for the organisation, for the receipt's holder and for the recovery key, and for nobody else", async () => {
    const [ours, theirs, offline, stranger] = await Promise.all([1, 2, 3, 4].map(() => generateHybridIdentity()));
    const vault = await vaultOf(ours!, [await identityToRecipient(offline!)]);
    const value = { story: "长".repeat(3000) };
    const sealed = await vault.seal(value, [await identityToRecipient(theirs!)]);
    for (const identity of [undefined, ours, theirs, offline])
      assert.deepEqual(await vault.open(sealed, identity), value);
    await assert.rejects(vault.open(sealed, stranger), { code: "key-wrong" });
    const broken = Buffer.from(sealed);
    broken[broken.length - 1]! ^= 1;
    await assert.rejects(vault.open(broken), { code: "key-wrong" });
    await assert.rejects(vault.open(Buffer.from("not age")), { code: "key-wrong" });
  });

  it("writes standard age files: any age opens them", async () => {
    const identity = await generateHybridIdentity();
    const sealed = await (await vaultOf(identity)).seal({ story: "hello" });
    assert.match(sealed.subarray(0, 40).toString("latin1"), /^age-encryption\.org\/v1\n-> mlkem768x25519 /);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    assert.deepEqual(JSON.parse(unpad(await decrypter.decrypt(sealed)).toString("utf8")), { story: "hello" });
  });

  it("makes short and longer bodies equally long", async () => {
    const vault = await vaultOf(await generateHybridIdentity());
    const lengths = await Promise.all(
      ["", "x".repeat(3000), "x".repeat(5000)].map(async (story) => (await vault.seal({ story })).length),
    );
    assert.equal(lengths[0], lengths[1]);
    assert.equal(lengths[2]! - lengths[0]!, 4096);
  });
});

describe("the organisation's key", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "quietline-key-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is made once, for its owner's eyes only, and then read again", async () => {
    const path = join(folder, "key.age");
    const made = await keysFromFile(path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(
      [(await keysFromFile(path)).identity, (await keysFromFile(path)).name],
      [made.identity, made.name],
    );
  });

  it("is refused when others can read it or when it is none", async () => {
    const path = join(folder, "key.age");
    await keysFromFile(path);
    chmodSync(path, 0o640);
    await assert.rejects(keysFromFile(path), { code: "key-open" });
    for (const text of ["", "# only a comment\n", "AGE-SECRET-KEY-1QQQ\n", readFileSync(path, "utf8").slice(0, 60)]) {
      writeFileSync(join(folder, "other"), text, { mode: 0o600 });
      await assert.rejects(keysFromFile(join(folder, "other")), { code: "key-invalid" });
    }
  });

  it("gives one key a purpose, always the same, and none tells of another", async () => {
    const keys = await keysOf("AGE-SECRET-KEY-PQ-1ZGMC5TUNE4EXLW0FCFTE0J6C4XVWZ7D9C6J2ASJWKEVKQQ5DYUYSX94PV9\n");
    assert.equal(
      keys.derive("columns").toString("hex"),
      "aed466e08f00943fdea4201e7ac02095c723de82f1b61a75895c5794988a18d3",
    );
    assert.equal(
      new Set(["columns", "door tags", "invitations", "web visits", ""].map((p) => keys.derive(p).toString("hex")))
        .size,
      5,
    );
  });

  it("gives fingerprints that tell nothing without it", () => {
    const key = randomBytes(32);
    assert.equal(fingerprint(key, "phone", "1"), fingerprint(key, "phone", "1"));
    const others = [
      fingerprint(randomBytes(32), "phone", "1"),
      fingerprint(key, "phone", "2"),
      fingerprint(key, "handle", "1"),
      fingerprint(key, "phone\u0000", "1"),
    ];
    assert.ok(others.every((f) => /^[0-9a-f]{32}$/.test(f) && f !== fingerprint(key, "phone", "1")));
  });
});
