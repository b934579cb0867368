/** `install-service`: writes the hardened systemd unit for this copy of the programme, and the user that it runs as. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { complain, exit, say } from "./terminal.ts";

export function installServiceCommands(program: Command): void {
  program
    .command("install-service")
    .description("write the hardened systemd unit for this copy of Quietline, and the user that it runs as")
    .option("--print", "only show the unit")
    .option("--root <folder>", "where /etc is, for images and tests", "/")
    .action(async ({ print, root: base }: { print?: boolean; root: string }) => {
      const { root } = await import("../main.ts");
      const here = root.replace(/\/+$/, "");
      const unit = readFileSync(join(here, "deploy/quietline.service"), "utf8")
        .replaceAll("@ROOT@", here)
        .replaceAll("@NODE@", process.execPath);
      if (print) return say(unit.trimEnd());
      if (/^\/(home|root)\//.test(`${here}/`) || /^\/(home|root)\//.test(process.execPath)) {
        complain("The service cannot look into /home or /root: put Quietline (and node) elsewhere, as /opt/quietline.");
        process.exit(exit.config);
      }
      const written: [string, string][] = [
        [join(base, "etc/systemd/system/quietline.service"), unit],
        [join(base, "etc/sysusers.d/quietline.conf"), readFileSync(join(here, "deploy/quietline.sysusers"), "utf8")],
      ];
      try {
        for (const [path, text] of written) {
          mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
          writeFileSync(path, text);
          chmodSync(path, 0o644);
        }
      } catch {
        complain("The unit could not be written: run this as root.");
        process.exit(exit.unavailable);
      }
      say(`Written: ${written.map(([path]) => path).join(" and ")}.`);
      say("Next: systemd-sysusers && systemctl daemon-reload && systemctl enable --now quietline");
      say(
        "Then: journalctl -u quietline shows the first reviewer's link. Settings go into /var/lib/quietline/quietline.yaml.",
      );
    });
}
