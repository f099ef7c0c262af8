// Cedar, the language of the policies: a WebAssembly module of 4 MB, loaded by the functions that decide, on first use.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Module = typeof import('@cedar-policy/cedar-wasm/web');
export type Cedar = Pick<
  Module,
  | 'checkParsePolicySet'
  | 'policySetTextToParts'
  | 'policyToJson'
  | 'preparsePolicySet'
  | 'schemaToJson'
  | 'statefulIsAuthorized'
  | 'validate'
>;

const WASM = 'cedar_wasm_bg.wasm';
const INSTALLED = fileURLToPath(new URL('../../node_modules/@cedar-policy/cedar-wasm/web', import.meta.url));
let loaded: Promise<Cedar> | undefined;

/** The same module for all who ask; a failure to load is tried again by the next. */
export function loadCedar(): Promise<Cedar> {
  loaded ??= load();
  loaded.catch(() => {
    loaded = undefined;
  });
  return loaded;
}

async function load(): Promise<Cedar> {
  const [cedar, bytes] = await Promise.all([import('@cedar-policy/cedar-wasm/web'), readFile(wasmFile())]);
  // Compiled beside the thread; several workers of one process share the machine code.
  cedar.initSync({ module: await WebAssembly.compile(bytes) });
  return cedar;
}

/** In a function's package it lies beside the bundles; in the repository, where npm put it. */
export function wasmFile(): string {
  const root = process.env.LAMBDA_TASK_ROOT;
  return root ? join(root, 'wasm', WASM) : join(INSTALLED, WASM);
}
