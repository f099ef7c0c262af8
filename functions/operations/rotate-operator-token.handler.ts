// Rotation of the operator's token, called by Secrets Manager step by step.
import { randomBytes } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { lambda } from '../common/lambda.ts';
import { RotationStep, rotateOperatorToken } from './rotate-operator-token.client.ts';

const client = new SecretsManagerClient();
const newToken = () => randomBytes(32).toString('base64url');

export const handler = lambda(RotationStep, (step) => rotateOperatorToken(step, client, newToken));
