// One HTTP API: from request to route, authorizer, function and response.
import type { Host } from '../../service.ts';
import { type Authorizer, Gatekeeper } from './authorizer.ts';
import { type CorsConfiguration, preflight, withCors } from './cors.ts';
import { eventOf, type HttpEvent, type HttpRequest } from './event.ts';
import { type Listener, listen } from './listener.ts';
import { type HttpResponse, refusal, responseOf } from './response.ts';
import { Router } from './routes.ts';

export type Integration = { functionArn: string; timeoutMs: number };

export class HttpApi {
  readonly id: string;
  readonly router = new Router();
  readonly integrations = new Map<string, Integration>();
  readonly authorizers = new Map<string, Authorizer>();
  stageVariables: Record<string, string> = {};
  readonly #host: Host;
  readonly #cors: CorsConfiguration | undefined;
  readonly #gatekeeper: Gatekeeper;
  #isOpen = false;
  #listener: Listener | undefined;

  constructor(id: string, host: Host, cors: CorsConfiguration | undefined) {
    this.id = id;
    this.#host = host;
    this.#cors = cors;
    this.#gatekeeper = new Gatekeeper(host);
  }

  /** Takes the port; until `open`, requests are told to come again. Returns the API's address. */
  async listen(port: number): Promise<string> {
    this.#listener = await listen(port, (request) => this.#answer(request));
    return `http://127.0.0.1:${this.#listener.port}`;
  }

  open(): void {
    this.#isOpen = true;
  }

  /** Finishes what is in flight. */
  async stop(): Promise<void> {
    await this.#listener?.stop();
  }

  async #answer(request: HttpRequest): Promise<HttpResponse> {
    if (!this.#isOpen) return refusal(503, 'Service Unavailable');
    const early = this.#cors && preflight(this.#cors, request.method, request.headers);
    if (early) return early;
    const response = await this.#route(request);
    return this.#cors ? withCors(response, this.#cors, request.headers.origin) : response;
  }

  async #route(request: HttpRequest): Promise<HttpResponse> {
    const found = this.router.find(request.method, request.path);
    if (!found) return refusal(404, 'Not Found');
    const facts = { apiId: this.id, stageVariables: this.stageVariables, nowMs: this.#host.clock.now() };
    const event = eventOf(request, found, facts);
    if (found.route.authorizerId !== undefined) {
      const authorizer = this.authorizers.get(found.route.authorizerId);
      if (!authorizer) return refusal(500, 'Internal Server Error');
      const verdict = await this.#gatekeeper.judge(authorizer, event);
      if (!verdict.allowed) return refusal(verdict.status, verdict.message);
      event.requestContext.authorizer = { lambda: verdict.context };
    }
    const integration = this.integrations.get(found.route.integrationId);
    const response = integration ? await this.#call(integration, event) : refusal(500, 'Internal Server Error');
    return { ...response, headers: { ...response.headers, 'apigw-requestid': event.requestContext.requestId } };
  }

  /** A function that fails is a 500, one that takes too long or cannot run now a 503, as AWS words them. */
  async #call({ functionArn, timeoutMs }: Integration, event: HttpEvent): Promise<HttpResponse> {
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), timeoutMs);
    try {
      const result = await Promise.race([this.#host.invoke(functionArn, event), late.promise]);
      if (result === 'late') return refusal(503, 'Service Unavailable');
      return result.functionError ? refusal(500, 'Internal Server Error') : responseOf(result.payload);
    } catch (error) {
      this.#host.log({ level: 'error', message: 'integration failed', function: functionArn, error: String(error) });
      const throttled = (error as { status?: unknown }).status === 429;
      return throttled ? refusal(503, 'Service Unavailable') : refusal(500, 'Internal Server Error');
    } finally {
      clearTimeout(timer);
    }
  }
}
