/**
 * What may be attached to a report, decided by what a file is and never by what it is called: names lie, and they tell
 * about their owner. Nothing is ever unpacked or run here; pictures are drawn anew, so that nothing hidden in them is left.
 */
import { drawAnew, LIMITS, type Target } from "./easel.ts";

export type FileKind = "image" | "pdf" | "office" | "archive" | "text" | "audio" | "video" | "other";

/** Why a file is refused. `voice`: a voice is recognised, so its owner is told to describe what was said instead. */
export type Refusal = "empty" | "executable" | "script" | "voice" | "image-format";

export interface Verdict {
  kind: FileKind;
  /** The MIME type by content; what cannot be shown safely as itself goes as plain text or as bytes. */
  type: string;
  /** For `neutralName`; by content too. */
  extension: string;
  allowed: boolean;
  why?: Refusal;
  /** Reviewers must be warned: such a file may do harm when opened, and may tell about its maker. */
  warn: boolean;
  /** `cleanImage` can take everything out of it but the picture. */
  cleanable: boolean;
}

/** A picture drawn anew, with its MIME type and the extension for `neutralName` (a GIF or TIFF comes out as PNG). */
export interface CleanImage {
  bytes: Uint8Array;
  type: string;
  extension: string;
}

/** A picture that cannot be drawn anew: broken, cut, too large, or no picture at all. */
export class AttachmentError extends Error {
  readonly code = "image-unreadable";

  constructor() {
    super("image-unreadable");
    this.name = "AttachmentError";
  }
}

/** Most bytes of a picture, and the limits of drawing it anew. */
export const IMAGE_LIMITS = { bytes: 64 * 1024 * 1024, ...LIMITS } as const;

/** Pictures that we can draw anew, and as what. HEIC is none of them: its decoder is not in the library's own build. */
const CLEANABLE = new Map<string, Target>([
  ["image/jpeg", "jpeg"],
  ["image/png", "png"],
  ["image/apng", "png"],
  ["image/gif", "png"],
  ["image/webp", "webp"],
  ["image/tiff", "png"],
  ["image/avif", "jpeg"],
]);

const EXECUTABLE = set(`
  application/x-elf application/x-mach-binary application/x-msdownload application/x-shockwave-flash application/wasm
  application/x-google-chrome-extension application/x-xpinstall application/x-deb application/x-rpm application/java-vm
  application/x-apple-diskimage application/java-archive application/vnd.android.package-archive application/x-asar
  application/x.ms.shortcut application/x.apple.alias application/vnd.ms-htmlhelp application/x-ms-regedit`);
const SCRIPT = set("application/postscript application/eps");
const ARCHIVE = set(`
  application/zip application/x-tar application/x-rar-compressed application/gzip application/x-bzip2 application/x-xz
  application/x-7z-compressed application/zstd application/x-lz4 application/x-lzip application/x-compress
  application/x-lzh-compressed application/vnd.ms-cab-compressed application/x-arj application/x-cpio
  application/x-ace-compressed application/x-unix-archive`);
const VOICE = set("application/ogg application/vnd.ms-asf application/vnd.rn-realmedia");
const OFFICE =
  /^application\/(rtf|x-cfb|vnd\.(ms-(word|excel|powerpoint|outlook)|openxmlformats-|oasis\.opendocument|visio))/;
/** Recognised formats that are made of readable characters. Any other match on a readable text is chance ("BM", "MZ"). */
const READABLE = /^(application\/(pdf|rtf|xml|postscript|eps|x-ms-regedit|pgp-encrypted)|text\/.*)$/;

/** Loaded with the first file: a start, and most reports, have none. */
const typeOf = async (head: Uint8Array) => (await import("file-type")).fileTypeFromBuffer(head);

/**
 * Says what a file is and whether it may be attached.
 *
 * @param head the first bytes (4,100 are enough), or all of a smaller file
 * @param bytes size of the whole file
 */
export async function inspect(head: Uint8Array, bytes: number): Promise<Verdict> {
  if (bytes === 0) return refuse("empty", "other");
  const text = readable(head, bytes > head.length);
  const guess = await typeOf(head).catch(() => undefined);
  const found = guess && text !== undefined && !READABLE.test(guess.mime) ? undefined : guess;
  const type = found?.mime ?? "application/octet-stream";
  const has = (word: string | RegExp) =>
    typeof word === "string" ? latin(head).includes(word) : word.test(latin(head));

  if (EXECUTABLE.has(type)) return refuse("executable", "other", type);
  if (SCRIPT.has(type)) return refuse("script", "other", type);
  if (type === "application/pdf") return allow("pdf", type, "pdf", true);
  if (type.startsWith("application/") && OFFICE.test(type)) {
    if (type !== "application/x-cfb") return allow("office", type, found?.ext, true);
    return has(INSTALLER) ? refuse("executable", "other", type) : allow("office", type, oldOffice(has), true);
  }
  if (text !== undefined && (!found || READABLE.test(type)) && type !== "application/pgp-encrypted") {
    return ACTIVE.test(text) ? refuse("script", "text", "text/plain") : allow("text", "text/plain", "txt", false);
  }
  if (type.startsWith("image/")) {
    if (CLEANABLE.has(type)) return allow("image", type, found?.ext, false);
    return type === "image/bmp" ? allow("image", type, "bmp", true) : refuse("image-format", "image", type);
  }
  if (type.startsWith("audio/") || VOICE.has(type)) return refuse("voice", "audio", type);
  if (type.startsWith("video/"))
    return soundOnly(has) ? refuse("voice", "audio", type) : allow("video", type, found?.ext, true);
  if (ARCHIVE.has(type))
    return PROGRAM_PARTS.some(has) ? refuse("executable", "other", type) : archive(type, found?.ext, has);
  return allow("other", type, found?.ext, true);
}

