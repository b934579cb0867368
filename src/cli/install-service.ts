/** `install-service`: writes the hardened systemd unit for this copy of the programme, the user that it runs as, and the command for its house. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { complain, exit, say } from "./terminal.ts";

export function installServiceCommands(program: Command): void {
  program
    .command("install-service")
    .description("write the hardened systemd unit for this copy of Quietline, its user, and the command `quietline`")
    .option("--print", "only show the unit")
    .option("--root <folder>", "where /etc is, for images and tests", "/")
    .action(async ({ print, root: base }: { print?: boolean; root: string }) => {
      const { root } = await import("../main.ts");
      const here = root.replace(/\/+$/, "");
      const filled = (name: string) =>
        readFileSync(join(here, "deploy", name), "utf8")
          .replaceAll("@ROOT@", here)
          .replaceAll("@NODE@", process.execPath);
      const unit = filled("quietline.service");
      if (print) return say(unit.trimEnd());
      if (/^\/(home|root)\//.test(`${here}/`) || /^\/(home|root)\//.test(process.execPath)) {
        complain("The service cannot look into /home or /root: put Quietline (and node) elsewhere, as /opt/quietline.");
        process.exit(exit.config);
      }
      const closed = closedTo([join(here, "dist/cli.js"), join(here, "node_modules"), process.execPath]);
      if (closed) {
        complain(`The service runs as a user of its own, who cannot read ${closed}: chmod -R go+rX ${here}`);
        process.exit(exit.config);
      }
      const written: [path: string, text: string, mode: number][] = [
        [join(base, "etc/systemd/system/quietline.service"), unit, 0o644],
        [join(base, "etc/sysusers.d/quietline.conf"), filled("quietline.sysusers"), 0o644],
        [join(base, "usr/local/bin/quietline"), filled("quietline.sh"), 0o755],
      ];
      try {
        for (const [path, text, mode] of written) {
          mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
          writeFileSync(path, text);
          chmodSync(path, mode);
        }
      } catch {
        complain("The unit could not be written: run this as root.");
        process.exit(exit.unavailable);
      }
      say(`Written: ${written.map(([path]) => path).join(", ")}.`);
      say("Next: systemd-sysusers && systemctl daemon-reload && systemctl enable --now quietline");
      say(
        "Then: journalctl -u quietline shows the first reviewer's link. Settings go into /var/lib/quietline/quietline.yaml; commands are given as “quietline doctor”.",
      );
    });
}

/** The first of these paths, or of the folders that they lie in, which is closed to other users (as a umask of 077 makes it). */
function closedTo(paths: string[]): string | undefined {
  for (const path of paths)
    for (let at = path; ; at = dirname(at)) {
      const seen = statSync(at, { throwIfNoEntry: false });
      const wanted = seen?.isDirectory() ? 0o005 : 0o004;
      if (seen && (seen.mode & wanted) !== wanted) return at;
      if (at === dirname(at)) break;
    }
  return undefined;
}
