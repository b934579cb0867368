/** Servers of a test's own, in folders that go with them: they may be stopped, killed and begun again. Only on loopback unless told. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { createClient } from "redis";

export interface OwnServer {
  url: string;
  /** Resolves when it answers. */
  start(): Promise<void>;
  /** By a kill, unless asked nicely; resolves when it is gone. */
  stop(nicely?: boolean): Promise<void>;
  /** Stops it and takes its folder away. */
  remove(): Promise<void>;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

interface Recipe {
  command: string[];
  folder: string;
  url: string;
  answers(): Promise<void>;
  nice: NodeJS.Signals;
  hard: NodeJS.Signals;
}

function own({ command, folder, url, answers, nice, hard }: Recipe): OwnServer {
  let child: ChildProcess | undefined;
  const stop = async (nicely = false): Promise<void> => {
    const dying = child;
    child = undefined;
    if (!dying || dying.exitCode !== null || dying.signalCode !== null) return;
    const gone = once(dying, "exit");
    dying.kill(nicely ? nice : hard);
    await gone;
  };
  return {
    url,
    async start() {
      child = spawn(command[0]!, command.slice(1), { stdio: "ignore", cwd: folder });
      for (let tries = 0; ; tries++) {
        try {
          return await answers();
        } catch (error) {
          if (tries > 200) throw error;
          await sleep(50);
        }
      }
    },
    stop,
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @param settings further ones, such as `--save "60 1"`; the first of two of a name counts no more */
export async function ownRedis({
  settings = [],
  host = "127.0.0.1",
  at,
}: {
  settings?: string[];
  host?: string;
  at?: number;
} = {}): Promise<OwnServer | undefined> {
  if (!found("redis-server")) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "quietline-redis-"));
  const port = at ?? (await freePort());
  const url = `redis://${host}:${port}`;
  const basics = ["--port", String(port), "--bind", host, "--dir", folder, "--save", "", "--appendonly", "no"];
  return own({
    command: ["redis-server", ...basics, "--protected-mode", "no", ...settings],
    folder,
    url,
    async answers() {
      const client = createClient({ url, socket: { connectTimeout: 1000, reconnectStrategy: false } });
      client.on("error", () => undefined); // told by the answer
      await client.connect();
      client.destroy();
    },
    nice: "SIGTERM",
    hard: "SIGKILL",
  });
}

/** A PostgreSQL server with one empty database. Killed hard, it dies at once and recovers from its log at the next start. */
export async function ownPostgres(host = "127.0.0.1"): Promise<OwnServer | undefined> {
  const bin = binaries();
  if (!bin) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "quietline-postgres-"));
  // the server refuses to run as root
  const root = process.getuid?.() === 0;
  const asWhom = root ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
  if (root) {
    const [uid, gid] = ["-u", "-g"].map((what) => Number(execFileSync("id", [what, "postgres"], { encoding: "utf8" })));
    chownSync(folder, uid!, gid!);
  }
  chmodSync(folder, 0o700);
  const data = join(folder, "data");
  const init = [...asWhom, join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"];
  execFileSync(init[0]!, init.slice(1), { stdio: "ignore", cwd: folder });
  const port = await freePort();
  const url = `postgres://postgres@${host}:${port}/postgres`;
  const settings = [
    "-p",
    String(port),
    "-h",
    host,
    "-k",
    folder,
    "-c",
    "max_connections=60",
    "-c",
    "shared_buffers=32MB",
  ];
  if (host !== "127.0.0.1")
    execFileSync("sh", ["-c", `echo "host all all 0.0.0.0/0 trust" >> ${join(data, "pg_hba.conf")}`]);
  return own({
    command: [...asWhom, join(bin, "postgres"), "-D", data, ...settings],
    folder,
    url,
    async answers() {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
      client.on("error", () => undefined); // told by the answer
      await client.connect();
      await client.end();
    },
    nice: "SIGINT", // "fast": open transactions are rolled back
    hard: "SIGQUIT", // "immediate": as after a power cut
  });
}

function found(program: string): boolean {
  return (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, program)));
}

/** Where the programs of PostgreSQL's server are: in the path, or where Debian puts them. */
function binaries(): string | undefined {
  const path = (process.env.PATH ?? "").split(":");
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, "bin")) : [];
  return [...path, ...versions].find(
    (folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")),
  );
}
