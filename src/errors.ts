/**
 * Every error that Quietline raises on purpose: a stable code, a sentence and its cure for the operator, and whether a
 * person may meet it (then its words stand in `locales/<locale>/errors.json` under the code).
 * An error never carries an address, a text, a receipt, a token or a context: only its code and harmless values.
 */
const table = {
  "config-invalid": {
    operator: "The configuration has problems.",
    cure: "Mend each line that is listed above and start again.",
  },
  "home-unwritable": {
    operator: "The state folder cannot be written.",
    cure: "Give the user that runs Quietline the folder (mode 0700), or set QUIETLINE_HOME.",
  },
  "key-missing": {
    operator: "The database was made with a key, but the key is not there.",
    cure: "Put the key file back (key.age in the state folder) or set QUIETLINE_KEY_FILE; who holds an offline recovery key gives `quietline keys recover`.",
  },
  "key-wrong": {
    operator: "The key does not belong to this database.",
    cure: "Use the key that the database was made with, or that it was exchanged for (`keys rotate` leaves that in key.age, and QUIETLINE_KEY goes before it), or point DATABASE_URL to the other database.",
  },
  "key-invalid": {
    operator: "The key is not an age hybrid identity (AGE-SECRET-KEY-PQ-1…).",
    cure: "Restore the key file from its backup.",
  },
  "key-open": {
    operator: "The key file can be read by others.",
    cure: "chmod 600 the key file, and chmod 700 the state folder.",
  },
  "key-rotating": {
    operator: "An exchange of the key was begun and is not finished.",
    cure: "Give `quietline keys rotate` once more: it goes on where it was cut off.",
  },
  "key-rotated": {
    operator: "The key was exchanged while this process ran on with the old one; nothing was stored.",
    cure: "Start it again, with the new key file.",
  },
  "house-open": {
    operator: "A service or another command has this database open.",
    cure: "Stop every process of the house, on every machine, then give the command again.",
  },
  "rotation-unknown": {
    operator: "The database holds a sealed column that this version does not know how to seal anew.",
    cure: "Run the version that the database was made with; nothing was changed.",
  },
  "rotation-differs": {
    operator: "What was sealed anew did not open as it should; nothing was changed.",
    cure: "Run doctor, make a backup, and report this as a fault.",
  },
  "key-there": {
    operator: "Another key file is there already; nothing was written over it.",
    cure: "If it is of no use, move key.age in the state folder away, then give the command again.",
  },
  "recovery-missing": {
    operator: "There is no recovery file here, so that no offline key can help.",
    cure: "One is kept in the state folder and beside each backup (recovery-….age) from the first start with QUIETLINE_RECOVERY on; without one only a copy of key.age opens the house.",
  },
  "recovery-wrong": {
    operator: "None of the recovery files is sealed to this key.",
    cure: "Give the file of an offline key (AGE-SECRET-KEY-PQ-1…) whose public half QUIETLINE_RECOVERY named.",
  },
  "recovery-many": {
    operator: "The recovery files hold several keys, and there is nothing to tell which one is wanted.",
    cure: "Name the backup that you want to open with --from (quietline-….age), or one of the recovery files.",
  },
  "database-corrupt": {
    operator: "The database is damaged.",
    cure: "Stop, copy the state folder away, and restore the last backup.",
  },
  "database-locked": {
    operator: "The database is held by another program.",
    cure: "End the other program, then start again.",
  },
  "database-unreachable": {
    operator: "The database cannot be reached.",
    cure: "Check DATABASE_URL and that the server runs.",
  },
  "database-newer": { operator: "The database was made by a newer Quietline.", cure: "Run the newer version." },
  "database-not-empty": {
    operator: "The database that rows should go into holds some already.",
    cure: "Name an empty database or a fresh state folder.",
  },
  "database-moved": {
    operator: "This database was moved to another one, and takes no write any more.",
    cure: "Point DATABASE_URL to the database that it was moved to.",
  },
  "database-moving": {
    operator: "A move into this database was begun and is not finished.",
    cure: "Give the same `quietline move` once more: it goes on where it was cut off.",
  },
  "move-differs": {
    operator: "The copy differs from the database that it was made of; nothing was switched over.",
    cure: "Empty the new database, end every program that writes to either of them, and move again.",
  },
  "backup-damaged": {
    operator: "The backup is damaged, lacks a part, or was made with another key.",
    cure: "Use another backup of the folder (`quietline backup list` names them), and the key that it was made with.",
  },
  "backup-none": {
    operator: "There is no backup.",
    cure: "Name a backup folder, or the file quietline-….age in it.",
  },
  "backup-busy": {
    operator: "Another backup, or a tidying up of this folder, is under way.",
    cure: "Wait until it is over, then give the command again.",
  },
  "backup-unwritable": {
    operator: "The backup folder cannot be written.",
    cure: "Mount it for writing, or give the user that runs Quietline the folder (mode 0700).",
  },
  "backup-newer": { operator: "The backup was made by a newer Quietline.", cure: "Run the newer version." },
  "backup-shared": {
    operator: "The backup folder can be read by others, or is no folder.",
    cure: "Name a folder of mode 0700 that is not the state folder.",
  },
  "disk-full": {
    operator: "The disk is full; nothing was acknowledged that was not stored.",
    cure: "Free space. What could not be stored was answered with an apology, not a receipt.",
    person: true,
  },
  "redis-unreachable": {
    operator: "Redis cannot be reached.",
    cure: "Check REDIS_URL and that the server runs. Meanwhile drafts cannot be read, and each process keeps limits alone.",
  },
  "redis-persists": {
    operator:
      "Redis writes what it holds to a disk, or does not say whether it does; drafts and their keys must not lie there.",
    cure: 'Give it `save ""` and `appendonly no`, allow CONFIG GET, and empty its folder; or set QUIETLINE_REDIS_PERSISTS=i-accept.',
  },
  "port-taken": {
    operator: "The address that the web page or the figures should have is already in use.",
    cure: "End the other program or set QUIETLINE_LISTEN (or QUIETLINE_METRICS_LISTEN).",
  },
  "port-refused": {
    operator: "The system does not let the web page or the figures have this address.",
    cure: "Give QUIETLINE_LISTEN (or QUIETLINE_METRICS_LISTEN) an address that this machine has, and a port from 1024 on (or let the user of the service open lower ones).",
  },
  "content-invalid": { operator: "A content file is not valid.", cure: "Mend the file and line that are named." },
  "audit-broken": {
    operator: "The audit log was changed from outside.",
    cure: "Keep the database as evidence, compare it with backups, and find out who had access.",
  },
  "case-unseen": {
    operator: "There is a case that nobody here may see: whoever could is excluded from it, or nobody is there.",
    cure: "Invite a deputy whom no reporter named (`quietline reviewer invite --role deputy`): they see it in /queue.",
  },
  "board-unreachable": {
    operator: "A board cannot be written to.",
    cure: "Put the bot back, open or unlock the topic or thread, or bind another place with /board. What is shut is tried again every ten minutes; what was deleted waits for `quietline outbox retry` for 30 days; `quietline board remove` takes the board away.",
  },
  "turn-failed": {
    operator: "A turn failed.",
    cure: "See the code beside it. The person was told; what was acknowledged before is safe.",
    person: true,
  },
  "turn-contended": {
    operator: "A turn lost too many races and was given up.",
    cure: "Nothing; the person was asked to try again.",
    person: true,
  },
  "file-too-large": { operator: "A file was over the limit.", cure: "Nothing.", person: true },
  "files-gone": {
    operator: "A draft's files were swept before it was sent.",
    cure: "Nothing; the person was told.",
    person: true,
  },
  "file-empty": { operator: "A file was empty.", cure: "Nothing.", person: true },
  "file-broken": { operator: "A file did not arrive whole.", cure: "Nothing.", person: true },
  "not-allowed": {
    operator: "An order was refused because of its sender's role.",
    cure: "Nothing; the attempt is counted.",
    person: true,
  },
  "too-many": {
    operator: "Somebody sent more in a day than one person has to send.",
    cure: "Nothing; the person was told.",
    person: true,
  },
  stale: { operator: "The thing changed meanwhile; the turn is taken again.", cure: "Nothing.", person: true },
} as const satisfies Record<string, { operator: string; cure: string; person?: true }>;

