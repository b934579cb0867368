/**
 * age's hybrid recipients and identities, sealed to with the curve of OpenSSL. The format and every rule are age's own
 * (`mlkem768x25519` stanzas, C2SP age; X-Wing, draft-connolly-cfrg-xwing-kem; HPKE base mode, RFC 9180). The library does
 * the same with a curve in JavaScript, which was most of a report's cost. The tests hold both against each other.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { bech32 } from "@scure/base";
import { type Identity, type Recipient, Stanza } from "age-encryption";

/** Bytes of an ML-KEM-768 public key and ciphertext, and of everything on the curve. */
const kem = { key: 1184, share: 1088 };
const point = 32;
const kind = "mlkem768x25519";

/** Seals to `age1pq1…`. Throws for anything else. */
export function hybridRecipient(recipient: string): Recipient {
  const { prefix, words } = bech32.decode(recipient as `${string}1${string}`, false);
  const bytes = bech32.fromWords(words);
  if (prefix !== "age1pq" || bytes.length !== kem.key + point) throw new Error("invalid recipient");
  const curveKey = bytes.subarray(kem.key);
  const theirs = publicKey(curveKey);
  return {
    wrapFileKey(fileKey) {
      const { cipherText, sharedSecret } = ml_kem768.encapsulate(bytes.subarray(0, kem.key));
      const own = generateKeyPairSync("x25519");
      const ownKey = own.publicKey.export({ format: "der", type: "spki" }).subarray(-point);
      // OpenSSL refuses points of low order, as RFC 7748 §6.1 asks
      const met = diffieHellman({ privateKey: own.privateKey, publicKey: theirs });
      const { key, nonce } = schedule(combine(sharedSecret, met, ownKey, curveKey));
      const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
      const share = Buffer.concat([cipherText, ownKey]).toString("base64").replace(/=+$/, "");
      return [new Stanza([kind, share], new Uint8Array(body))];
    },
  };
}

/** Opens with `AGE-SECRET-KEY-PQ-1…`. Throws for anything else. */
export function hybridIdentity(identity: string): Identity {
  const own = expand(identity);
  return {
    unwrapFileKey(stanzas) {
      for (const { args, body } of stanzas) {
        if (args[0] !== kind) continue;
        const share = Buffer.from(args[1] ?? "", "base64");
        if (args.length !== 2 || share.length !== kem.share + point || body.length !== 32) throw new Error("invalid stanza");
        const theirKey = share.subarray(kem.share);
        const met = diffieHellman({ privateKey: own.curve, publicKey: publicKey(theirKey) });
        const shared = ml_kem768.decapsulate(share.subarray(0, kem.share), own.kem.secretKey);
        const { key, nonce } = schedule(combine(shared, met, theirKey, own.curveKey));
        const decipher = createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 }).setAuthTag(body.subarray(16));
        try {
          return new Uint8Array(Buffer.concat([decipher.update(body.subarray(0, 16)), decipher.final()]));
        } catch {
          // sealed to somebody else: the next one may be ours
        }
      }
      return null;
    },
  };
}

/** The public recipient of an identity. Throws for anything that is no hybrid identity. */
export function recipientOf(identity: string): string {
  const { kem, curveKey } = expand(identity);
  return bech32.encode("age1pq", bech32.toWords(Buffer.concat([kem.publicKey, curveKey])), false);
}

/** Both halves of an identity, from its 32 bytes. */
function expand(identity: string) {
  const { prefix, bytes } = bech32.decodeToBytes(identity);
  if (prefix.toUpperCase() !== "AGE-SECRET-KEY-PQ-" || bytes.length !== 32) throw new Error("invalid identity");
  const seeds = createHash("shake256", { outputLength: 96 }).update(bytes).digest();
  const curve = createPrivateKey({ key: Buffer.concat([pkcs8, seeds.subarray(64)]), format: "der", type: "pkcs8" });
  const curveKey = createPublicKey(curve).export({ format: "der", type: "spki" }).subarray(-point);
  return { kem: ml_kem768.keygen(seeds.subarray(0, 64)), curve, curveKey };
}

/** X-Wing's combiner; its label is six characters of ASCII art. */
function combine(shared: Uint8Array, met: Uint8Array, share: Uint8Array, key: Uint8Array): Buffer {
  const hash = createHash("sha3-256");
  for (const part of [shared, met, share, key, "\\.//^\\"]) hash.update(part);
  return hash.digest();
}

/** HPKE's key schedule in base mode (RFC 9180 §5.1): kem 0x647a, HKDF-SHA256, ChaCha20Poly1305. */
function schedule(secret: Uint8Array): { key: Buffer; nonce: Buffer } {
  const top = extract(secret, "secret", Buffer.alloc(0));
  return { key: expandTo(top, "key", 32), nonce: expandTo(top, "base_nonce", 12) };
}

const suite = Buffer.from([...Buffer.from("HPKE"), 0x64, 0x7a, 0, 1, 0, 3]);
const none = Buffer.alloc(0);
const context = Buffer.concat([
  Buffer.from([0]),
  extract(none, "psk_id_hash", none),
  extract(none, "info_hash", Buffer.from(`age-encryption.org/${kind}`)),
]);

function extract(salt: Uint8Array, label: string, from: Uint8Array): Buffer {
  return createHmac("sha256", salt).update("HPKE-v1").update(suite).update(label).update(from).digest();
}

/** One block of HKDF is enough for at most 32 bytes. */
function expandTo(secret: Uint8Array, label: string, bytes: number): Buffer {
  const block = createHmac("sha256", secret).update(Buffer.from([0, bytes])).update("HPKE-v1").update(suite).update(label);
  return block.update(context).update(Buffer.from([1])).digest().subarray(0, bytes);
}

/** What stands before 32 raw bytes in DER (RFC 8410). */
const pkcs8 = Buffer.from("302e020100300506032b656e04220420", "hex");
const spki = Buffer.from("302a300506032b656e032100", "hex");

function publicKey(bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([spki, bytes]), format: "der", type: "spki" });
}
