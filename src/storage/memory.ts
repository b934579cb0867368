/**
 * One door to Redis or Valkey: what many processes share and what must be forgotten. Everything has an hour at which it
 * is gone, and a server that writes to a disk is refused. Values are sealed by whoever keeps them.
 */
import { fail } from "../errors.ts";

/** A change of a value that others may change meanwhile. */
export interface Change {
  /** What was read, and what it began with; nothing where there was nothing. */
  from: string;
  began?: string;
  /** Where the new value goes, if that is elsewhere: then `from` is emptied, and `to` must have been empty. */
  to?: string;
  value: Buffer;
  /** Milliseconds since 1970. */
  until: number;
  /** Also where nothing is there any more. */
  orNone?: true;
}

export interface Memory {
  /** The client, for libraries that count in it. */
  readonly client: object;
  /** What lies under these names. */
  get(names: string[]): Promise<(Buffer | undefined)[]>;
  put(name: string, value: Buffer, until: number): Promise<void>;
  /** Keeps a value unless there is one already; answers the one that is there then. */
  settle(name: string, value: Buffer, until: number): Promise<Buffer>;
  /** Counts one more under a name. */
  count(name: string, until: number): Promise<void>;
  /** Reads a value and removes it. */
  take(name: string): Promise<Buffer | undefined>;
  /** Changes a value if nobody else did since it was read. */
  change(change: Change): Promise<boolean>;
  /** Writes a letter behind what a value begins with, if it still begins so. */
  letter(name: string, began: string, letter: string): Promise<boolean>;
  /** Removes a value if it is still this one. */
  drop(name: string, value: Buffer): Promise<void>;
  /** Called when the line was lost and is there again: what lay here may be gone. */
  onReturn(listener: () => void): void;
  close(): Promise<void>;
}

export interface MemoryOptions {
  url: string;
  /** Whose memory: houses that share a server never meet. */
  house: string;
  note(code: "redis-unreachable" | "redis-persists"): void;
  /** Persistence is accepted. */
  persists?: boolean;
  /** Fail when it cannot be reached at the start. */
  needed?: boolean;
}

/** How long we wait for a connection, and for a sign of life on one (milliseconds). */
const patience = { connect: 2000, silence: 3000, ping: 1000, between: 1000 };

const changeScript = `
local there = redis.call('EXISTS', KEYS[1]) == 1
if there and (#ARGV[1] == 0 or redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1]) then return 0 end
if not there and #ARGV[1] > 0 and ARGV[4] ~= 'yes' then return 0 end
if KEYS[2] ~= KEYS[1] then
  if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
  redis.call('DEL', KEYS[1])
end
redis.call('SET', KEYS[2], ARGV[2], 'PXAT', ARGV[3])
return 1`;
const letterScript = `
if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then return 0 end
redis.call('SETRANGE', KEYS[1], #ARGV[1], ARGV[2])
return 1`;
const dropScript = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end return 1`;

/** Connects. Throws `redis-persists`, and `redis-unreachable` where it is needed; the client goes on trying by itself. */
export async function openMemory(options: MemoryOptions): Promise<Memory> {
  const { note } = options;
  // a tenth of a second of the start, for those who have it
  const { createClient, RESP_TYPES } = await import("redis");
  const client = createClient({
    url: options.url,
    disableOfflineQueue: true,
    pingInterval: patience.ping,
    socket: {
      connectTimeout: patience.connect,
      // a server that was cut off says nothing: the pings make that a loss
      socketTimeout: patience.silence,
      reconnectStrategy: (failed) => Math.min(50 * 2 ** failed, patience.between),
    },
  });
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const listeners: (() => void)[] = [];
  let told = false;
  let checked = false;
  let refused = false;
  let known: Promise<void> = Promise.resolve();
  client.on("error", () => {
    if (!told) note("redis-unreachable");
    told = true;
  });

  /** Does this server keep what it holds on a disk? One that does not say counts as one that does. */
  async function persists(): Promise<boolean> {
    if (options.persists) return false;
    try {
      const { save, appendonly } = await client.configGet(["save", "appendonly"]);
      return save !== "" || appendonly !== "no";
    } catch (error) {
      if (!client.isReady) throw error;
      return true;
    }
  }
  client.on("ready", () => {
    told = false;
    if (!checked) return;
    for (const listener of listeners) listener();
    // it may have been started anew with other settings: nothing is kept there before that is known
    known = persists().then(
      (does) => {
        if (does && !refused) note("redis-persists");
        refused = does;
      },
      () => undefined, // lost again: the next return asks again
    );
  });

  const connected = client.connect().catch(() => undefined); // the error event has told it
  await Promise.race([
    connected,
    new Promise((resolve) => setTimeout(resolve, patience.connect).unref()),
    new Promise((resolve) => client.once("error", resolve)),
  ]);
  if (client.isReady && (await persists().catch(() => false))) {
    client.destroy();
    throw fail("redis-persists");
  }
  if (!client.isReady && options.needed) {
    client.destroy();
    throw fail("redis-unreachable");
  }
  checked = true;

  const named = (name: string): string => `quietline:${options.house}:${name}`;
  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    await known;
    if (refused) throw fail("redis-persists");
    try {
      return await work();
    } catch {
      throw fail("redis-unreachable");
    }
  }
  /** Bytes travel as they are; the library's types do not say so of answers. */
  const found = (value: unknown): Buffer | undefined => (value === null ? undefined : (value as Buffer));

  return {
    client,
    get: (names) => guarded(async () => (await bytes.mGet(names.map(named))).map(found)),
    put: (name, value, until) =>
      guarded(async () => void (await client.set(named(name), value, { expiration: { type: "PXAT", value: until } }))),
    settle: (name, value, until) =>
      guarded(async () => {
        const set = { condition: "NX", expiration: { type: "PXAT", value: until }, GET: true } as const;
        return found(await bytes.set(named(name), value, set)) ?? value;
      }),
    count: (name, until) =>
      guarded(async () => void (await client.multi().incr(named(name)).pExpireAt(named(name), until).exec())),
    take: (name) => guarded(async () => found(await bytes.getDel(named(name)))),
    change: ({ from, began = "", to = from, value, until, orNone }) =>
      guarded(async () => {
        const keys = [named(from), named(to)];
        const args = [began, value, String(until), orNone ? "yes" : "no"];
        return (await client.eval(changeScript, { keys, arguments: args as string[] })) === 1;
      }),
    letter: (name, began, letter) =>
      guarded(async () => (await client.eval(letterScript, { keys: [named(name)], arguments: [began, letter] })) === 1),
    drop: (name, value) =>
      guarded(
        async () =>
          void (await client.eval(dropScript, { keys: [named(name)], arguments: [value as never as string] })),
      ),
    onReturn: (listener) => void listeners.push(listener),
    async close() {
      if (client.isOpen) client.destroy();
    },
  };
}
