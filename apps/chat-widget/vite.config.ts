import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Bytes over the network: a page of somebody else carries it. */
const MOST_BYTES = 50_000;

/** Says how large the bundle is, and fails the build when it is too large. */
function weight(): Plugin {
  return {
    name: 'weight',
    writeBundle(_options, bundle) {
      const code = Object.values(bundle).map((file) => ('code' in file ? file.code : file.source));
      const bytes = gzipSync(code.join('')).byteLength;
      this.info(`chat.js is ${bytes} bytes gzipped, of ${MOST_BYTES}`);
      if (bytes > MOST_BYTES) throw new Error(`chat.js has ${bytes} bytes gzipped, at most ${MOST_BYTES}`);
    },
  };
}

export default defineConfig({
  root: here('.'),
  plugins: [weight()],
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    // One classic script without imports: a page's policy needs to allow nothing but our origin.
    lib: { entry: here('src/main.ts'), formats: ['iife'], name: 'TributaryChat', fileName: () => 'chat.js' },
  },
});
