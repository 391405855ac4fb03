import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { unusedStyles } from "./build/unused-styles.ts";

// The page is served under `default-src 'none'`: nothing inline, no data: URLs, every script a hashed file of this origin.
export default defineConfig({
  base: "/",
  plugins: [unusedStyles(import.meta.dirname), react()],
  build: {
    outDir: "../../../target/frontend",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    target: "es2023",
    // Tool pages (terminal and session) are one lazy chunk group; the limit watches the first load.
    chunkSizeWarningLimit: 900,
    // What the first page imports is one file: as thirty, each shared with some lazy page, it takes longer even from the browser's cache.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] } } },
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.{ts,tsx}", "build/**/*.test.ts"],
    css: false,
    restoreMocks: true,
    // otherwise one processor is left idle
    maxWorkers: "100%",
    // every bit flipped takes a while on a busy machine
    testTimeout: 60_000,
    // PatternFly imports .css files from JavaScript, which Node cannot load by itself
    server: { deps: { inline: [/@patternfly\//] } },
  },
});
