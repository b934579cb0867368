/**
 * What a change of the organisation's key has to do with every column of bytes that there is. One that stands nowhere here
 * stops the change before it begins, and fails a test: nothing sealed is ever left behind under a key that is gone.
 */

/** How a value was sealed. */
export type Seal =
  /** A column value; `room` has a key of its own, `place` is bound to it. `holds` names a sealed address inside of it. */
  | { by: "columns"; place: string; room?: "tips" | "quiz"; holds?: "address" | "watch.address" }
  /** An age file to the organisation, its offline keys, and the mailbox of the report that the row belongs to. */
  | { by: "vault"; mailbox?: "id" | "report" };

/** Why a column of bytes is left as it is: a keyed name, whose key is carried over, or sealed by a key that is not of the house. */
export type Left = "name" | "day key";

export interface Table {
  name: string;
  /** The primary key, in its order. */
  keys: string[];
  columns: Record<string, Seal | Left>;
}

const column = (place: string, more: Partial<Extract<Seal, { by: "columns" }>> = {}): Seal => ({
  by: "columns",
  place,
  ...more,
});
const address = column("address");

export const plan: readonly Table[] = [
  {
    name: "reports",
    keys: ["id"],
    columns: { summary: column("reports.summary"), body: { by: "vault", mailbox: "id" } },
  },
  { name: "messages", keys: ["report", "number"], columns: { body: { by: "vault", mailbox: "report" } } },
  // each attached file lies under a key of its own, made for it by chance, and that key lies in here
  { name: "files", keys: ["report", "number"], columns: { body: { by: "vault", mailbox: "report" } } },
  { name: "notes", keys: ["report", "number"], columns: { body: { by: "vault" } } },
  { name: "notify", keys: ["report"], columns: { address: column("notify", { holds: "address" }) } },
  { name: "requests", keys: ["id"], columns: { body: column("requests") } },
  { name: "replies", keys: ["id"], columns: { body: column("replies") } },
  { name: "reviewers", keys: ["alias"], columns: { passphrase: column("reviewers.passphrase") } },
  { name: "factors", keys: ["alias"], columns: { body: column("factors") } },
  { name: "doors", keys: ["tag"], columns: { address } },
  { name: "invites", keys: ["tag"], columns: { leads_to: column("invites") } },
  { name: "boards", keys: ["id"], columns: { address } },
  { name: "outbox", keys: ["id"], columns: { address, payload: column("outbox.payload") } },
  { name: "posts", keys: ["place"], columns: { body: column("posts") } },
  { name: "campaigns", keys: ["id"], columns: { body: column("campaigns", { holds: "watch.address" }) } },
  {
    name: "subscribers",
    keys: ["id"],
    columns: { address, body: column("subscribers.body", { room: "tips" }) },
  },
  { name: "learners", keys: ["id"], columns: { body: column("learners.body", { room: "quiz" }) } },
  { name: "questions", keys: ["id"], columns: { body: column("questions.body") } },
  { name: "fingerprints", keys: ["tag", "report"], columns: { tag: "name" } },
  { name: "canaries", keys: ["tag"], columns: { tag: "name", place: column("canaries.place") } },
  { name: "sightings", keys: ["tag", "week", "kind"], columns: { tag: "name", words: column("sightings.words") } },
  { name: "surges", keys: ["id"], columns: { tag: "name" } },
  { name: "sessions", keys: ["slot"], columns: { body: "day key" } },
];

/** What becomes of a key that derives from the organisation's. */
export const purposes: { purpose: RegExp; fate: "sealed anew" | "carried" | "kept apart" | "fresh" }[] = [
  { purpose: /^(columns|tips columns|keyring)$/, fate: "sealed anew" },
  // keyed names of what we do not hold in clear (an account, a card number, an alias): nobody could make them again
  { purpose: /^(fingerprints of [a-z]+|door tags|invitations|tips tags)$/, fate: "carried" },
  // names are carried, what was learned is sealed anew
  { purpose: /^quiz$/, fate: "carried" },
  // the chain goes on under the new key; what was chained before is still proven by the one of its time
  { purpose: /^audit log$/, fate: "kept apart" },
  // what they made is over within two days at most: cookies, sums, muted senders, halves of the keys of drafts
  { purpose: /^(drafts|senders|toll|web visits)$/, fate: "fresh" },
  // a backup opens with the key that it was made with
  { purpose: /^backup (parts|list)$/, fate: "fresh" },
];
