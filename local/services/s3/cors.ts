// CORS of a bucket: what a page from another origin may do with a presigned address.
import type { ApiRequest, ApiResponse } from '../../service.ts';

export type CorsRule = {
  AllowedOrigins: string[];
  AllowedMethods: string[];
  AllowedHeaders?: string[];
  ExposedHeaders?: string[];
  MaxAge?: number;
};

/** The answer to a preflight, as S3 gives it: 403 where no rule fits. */
export function preflightAnswer(rules: readonly CorsRule[], { headers }: ApiRequest): ApiResponse {
  const rule = ruleFor(rules, headers.origin, headers['access-control-request-method'] ?? '');
  if (!rule) return { status: 403, body: 'CORSResponse: This CORS request is not allowed.' };
  return {
    status: 200,
    headers: {
      ...originHeaders(rule, headers.origin ?? ''),
      'access-control-allow-methods': rule.AllowedMethods.join(', '),
      'access-control-allow-headers': headers['access-control-request-headers'] ?? '',
      'access-control-max-age': String(rule.MaxAge ?? 0),
    },
    body: '',
  };
}

/** The answer with what lets the page read it. */
export function readableBy(
  answer: ApiResponse,
  rules: readonly CorsRule[],
  { headers, method }: ApiRequest,
): ApiResponse {
  const rule = ruleFor(rules, headers.origin, method);
  return rule ? { ...answer, headers: { ...answer.headers, ...originHeaders(rule, headers.origin ?? '') } } : answer;
}

const ruleFor = (rules: readonly CorsRule[], origin: string | undefined, method: string): CorsRule | undefined =>
  origin === undefined
    ? undefined
    : rules.find(
        ({ AllowedOrigins, AllowedMethods }) =>
          AllowedMethods.includes(method) && AllowedOrigins.some((allowed) => allowed === '*' || allowed === origin),
      );

const originHeaders = ({ AllowedOrigins, ExposedHeaders }: CorsRule, origin: string): Record<string, string> => ({
  'access-control-allow-origin': AllowedOrigins.includes('*') ? '*' : origin,
  ...(ExposedHeaders ? { 'access-control-expose-headers': ExposedHeaders.join(', ') } : {}),
});
