// HTTP of privacy, on its own: nothing else may open what is kept of persons.
import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import { Terms } from '../common/compliance.ts';
import { readConfig } from '../common/config.ts';
import { readEnv } from '../common/env.ts';
import { serve } from '../common/http.ts';
import { openTables } from '../common/table-open.ts';
import { ServePrivacyEnv } from './env.ts';
import { masterKeyIn } from './master-key.client.ts';
import { KEY_BYTES, NONCE_BYTES } from './personal-token.ts';
import { personsIn } from './persons.store.ts';
import { routes } from './privacy-routes.ts';

const { SAFETY_TABLE: table, PERSONS_TABLE, PRIVACY_SECRET } = readEnv(ServePrivacyEnv);
const tables = openTables();
const now = () => new Date();
const privacy = {
  persons: personsIn(tables, PERSONS_TABLE),
  keys: masterKeyIn(PRIVACY_SECRET),
  newKey: () => randomBytes(KEY_BYTES),
  newNonce: () => randomBytes(NONCE_BYTES),
  newPlace: () => ulid(),
  ...{ safetyTable: table, now },
};

export const handler = serve(routes({ tables, table, now, privacy, terms: readConfig('terms.yaml', Terms) }));
