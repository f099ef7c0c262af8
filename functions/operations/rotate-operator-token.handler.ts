// Rotation of the operator's token, called by Secrets Manager step by step.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { lambda } from '../common/lambda.ts';
import { RotationStep, rotateOperatorToken } from './rotate-operator-token.ts';

const client = new SecretsManagerClient();

export const handler = lambda(RotationStep, (step) => rotateOperatorToken(step, client));
