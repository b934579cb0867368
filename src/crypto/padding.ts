/** Padding: a sealed body has one of few lengths, so that its length tells little about what is in it. */

/**
 * Puts four bytes of length in front and zeros behind, up to the next class: `smallest` doubled as often as needed
 * (256 → 256, 512, 1024, …; 4096 → 4096, 8192, …).
 */
export function pad(body: Uint8Array, smallest: number): Buffer {
  let size = smallest;
  while (size < body.length + 4) size *= 2;
  return padTo(body, size);
}

/** The same up to `size` bytes, which is at least four more than the body has. */
export function padTo(body: Uint8Array, size: number): Buffer {
  const padded = Buffer.alloc(size);
  padded.writeUInt32BE(body.length, 0);
  padded.set(body, 4);
  return padded;
}

/** Takes the padding off again. */
export function unpad(padded: Uint8Array): Buffer {
  const view = Buffer.from(padded.buffer, padded.byteOffset, padded.byteLength);
  return view.subarray(4, 4 + view.readUInt32BE(0));
}