export type ErrorCode = keyof typeof table;

/** An error with a stable code. Its message is the operator's sentence; `cause` is never printed by us. */
export class QuietlineError extends Error {
  readonly code: ErrorCode;
  readonly values: Record<string, string | number>;
  constructor(code: ErrorCode, values: Record<string, string | number> = {}) {
    super(table[code].operator);
    this.name = "QuietlineError";
    this.code = code;
    this.values = values;
  }
}

/** Builds the error of this code. */
export function fail(code: ErrorCode, values?: Record<string, string | number>): QuietlineError {
  return new QuietlineError(code, values);
}

/** The operator's sentence and its cure. */
export function explain(code: ErrorCode): { sentence: string; cure: string } {
  return { sentence: table[code].operator, cure: table[code].cure };
}

/** Codes that a person can meet; each has words in every locale. */
export const personCodes = (Object.keys(table) as ErrorCode[]).filter((code) => "person" in table[code]);

/**
 * The code of anything that was thrown: our own, or what a database, a disk or a stream said, or `turn-failed`.
 * Looks at `code` only, never at a message.
 */
export function codeOf(error: unknown): ErrorCode {
  if (error instanceof QuietlineError) return error.code;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (Object.hasOwn(table, code)) return code as ErrorCode;
  if (code === "ENOSPC" || code === "SQLITE_FULL" || code === "53100" || code === "EDQUOT") return "disk-full";
  if (code === "SQLITE_CORRUPT" || code === "SQLITE_NOTADB") return "database-corrupt";
  if (code === "SQLITE_BUSY" || code === "SQLITE_LOCKED" || code === "55P03") return "database-locked";
  if (["ECONNREFUSED", "ENOTFOUND", "57P01", "57P02", "57P03", "53300", "3D000", "28P01", "28000"].includes(code))
    return "database-unreachable";
  if (code === "EADDRINUSE") return "port-taken";
  if (code === "EACCES" || code === "EROFS" || code === "EPERM") return "home-unwritable";
  return "turn-failed";
}
