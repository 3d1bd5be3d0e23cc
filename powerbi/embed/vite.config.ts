import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The reports page, as src/reports-page.ts serves it: one page, and assets whose names are their content. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/reports/',
  build: {
    outDir: fileURLToPath(new URL('../../dist/embed', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the page allows files of ours alone, so nothing is inlined as a data address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The SDK of Power BI is one file of more than half a megabyte; it is fetched by whoever embeds a report.
    chunkSizeWarningLimit: 700,
  },
  logLevel: 'warn',
});
