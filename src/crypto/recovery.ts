/**
 * The recovery file: the organisation's identity, sealed to the offline keys of `QUIETLINE_RECOVERY`. Columns and
 * fingerprints derive from that identity and are sealed to nobody else, so that this file is what brings a house back whose
 * key was lost. It is an age file that the standard tool opens, a file and no row, so that it can be opened with no
 * database and no Quietline. Its name says for which key and for which recipients it was made.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Decrypter, Encrypter } from "age-encryption";
import { putFile } from "./durable.ts";
import { identitiesIn, type Keys, keysOf } from "./keys.ts";

const named = /^recovery-[0-9a-f]{16}-[0-9a-f]{8}\.age$/;

/** The same for the same key and recipients, in whatever order. */
export function recoveryName(key: string, recipients: readonly string[]): string {
  const whom = createHash("sha256")
    .update([...recipients].sort().join("\n"))
    .digest("hex");
  return `recovery-${key}-${whom.slice(0, 8)}.age`;
}

/** An identity as an age file to these recipients; what is in it is a key file. */
export async function sealIdentity(keys: Keys, recipients: readonly string[]): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(
    `# Quietline's key ${keys.name}: the file key.age of the state folder, mode 0600\n${keys.identity}\n`,
  );
}

/**
 * Keeps the recovery file in a folder, if it is not there yet. Without recipients nothing is done.
 * @param alone takes those of other recipients and keys away: nobody who was taken off the list opens the next key
 * @returns its name
 */
export async function keepRecovery(
  folder: string,
  keys: Keys,
  recipients: readonly string[],
  alone = false,
): Promise<string | undefined> {
  if (recipients.length === 0) return undefined;
  const name = recoveryName(keys.name, recipients);
  const there = await recoveryFiles(folder);
  if (!there.includes(name)) await putFile(join(folder, name), await sealIdentity(keys, recipients));
  if (alone) for (const other of there) if (other !== name) await rm(join(folder, other), { force: true });
  return name;
}

/** The names of recovery files in a folder. */
export async function recoveryFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => named.test(name)).sort();
}

/** The keys that an age file holds, if one of the identities opens it and there are any in it. */
export async function openSealedKeys(path: string, identities: readonly string[]): Promise<Keys | undefined> {
  const bytes = await readFile(path);
  for (const identity of identities) {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const text = await decrypter.decrypt(bytes, "text").catch(() => ""); // sealed to somebody else
    const line = identitiesIn(text)[0];
    if (line) return keysOf(line);
  }
  return undefined;
}
