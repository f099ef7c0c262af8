// The stories on MiniStack; run.ts has deployed LazyArk there and hands on the stack's outputs.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { stories } from '../journeys/stories.ts';

const Where = z.object({
  AWS_ENDPOINT_URL: z.url(),
  LAZYARK_OUTPUTS: z.string(),
  LAZYARK_SIGNS: z.string().optional(),
});
const Outputs = z.object({ ApiId: z.string(), OperatorTokenSecretName: z.string() });

async function connect() {
  const { AWS_ENDPOINT_URL, LAZYARK_OUTPUTS } = Where.parse(process.env);
  const { ApiId, OperatorTokenSecretName } = Outputs.parse(JSON.parse(LAZYARK_OUTPUTS));
  const secret = new GetSecretValueCommand({ SecretId: OperatorTokenSecretName });
  const { SecretString: token = '' } = await new SecretsManagerClient().send(secret);
  return { endpoint: `${AWS_ENDPOINT_URL}/_aws/execute-api/${ApiId}/$default`, token };
}

stories(connect, {
  patienceMs: 170_000,
  bodyLimit: false,
  crashesReported: false,
  signs: process.env.LAZYARK_SIGNS !== 'no',
});
