import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.SEMBANG_DEV_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), keepFolder()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // A file inlined as a data: address would be refused by the server's
    // content security policy, which allows data: for images only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 450,
  },
  server: { proxy: { "/api": server, "/healthz": server, "/readyz": server } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});

// Emptying dist would also remove the committed file that lets the Go side
// compile before the first build.
function keepFolder() {
  return {
    name: "keep-folder",
    generateBundle(this: { emitFile(file: { type: "asset"; fileName: string; source: string }): void }) {
      this.emitFile({ type: "asset", fileName: ".gitkeep", source: "" });
    },
  };
}
