// How the console is built: own files only, nothing inlined as data: URLs, because the content security policy is default-src 'self'.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const modernCss = ['chrome123', 'edge123', 'firefox121', 'safari17.5'];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: { proxy: { '/api': process.env.LAZYARK_ENDPOINT ?? 'http://127.0.0.1:4400' } },
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2023',
    // light-dark() must reach the browser as it is: every colour exists once, for both schemes.
    cssTarget: modernCss,
  },
});
