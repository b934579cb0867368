/** A small disk of its own that can be filled to the last byte and freed again; root on Linux only. */
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk {
  path: string;
  /** Makes it; false where that is impossible and the test has to be skipped. */
  mount(): boolean;
  /** @param but so many bytes (none) are left */
  fill(but?: number): void;
  free(): void;
  remove(): void;
}

export function smallDisk(megabytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "quietline-disk-"));
  const ballast = join(path, "ballast");
  let mounted = false;
  return {
    path,
    mount() {
      try {
        execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path], { stdio: "ignore" });
        mounted = true;
      } catch {
        mounted = false;
      }
      return mounted;
    },
    fill(but = 0) {
      const file = openSync(ballast, "w");
      try {
        for (;;) writeSync(file, Buffer.alloc(4096));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        closeSync(file);
      }
      truncateSync(ballast, statSync(ballast).size - but);
    },
    free: () => rmSync(ballast),
    remove() {
      if (mounted) execFileSync("umount", ["-l", path]);
      rmSync(path, { recursive: true });
    },
  };
}
