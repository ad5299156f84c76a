// Runs the demo in a data folder of its own and removes the folder afterwards.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [address, simAddress] = process.argv.slice(2);
const data = mkdtempSync(join(tmpdir(), "sembang-e2e-"));
// PostgreSQL runs as another user when this is root, and must reach its folder.
chmodSync(data, 0o755);

const binary = process.env.SEMBANG_BINARY ?? join(import.meta.dirname, "../../bin/sembang");
const server = spawn(binary, ["demo", "--addr", address, "--sim-addr", simAddress, "--data", data], {
  stdio: ["ignore", "inherit", "inherit"],
});

for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => server.kill(signal));
server.on("exit", (code) => {
  rmSync(data, { recursive: true, force: true });
  process.exit(code ?? 1);
});
server.on("error", (error) => {
  process.stderr.write(`${error.message}; build it with: make build\n`);
  rmSync(data, { recursive: true, force: true });
  process.exit(1);
});
