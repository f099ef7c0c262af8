// Reads a synthesized CDK assembly (cdk.out): its stacks in order of deployment, their templates and their assets.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemplateError } from './template/intrinsics.ts';
import type { TemplateResource } from './template/order.ts';

export type Template = {
  Parameters?: Record<string, { Type: string; Default?: unknown }>;
  Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  Conditions?: Record<string, unknown>;
  Resources: Record<string, TemplateResource>;
  Outputs?: Record<string, { Value: unknown; Condition?: string; Export?: { Name: unknown } }>;
};

export type Assembly = {
  stacks: { name: string; template: Template }[];
  /** object key of an asset (as the template names it) or its hash → path of its file or folder */
  assets: Map<string, string>;
};

type Artifact = { type: string; properties?: Record<string, unknown>; dependencies?: string[] };
type AssetManifest = {
  files?: Record<string, { source: { path?: string }; destinations: Record<string, { objectKey: string }> }>;
};

/** Reads the assembly in `folder`; a missing or unreadable file is an error that names it and how to get one. */
export function readAssembly(folder: string): Assembly {
  const manifest = readJson(join(folder, 'manifest.json')) as { artifacts?: Record<string, Artifact> };
  const artifacts = manifest.artifacts ?? {};
  const assembly: Assembly = { stacks: [], assets: new Map() };
  for (const id of inOrder(artifacts)) {
    const { type, properties = {} } = artifacts[id]!;
    if (type === 'cdk:cloud-assembly') {
      const nested = readAssembly(join(folder, String(properties.directoryName)));
      assembly.stacks.push(...nested.stacks);
      for (const [key, path] of nested.assets) assembly.assets.set(key, path);
    } else if (type === 'cdk:asset-manifest') {
      addAssets(assembly.assets, folder, String(properties.file));
    } else if (type === 'aws:cloudformation:stack') {
      const template = readJson(join(folder, String(properties.templateFile))) as Template;
      assembly.stacks.push({ name: String(properties.stackName ?? id), template });
    }
  }
  if (assembly.stacks.length === 0) throw new TemplateError(`${folder} holds no stack`);
  return assembly;
}

function addAssets(assets: Map<string, string>, folder: string, file: string): void {
  const { files = {} } = readJson(join(folder, file)) as AssetManifest;
  for (const [hash, { source, destinations }] of Object.entries(files)) {
    if (!source.path) continue;
    const path = join(folder, source.path);
    assets.set(hash, path);
    for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, path);
  }
}

function inOrder(artifacts: Record<string, Artifact>): string[] {
  const order = new Set<string>();
  const visit = (id: string) => {
    if (order.has(id) || !artifacts[id]) return;
    for (const before of artifacts[id].dependencies ?? []) visit(before);
    order.add(id);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return [...order];
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TemplateError(`Cannot read the assembly file ${path} (synthesize it with \`npx cdk synth\`): ${reason}`);
  }
}
