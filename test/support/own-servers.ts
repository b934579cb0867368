/** Servers of a test's own, whose files and memory it may look into: PostgreSQL in a folder, Redis with nothing on disk. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { createClient } from "redis";

export interface OwnServer {
  url: string;
  pid: number;
  /** Where its files lie; empty for Redis. */
  folder: string;
  /** What it wrote about its work so far. */
  log(): Buffer;
  stop(): Promise<void>;
}

/** PostgreSQL in a folder of its own, or why there is none. Its server does not run as root, so neither does this one. */
export async function ownPostgres(): Promise<OwnServer | { missing: string }> {
  const bin = binaries();
  if (!bin) return { missing: "no initdb: install PostgreSQL (Debian: postgresql)" };
  const as = unprivileged();
  if (as === undefined) return { missing: "PostgreSQL does not run as root, and there is no user postgres" };
  const folder = mkdtempSync("/tmp/quietline-pg-");
  if (as.uid !== undefined) chownSync(folder, as.uid, as.gid!);
  const files = join(folder, "files");
  execFileSync(join(bin, "initdb"), ["-D", files, "-A", "trust", "-U", "postgres", "--no-sync"], {
    ...as,
    stdio: "ignore",
  });
  const port = await freePort();
  // it says as much as a server can be made to say: each statement, and each value that came with it
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    fsync: "off",
    log_statement: "all",
    log_parameter_max_length: -1,
  };
  const log = join(folder, "log");
  const output = openSync(log, "w");
  const child = spawn(
    join(bin, "postgres"),
    ["-D", files, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    { ...as, stdio: ["ignore", output, output] },
  );
  closeSync(output);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await answering(async () => {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
    } finally {
      await client.end().catch(() => undefined);
    }
  }, child);
  return {
    url,
    pid: child.pid!,
    folder: files,
    log: () => readFileSync(log),
    async stop() {
      await ended(child, "SIGINT"); // a fast end: connections are cut, files are left whole
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Redis that keeps nothing, or why there is none. */
export async function ownRedis(): Promise<OwnServer | { missing: string }> {
  const program = ["redis-server", "valkey-server"]
    .flatMap((name) => (process.env.PATH ?? "").split(":").map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
  if (!program) return { missing: "no redis-server or valkey-server" };
  const port = await freePort();
  const child = spawn(program, ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], {
    cwd: "/tmp",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const said: Buffer[] = [];
  child.stdout!.on("data", (piece: Buffer) => void said.push(piece));
  const url = `redis://127.0.0.1:${port}`;
  await answering(async () => {
    const client = createClient({ url, socket: { reconnectStrategy: false } });
    client.on("error", () => undefined);
    await client.connect();
    client.destroy();
  }, child);
  return { url, pid: child.pid!, folder: "", log: () => Buffer.concat(said), stop: () => ended(child, "SIGTERM") };
}

async function answering(ask: () => Promise<void>, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error("the server ended by itself");
    const ok = await ask().then(
      () => true,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

function binaries(): string | undefined {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).map((version) => join(root, version, "bin")) : [];
  const places = [...versions, ...(process.env.PATH ?? "").split(":")];
  return places.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

/** Whoever we are, unless that is root: then the user `postgres`, if there is one. */
function unprivileged(): { uid?: number; gid?: number } | undefined {
  if (process.getuid?.() !== 0) return {};
  try {
    const number = (flag: string) =>
      Number(execFileSync("id", [flag, "postgres"], { stdio: ["ignore", "pipe", "ignore"] }));
    return { uid: number("-u"), gid: number("-g") };
  } catch {
    return undefined;
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
