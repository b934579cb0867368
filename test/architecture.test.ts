import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { posix } from "node:path";

/** One import as it stands in a file: what it names, whether only types come in, and where it is. */
interface Import {
  file: string;
  line: number;
  text: string;
  target: string;
  types: boolean;
  names: string[];
}

const files = sources("src");
const imports = files.flatMap(({ path, text }) => importsOf(path, text));

/** Who may import what; the first row whose folder fits a file counts. A path ends in `/` for all that is below it. */
const rules: { from: RegExp; may: string; ok(i: Import): boolean }[] = [
  {
    from: /^src\/platforms\//,
    may: "platforms/platform.ts, types of bot/, its own folder, its SDK and node:*",
    ok: (i) =>
      outside(i) ||
      i.target === "src/platforms/platform.ts" ||
      (i.types && i.target.startsWith("src/bot/")) ||
      i.target.startsWith(`src/platforms/${network(i.file)}/`),
  },
  {
    from: /^src\/conversations\//,
    may: "bot/, types of desk.ts and other conversations; never a platform, storage/, node:* or a package",
    ok: (i) =>
      i.target.startsWith("src/bot/") ||
      i.target.startsWith("src/conversations/") ||
      (i.types && i.target === "src/desk.ts"),
  },
  {
    from: /^src\/bot\//,
    may: "crypto/, storage/, errors.ts, types of i18n/, desk.ts and platform.ts (and its `plain`), node:crypto",
    ok: (i) =>
      ["src/bot/", "src/crypto/", "src/storage/"].some((folder) => i.target.startsWith(folder)) ||
      ["src/errors.ts", "node:crypto"].includes(i.target) ||
      (i.types &&
        (i.target.startsWith("src/i18n/") || ["src/desk.ts", "src/platforms/platform.ts"].includes(i.target))) ||
      (i.target === "src/platforms/platform.ts" && i.names.every((name) => name === "plain")),
  },
  {
    from: /^src\/(reports|knowledge|quiz|tips)\/([a-z]+-)?store\.ts$/,
    may: "its own folder, storage/, crypto/, errors.ts, packages; never another room",
    ok: (i) =>
      outside(i) ||
      ownRoom(i) ||
      i.target === "src/errors.ts" ||
      ["src/storage/", "src/crypto/"].some((folder) => i.target.startsWith(folder)),
  },
  {
    from: /^src\/(reports|knowledge|quiz|tips)\//,
    may: "nothing of ours outside the folder but errors.ts, content.ts, fonts.ts and picture.ts",
    ok: (i) =>
      outside(i) ||
      ownRoom(i) ||
      ["src/errors.ts", "src/content.ts", "src/fonts.ts", "src/picture.ts"].includes(i.target),
  },
  {
    from: /^src\/desk(\/|\.ts$)/,
    may: "the domain rooms, outbox/, limits.ts, errors.ts, crypto/mailbox.ts, types of crypto/, storage/ and bot/",
    ok: (i) =>
      ["src/reports/", "src/knowledge/", "src/quiz/", "src/tips/", "src/outbox/", "src/desk/"].some((folder) =>
        i.target.startsWith(folder),
      ) ||
      ["src/desk.ts", "src/limits.ts", "src/errors.ts", "src/crypto/mailbox.ts"].includes(i.target) ||
      (i.types && ["src/crypto/", "src/storage/", "src/bot/"].some((folder) => i.target.startsWith(folder))),
  },
  {
    from: /^src\/(storage|crypto|i18n|outbox)\//,
    may: "its own folder, crypto/, errors.ts, types of storage/, of bot/screen.ts and of platform.ts, packages",
    ok: (i) =>
      outside(i) ||
      ownRoom(i) ||
      i.target.startsWith("src/crypto/") ||
      i.target === "src/errors.ts" ||
      (i.types &&
        (i.target.startsWith("src/storage/") || ["src/bot/screen.ts", "src/platforms/platform.ts"].includes(i.target))),
  },
];

