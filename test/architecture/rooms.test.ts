// The rules of the house hold in every file, and each rule is tried against a breach that it has to find.
import { describe, expect, it } from 'vitest';
import { RULES } from './rules.ts';
import { allSources, sourceOf } from './sources.ts';

const sources = allSources();

describe('in every file', () => {
  it.each(RULES)('$name', ({ applies, faults }) => {
    const concerned = sources.filter(applies);
    expect(concerned.length).toBeGreaterThan(0);
    expect(concerned.flatMap((source) => faults(source).map((fault) => `${source.path} ${fault}`))).toEqual([]);
  });
});

const many = (lines: number) => Array(lines).fill('x();').join('\n');

const BREACHES: { path: string; text: string; says: string }[] = [
  {
    path: 'functions/finance/policy.ts',
    text: "import { S3Client } from '@aws-sdk/client-s3';",
    says: 'imports @aws-sdk/client-s3',
  },
  { path: 'functions/finance/policy.ts', text: "import { readFileSync } from 'node:fs';", says: 'imports node:fs' },
  {
    path: 'functions/finance/policy.ts',
    text: "import {\n  a,\n  b,\n} from './batches.store.ts';",
    says: 'imports functions/finance/batches.store.ts',
  },
  {
    path: 'functions/finance/policy.ts',
    text: "const x = await import('./paypal.client.ts');",
    says: 'imports functions/finance/paypal.client.ts',
  },
  {
    path: 'functions/finance/policy.ts',
    text: "import { openTables } from '../common/table-open.ts';",
    says: 'table-open.ts',
  },
  { path: 'functions/finance/policy.ts', text: 'const now = new Date();', says: 'uses new Date()' },
  { path: 'functions/finance/policy.ts', text: 'const region = process.env.AWS_REGION;', says: 'uses process.env' },
  { path: 'functions/finance/policy.ts', text: 'await fetch(url);', says: 'uses fetch(' },
  {
    path: 'functions/finance/policy.ts',
    text: "import { rule } from '../safety/rules.ts';",
    says: 'imports functions/safety/rules.ts',
  },
  {
    path: 'functions/finance/pay.handler.ts',
    text: "import type { Row } from '../audit/row.ts';",
    says: 'imports functions/audit/row.ts',
  },
  {
    path: 'functions/common/money.ts',
    text: "import { Paid } from '../finance/events.ts';",
    says: 'imports functions/finance/events.ts',
  },
  {
    path: 'functions/finance/pay.handler.ts',
    text: "import { host } from '../../local/host.ts';",
    says: 'imports local/host.ts',
  },
  {
    path: 'functions/finance/pay.handler.ts',
    text: "import { Stack } from 'aws-cdk-lib';",
    says: 'imports aws-cdk-lib',
  },
  {
    path: 'local/host.ts',
    text: "import { lambda } from '../functions/common/lambda.ts';",
    says: 'imports functions/common/lambda.ts',
  },
  {
    path: 'local/host.ts',
    text: "import { Stack } from '../lib/lazyark-stack.ts';",
    says: 'imports lib/lazyark-stack.ts',
  },
  {
    path: 'lib/rooms/finance.ts',
    text: "import { Env } from '../../functions/finance/env.ts';",
    says: 'imports functions/finance/env.ts',
  },
  {
    path: 'lib/rooms/finance.ts',
    text: "import { type Env, parse } from '../../functions/finance/env.ts';",
    says: 'imports functions',
  },
  {
    path: 'console/src/page.tsx',
    text: "export { Batch } from '../../functions/finance/batch.ts';",
    says: 'imports functions',
  },
  {
    path: 'functions/finance/pay.handler.ts',
    text: "import { aBatch } from '../../test/builders/batch.ts';",
    says: 'imports test/builders',
  },
  {
    path: 'bin/cli.ts',
    text: "import { twin } from '../functions/common/table.test-support.ts';",
    says: 'test-support',
  },
  { path: 'functions/finance/paypal.client.ts', text: 'await fetch(url);', says: 'fetch(url)' },
  { path: 'functions/finance/paypal.client.ts', text: "import { request } from 'undici';", says: 'imports undici' },
  { path: 'functions/finance/pay.handler.ts', text: many(31), says: 'has 31 lines; 30 are allowed' },
  { path: 'lib/rooms/finance.ts', text: many(121), says: 'has 121 lines; 120 are allowed' },
  { path: 'local/host.ts', text: many(251), says: 'has 251 lines; 250 are allowed' },
  { path: 'local/host.ts', text: "import x from 'y';", says: 'does not begin with a comment' },
];

const faultsOf = (path: string, text: string) => {
  const source = sourceOf(path, text);
  return RULES.filter(({ applies }) => applies(source)).flatMap(({ faults }) => faults(source));
};

describe('a breach is found:', () => {
  it.each(BREACHES)('$path $says', ({ path, text, says }) => {
    expect(faultsOf(path, text).join('\n')).toContain(says);
  });
});

describe('what is allowed passes:', () => {
  it.each([
    { path: 'functions/finance/policy.ts', text: "import type { Batches } from './batches.store.ts';" },
    { path: 'functions/finance/policy.ts', text: "import { type Batches, type Row } from './batches.store.ts';" },
    {
      path: 'functions/finance/policy.ts',
      text: "import { createHash } from 'node:crypto';\nconst at = new Date(ms);",
    },
    { path: 'functions/finance/pay.handler.ts', text: "import { S3Client } from '@aws-sdk/client-s3';" },
    {
      path: 'functions/finance/pay.ts',
      text: "import { gateOf } from '../safety/gate.ts';\nimport { Kill } from '../safety/events.ts';",
    },
    {
      path: 'lib/rooms/finance.ts',
      text: "import type * as Env from '../../functions/finance/env.ts';\nimport { Paid } from '../../functions/finance/events.ts';",
    },
    { path: 'local/host.ts', text: "import { openSqlite } from '../functions/common/table-sqlite.ts';" },
    { path: 'functions/finance/policy.test.ts', text: "import { aBatch } from '../../test/builders/batch.ts';" },
    { path: 'functions/finance/pay.handler.ts', text: many(28) },
  ])('$path (%#)', ({ path, text }) => {
    expect(faultsOf(path, `// Says what this file is for.\n${text}`)).toEqual([]);
  });
});
