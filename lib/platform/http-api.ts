// The one HTTP API: every route goes to the room that serves it, behind the authorizer unless it is declared open.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  HttpApi as Api,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { pascal } from './names.ts';
import type { Platform } from './platform.ts';
import { RoomAlarm } from './room-alarm.ts';
import type { RoomFunction } from './room-function.ts';

/**
 * What a room serves: paths behind the token, and paths for everybody. `$default` is every path nobody else serves. On
 * `freshPaths` the authorizer is asked each time: whoever was kept out a second ago is out.
 */
export type Served = {
  by: RoomFunction;
  paths: readonly string[];
  freshPaths?: readonly string[];
  openPaths?: readonly string[];
};
export type HttpApiProps = { platform: Platform; authorizer: RoomFunction; serves: readonly Served[] };

/** How long what the authorizer said of a token holds: as long as a token works on after it was revoked. */
const REMEMBERED_SECONDS = 60;

const askingFor = (id: string, authorizer: RoomFunction, rememberedSeconds: number) =>
  new HttpLambdaAuthorizer(id, authorizer, {
    responseTypes: [HttpLambdaResponseType.SIMPLE],
    identitySource: ['$request.header.Authorization'],
    resultsCacheTtl: Duration.seconds(rememberedSeconds),
  });

export class HttpApi extends Construct {
  readonly url: string;
  readonly apiId: string;

  constructor(scope: Construct, { platform, authorizer, serves }: HttpApiProps) {
    super(scope, 'HttpApi');
    const api = new Api(this, 'Api', { createDefaultStage: false, description: 'LazyArk' });
    this.#addStage(api, platform);
    const token = askingFor('OperatorToken', authorizer, REMEMBERED_SECONDS);
    const freshToken = askingFor('FreshToken', authorizer, 0);
    for (const { by, paths, freshPaths = [], openPaths = [] } of serves) {
      // One permission for a function and not one for each route: a stack has 500 resources, and this API is all that calls.
      const integration = new HttpLambdaIntegration(by.name === 'serve-http' ? pascal(by.room.room) : by.node.id, by, {
        scopePermissionToRoute: false,
      });
      for (const path of [...paths, ...freshPaths, ...openPaths]) {
        const open = openPaths.includes(path);
        const route = new HttpRoute(this, `Route ${path.replaceAll('/', ' ').trim()}`, {
          httpApi: api,
          routeKey: path === '$default' ? HttpRouteKey.DEFAULT : HttpRouteKey.with(path, HttpMethod.ANY),
          integration,
          ...(!open && { authorizer: freshPaths.includes(path) ? freshToken : token }),
        });
        if (open)
          acknowledge(
            route,
            'AwsSolutions-APIG4',
            'Open on purpose: documentation and console hold no data; what Discord sends proves itself by its signature.',
          );
      }
    }
    this.url = api.apiEndpoint;
    this.apiId = api.apiId;
    new RoomAlarm(this, 'ServerErrors', {
      metric: api.metricServerError({ statistic: 'Sum', period: Duration.minutes(5) }),
      threshold: 5,
      impact: 'Requests to the API fail with 5xx: people and agents cannot submit, watch or stop work.',
      runbook: 'the-api-answers-5xx',
    });
  }

  #addStage(api: Api, { settings }: Platform): void {
    const logs = new LogGroup(this, 'AccessLogs', {
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: settings.apiRequestsPerSecondMax, burstLimit: settings.apiRequestsBurstMax },
      accessLogSettings: { destination: new LogGroupLogDestination(logs) },
    });
  }
}