/**
 * Draws a picture anew: upright, at most 4,096 pixels a side, first frame only, without any metadata or appended bytes.
 *
 * @throws AttachmentError `image-unreadable`; a failure of `source` itself is passed on as it is
 */
export async function cleanImage(source: ReadableStream<Uint8Array>): Promise<CleanImage> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > IMAGE_LIMITS.bytes) throw new AttachmentError();
    chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks, size);
  try {
    // Asked before the library is, so that it never meets a vector format, whose drawing could reach for other files.
    const target = CLEANABLE.get((await typeOf(whole.subarray(0, 4100)))?.mime ?? "");
    if (!target) throw new AttachmentError();
    const bytes = await drawAnew(whole, target);
    return { bytes, type: `image/${target}`, extension: target === "jpeg" ? "jpg" : target };
  } catch {
    // Whatever the library says describes the picture; the person is told only that it cannot be read.
    throw new AttachmentError();
  }
}

/** The name under which a file is handed on: a number and what it is. */
export function neutralName(n: number, extension: string): string {
  return `file-${n}.${/^[a-z0-9]{1,8}$/.test(extension) ? extension : "bin"}`;
}

type Has = (word: string | RegExp) => boolean;

function allow(kind: FileKind, type: string, extension: string | undefined, warn: boolean): Verdict {
  return { kind, type, extension: extension ?? "bin", allowed: true, warn, cleanable: CLEANABLE.has(type) };
}

function refuse(why: Refusal, kind: FileKind, type = "application/octet-stream"): Verdict {
  return { kind, type, extension: "bin", allowed: false, why, warn: true, cleanable: false };
}

/** Office files are zips; where the head does not reach the part that names their kind, their folders still do. */
function archive(type: string, extension: string | undefined, has: Has): Verdict {
  const office = type === "application/zip" && has("[Content_Types].xml");
  const kinds = { "word/": "docx", "xl/": "xlsx", "ppt/": "pptx" };
  const inner = office ? Object.entries(kinds).find(([folder]) => has(folder)) : undefined;
  return office ? allow("office", type, inner?.[1] ?? "zip", true) : allow("archive", type, extension, true);
}

/** Parts that only programs have. */
const PROGRAM_PARTS = ["META-INF/MANIFEST.MF", "AndroidManifest.xml", "classes.dex", "Payload/"];

/** Class ids of Windows Installer packages, patches and transforms (000C1084, -86, -82), as they lie in the file. */
const INSTALLER = /[\x82\x84\x86]\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46/;

/** The kind of an office file from before 2007, by the names of its streams (UTF-16). */
function oldOffice(has: Has): string {
  const wide = (name: string) => [...name].join("\0");
  if (has(wide("WordDocument"))) return "doc";
  if (has(wide("Workbook"))) return "xls";
  if (has(wide("PowerPoint Document"))) return "ppt";
  return has(wide("__substg1.0")) ? "msg" : "bin";
}

/** Voice notes come in the wrappers of films: an MP4 whose first tracks are sound, a WebM with no picture codec. */
function soundOnly(has: Has): boolean {
  const mp4 = has(/hdlr[\s\S]{8}soun/) && !has(/hdlr[\s\S]{8}vide/);
  const webm = has(/A_(OPUS|VORBIS|AAC|MPEG|PCM|FLAC)/) && !has(/V_[A-Z0-9]/);
  return mp4 || webm;
}

/**
 * Text that a program would run: the tags by which browsers recognise HTML (whatwg mimesniff §7.1), SVG and XHTML
 * inside XML, and the first lines of scripts and of shortcuts.
 */
const ACTIVE = new RegExp(
  [
    String.raw`^\s*(<\?xml[^>]*>\s*)?<(!doctype\s+(html|svg)|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg|meta|link|object|embed)[\s>/]`,
    String.raw`^\s*<!--`,
    String.raw`^\s*<\?(php|=)`,
    String.raw`^\s*<%`,
    String.raw`^\s*<\?xml[\s\S]*(<([a-z0-9]+:)?(svg|html|script|stylesheet)[\s>/]|<\?xml-stylesheet|<!entity)`,
    "^#!",
    String.raw`^\s*@echo\b`,
    String.raw`^\s*(windows registry editor|regedit4)`,
    String.raw`^\s*\[(internetshortcut|desktop entry|autorun|\.shellclassinfo)\]`,
  ].join("|"),
  "i",
);

/** The text of a readable file (UTF-8, GB18030, or UTF-16 with its mark); undefined for anything else. */
function readable(head: Uint8Array, cut: boolean): string | undefined {
  const [one, two] = head;
  const wide = one === 0xff && two === 0xfe ? "utf-16le" : one === 0xfe && two === 0xff ? "utf-16be" : undefined;
  for (const encoding of wide ? [wide] : ["utf-8", "gb18030"]) {
    try {
      // With `stream`, a character that the end of the head cuts in two is no mistake.
      const text = new TextDecoder(encoding, { fatal: true }).decode(head, { stream: cut });
      if (!/[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text)) return text;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return undefined;
}

/** One character a byte, so that bytes can be searched like text. */
function latin(head: Uint8Array): string {
  return Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString("latin1");
}

function set(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}
