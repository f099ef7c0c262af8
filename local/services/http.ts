// API Gateway HTTP APIs: one loopback listener per API, Lambda integrations and Lambda authorizers.
import { createHash } from 'node:crypto';
import { arnOf, type Host, type Made, type Resource, type ResourceFactory, type Service } from '../service.ts';
import { HttpApi } from './http/api.ts';
import { authorizerOf, functionIn } from './http/authorizer.ts';
import type { CorsConfiguration } from './http/cors.ts';
import { routeOf } from './http/routes.ts';

const INTEGRATION_TIMEOUT_MS = 30_000;

const apisOf = (host: Host): Map<string, HttpApi> => host.shared('http-apis', () => new Map());

/** Like the ids that AWS makes, and the same at every start. */
const idOf = ({ stackName, logicalId }: Resource) =>
  createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex').slice(0, 10);

function apiOf(resource: Resource, host: Host): HttpApi {
  const api = apisOf(host).get(String(resource.properties.ApiId));
  if (!api) throw new Error(`${resource.logicalId}: there is no HTTP API ${resource.properties.ApiId}`);
  return api;
}

async function createApi(resource: Resource, host: Host): Promise<Made> {
  const { ProtocolType = 'HTTP', CorsConfiguration: cors } = resource.properties;
  if (ProtocolType !== 'HTTP') throw new Error(`${resource.logicalId}: the embedded runtime covers HTTP APIs only`);
  const apis = apisOf(host);
  const api = new HttpApi(idOf(resource), host, cors as CorsConfiguration | undefined);
  const url = await api.listen(apis.size === 0 ? host.httpPort : 0);
  apis.set(api.id, api);
  return {
    ref: api.id,
    attributes: { ApiId: api.id, ApiEndpoint: url },
    url,
    start: () => api.open(),
    stop: () => api.stop(),
  };
}

/** Functions stop before the API does, in reverse order of their making; so what needs them ends with the integration. */
async function createIntegration(resource: Resource, host: Host): Promise<Made> {
  const { IntegrationType, IntegrationUri, PayloadFormatVersion, TimeoutInMillis } = resource.properties;
  if (IntegrationType !== 'AWS_PROXY' || PayloadFormatVersion !== '2.0') {
    throw new Error(`${resource.logicalId}: the embedded runtime covers AWS_PROXY integrations in format 2.0 only`);
  }
  const api = apiOf(resource, host);
  const timeoutMs = Number(TimeoutInMillis ?? INTEGRATION_TIMEOUT_MS);
  api.integrations.set(idOf(resource), { functionArn: functionIn(String(IntegrationUri)), timeoutMs });
  return { ref: idOf(resource), attributes: { IntegrationId: idOf(resource) }, stop: () => api.stop() };
}

async function createRoute(resource: Resource, host: Host): Promise<Made> {
  apiOf(resource, host).router.add(routeOf(resource));
  return { ref: idOf(resource), attributes: { RouteId: idOf(resource) } };
}

async function createAuthorizer(resource: Resource, host: Host): Promise<Made> {
  const api = apiOf(resource, host);
  api.authorizers.set(idOf(resource), authorizerOf(resource, idOf(resource)));
  return { ref: idOf(resource), attributes: { AuthorizerId: idOf(resource) }, stop: () => api.stop() };
}

async function createStage(resource: Resource, host: Host): Promise<Made> {
  const { StageName, StageVariables = {} } = resource.properties;
  if (StageName !== '$default')
    throw new Error(`${resource.logicalId}: the embedded runtime covers the stage $default only`);
  const api = apiOf(resource, host);
  api.stageVariables = StageVariables as Record<string, string>;
  return { ref: '$default', attributes: { Arn: arnOf('apigateway', `/apis/${api.id}/stages/$default`) } };
}

const factory = (type: string, create: ResourceFactory['create']): ResourceFactory => ({
  type: `AWS::ApiGatewayV2::${type}`,
  create,
});

export const service: Service = {
  factories: [
    factory('Api', createApi),
    factory('Integration', createIntegration),
    factory('Route', createRoute),
    factory('Authorizer', createAuthorizer),
    factory('Stage', createStage),
  ],
};
