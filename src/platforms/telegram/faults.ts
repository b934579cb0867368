/**
 * What can go wrong on Telegram's wire, as codes. The library's errors hold answers and, when an address is
 * malformed, the token; so none of them leaves this folder: each becomes a `Fault`, which holds a code and a number.
 */
import { NetworkError, ParseError, TelegramApiError, TimeoutError } from "node-telegram-bot-api";
import type { Sent } from "../platform.ts";

export type FaultCode =
  | "telegram-busy"
  | "telegram-unreachable"
  | "telegram-lost-answer"
  | "telegram-token-refused"
  | "telegram-conflict"
  | "telegram-blocked"
  | "telegram-chat-gone"
  | "telegram-group-moved"
  | "telegram-no-rights"
  | "telegram-topic-closed"
  | "telegram-not-modified"
  | "telegram-message-gone"
  | "telegram-file-too-big"
  | "telegram-download-failed"
  | "telegram-button-invalid"
  | "telegram-webhook-invalid"
  | "telegram-refused"
  | "telegram-unexpected";

/** A failure with nothing in it but a stable code and, where Telegram named one, a waiting time in seconds. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly after: number | undefined;

  constructor(code: FaultCode, after?: number) {
    super(code);
    this.name = "Fault";
    this.code = code;
    this.after = after;
  }

  /** The same call may work later. */
  get passing(): boolean {
    return (
      this.code === "telegram-busy" ||
      this.code === "telegram-unreachable" ||
      this.code === "telegram-lost-answer" ||
      this.code === "telegram-token-refused" ||
      this.code === "telegram-conflict"
    );
  }
}

/** Where groups moved to, kept beside the fault, so that whoever prints one prints no address. */
const moves = new WeakMap<Fault, string>();

/** The new number of the group, where that is why the call failed. */
export const movedTo = (fault: Fault): string | undefined => moves.get(fault);

function moved(to: number): Fault {
  const fault = new Fault("telegram-group-moved");
  moves.set(fault, String(to));
  return fault;
}

/** Turns whatever was thrown into a `Fault`; the original is dropped on purpose. */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  if (error instanceof TelegramApiError) return apiFault(error);
  if (error instanceof NetworkError)
    return new Fault(neverLeft(error.cause) ? "telegram-unreachable" : "telegram-lost-answer");
  if (error instanceof TimeoutError || error instanceof ParseError) return new Fault("telegram-lost-answer");
  return new Fault("telegram-unexpected");
}

// Telegram has no machine-readable codes below the status, so its English descriptions must be matched.
function apiFault({ errorCode, description, parameters }: TelegramApiError): Fault {
  if (errorCode === 429) return new Fault("telegram-busy", parameters?.retry_after ?? 1);
  if (errorCode >= 500) return new Fault("telegram-lost-answer");
  if (errorCode === 401 || errorCode === 404) return new Fault("telegram-token-refused");
  if (errorCode === 409) return new Fault("telegram-conflict");
  if (parameters?.migrate_to_chat_id !== undefined) return moved(parameters.migrate_to_chat_id);
  if (/TOPIC_CLOSED/i.test(description)) return new Fault("telegram-topic-closed");
  if (/not enough rights|have no rights|CHAT_WRITE_FORBIDDEN/i.test(description))
    return new Fault("telegram-no-rights");
  if (errorCode === 403) return new Fault("telegram-blocked");
  if (/message is not modified/i.test(description)) return new Fault("telegram-not-modified");
  if (/message to (edit|delete) not found|message can't be edited|MESSAGE_ID_INVALID/i.test(description))
    return new Fault("telegram-message-gone");
  if (/chat not found|thread not found|PEER_ID_INVALID|TOPIC_DELETED|user not found/i.test(description))
    return new Fault("telegram-chat-gone");
  if (/file is too big/i.test(description)) return new Fault("telegram-file-too-big");
  return new Fault("telegram-refused");
}

/** True where the request cannot have reached Telegram, so that sending again cannot make a second copy. */
function neverLeft(cause: unknown): boolean {
  for (let at = cause, depth = 0; typeof at === "object" && at !== null && depth < 4; depth++) {
    const code = "code" in at ? at.code : undefined;
    if (
      typeof code === "string" &&
      /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/.test(code)
    )
      return true;
    at = "cause" in at ? at.cause : undefined;
  }
  return false;
}

/** What the courier is told about a failed sending. */
export function sentOf(fault: Fault): Sent {
  const { code } = fault;
  switch (code) {
    case "telegram-busy":
      return { ok: false, retry: true, after: fault.after ?? 1, code };
    case "telegram-unreachable":
    case "telegram-conflict":
      return { ok: false, retry: true, code };
    case "telegram-token-refused":
      return { ok: false, retry: true, after: 60, wide: true, code };
    case "telegram-lost-answer":
      return { ok: false, retry: true, maybe: true, code };
    case "telegram-topic-closed":
    case "telegram-no-rights":
      return { ok: false, retry: true, after: 600, shut: true, code };
    case "telegram-blocked":
    case "telegram-chat-gone":
    case "telegram-group-moved":
      return { ok: false, retry: false, gone: true, code };
    default:
      return { ok: false, retry: false, gone: false, code };
  }
}
