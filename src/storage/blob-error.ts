/** What can go wrong with a file that somebody sends or reads. */

export type BlobErrorCode =
  | "file-too-large"
  | "file-empty"
  | "disk-full"
  /** The sender stopped or the line broke. */
  | "upload-interrupted"
  /** The disk answers with something other than "full". */
  | "storage-failed"
  | "blob-missing"
  /** The key is another one, or the file is damaged or cut. */
  | "blob-unreadable";

/** Carries a code and nothing of the sender's: no cause, since it could hold a path, a name or a token. */
export class BlobError extends Error {
  readonly code: BlobErrorCode;

  constructor(code: BlobErrorCode) {
    super(code);
    this.name = "BlobError";
    this.code = code;
  }
}

/** Of what the disk says only the kind is kept. */
export function coded(error: unknown): BlobError {
  if (error instanceof BlobError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return new BlobError(code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG" ? "disk-full" : "storage-failed");
}

export function recode(error: unknown): never {
  throw coded(error);
}

/** For the second failure of something that has already failed: the first one is being told. */
export function ignore(): void {}