describe("the house", () => {
  it("keeps to who may import whom", () => {
    const offending = imports.flatMap((i) => {
      const rule = rules.find((r) => r.from.test(i.file));
      return !rule || rule.ok(i) ? [] : [`${i.file}:${i.line}: ${i.text}\n    may import: ${rule.may}`];
    });
    assert.equal(offending.join("\n"), "");
  });

  it("lets nobody but the door, the bot, the courier and platforms name an account's address", () => {
    const allowed = /^src\/(platforms\/|outbox\/|bot\/door\.ts|bot\/bot\.ts|main\.ts)/;
    assert.equal(
      hits(/\bAddress\b/, (path) => !allowed.test(path)),
      "",
    );
  });

  it("never asks a network who somebody is", () => {
    assert.equal(hits(/\bgetChat\(|getUserProfilePhotos|getUserPersonalChatMessages|members\.fetch|users\.fetch/), "");
  });

  it("never asks which network it is on, but for words", () => {
    assert.equal(
      hits(/(?<!process\.)\bplatform(\.name)?\s*[!=]==?\s*["'`]/, (path) => !path.startsWith("src/platforms/")),
      "",
    );
  });

  it("is read file by file: none is over 400 lines", () => {
    const long = files
      .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
      .filter((f) => f.lines > 300);
    for (const { path, lines } of long) console.log(`      (over 300 lines: ${path}, ${lines})`);
    const over = long.filter((f) => f.lines > (agreed[f.path] ?? 400));
    assert.equal(over.map((f) => `${f.path}: ${f.lines} lines`).join("\n"), "");
  });

  it("runs install scripts of exactly the packages that need one", () => {
    const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
      packages: Record<string, { hasInstallScript?: true; optional?: true }>;
    };
    const needed = Object.entries(lock.packages)
      .filter(([, p]) => p.hasInstallScript && !p.optional)
      .map(([path]) => path.split("node_modules/").at(-1)!);
    const { allowScripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
      allowScripts: Record<string, boolean>;
    };
    assert.deepEqual(Object.keys(allowScripts).sort(), [...new Set(needed)].sort());
  });
});

/** Files that may be longer for now, and how long: a number here only ever goes down. */
const agreed: Record<string, number> = {};

function sources(folder: string): { path: string; text: string }[] {
  const paths = (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => /\.(tsx?|js)$/.test(path))
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`);
  assert.ok(paths.length > 40, "the sources are found");
  return paths.sort().map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

/** Every import, export-from and dynamic import of a file. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  for (const match of text.matchAll(
    /^(?:import|export)\b([^;"']*?)from "([^"]+)"|^import "([^"]+)"|\bimport\("([^"]+)"\)/gm,
  )) {
    const [all, head = "", from, bare, dynamic] = match;
    const named = from ?? bare ?? dynamic ?? "";
    const inner =
      /\{([^}]*)\}/
        .exec(head)?.[1]
        ?.split(",")
        .map((n) => n.trim())
        .filter(Boolean) ?? [];
    const whole = head.replace(/\{[^}]*\}/, "").replace(/[\s,]/g, "");
    const types =
      /^\s*type\b/.test(head) || (inner.length > 0 && whole === "" && inner.every((n) => n.startsWith("type ")));
    found.push({
      file,
      line: text.slice(0, match.index).split("\n").length,
      text: all.replace(/\s+/g, " "),
      target: named.startsWith(".")
        ? posix.join(posix.dirname(file), named)
        : builtinModules.includes(named)
          ? `node:${named}`
          : named,
      types,
      names: inner.filter((n) => !n.startsWith("type ")).map((n) => n.split(" ")[0]!),
    });
  }
  return found;
}

/** A package or node:*, nothing of ours. */
function outside(i: Import): boolean {
  return !i.target.startsWith("src/");
}

function ownRoom(i: Import): boolean {
  return i.target.startsWith(`src/${i.file.split("/")[1]}/`);
}

/** The network that a file in `platforms/` speaks: its file's or folder's name. */
function network(file: string): string {
  return file.split("/")[2]!.replace(/\.tsx?$/, "");
}

function hits(pattern: RegExp, where: (path: string) => boolean = () => true): string {
  return files
    .filter(({ path }) => where(path))
    .flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
    )
    .join("\n");
}
