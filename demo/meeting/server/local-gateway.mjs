/** Amazon's HTTP API on this machine: the routes and the CORS rules of template.json in front of its Lambda functions. */
import { createServer } from 'node:http';

/** Bodies of other types come to a function in Base64. */
const TEXT_TYPES = /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded))/;

/** `{method, path, handler}` of each function in the template. */
export function routesOf({ Resources }) {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === 'AWS::Serverless::Function')
    .flatMap(([name, { Properties: { Handler, Events } }]) => Object.values(Events).map(({ Properties: { Method, Path } }) => ({
      name,
      method: Method,
      path: Path,
      handler: Handler.split('.')[1],
      pattern: new RegExp(`^${Path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
    })));
}

async function readBytes(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** An event in the payload format 2.0, as far as functions commonly read it. */
async function toEvent(request, { method, path, pathParameters, url }) {
  const bytes = await readBytes(request);
  const isBase64Encoded = bytes.length > 0 && !TEXT_TYPES.test(request.headers['content-type'] ?? '');
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    ...(Object.keys(pathParameters).length ? { pathParameters } : {}),
    requestContext: { http: { method, path: url.pathname }, stage: '$default' },
    ...(bytes.length ? { body: bytes.toString(isBase64Encoded ? 'base64' : 'utf8') } : {}),
    isBase64Encoded,
  };
}

export class LocalGateway {
  #server = createServer((request, response) => void this.#serve(request, response));
  #routes;
  #cors;
  #handlers;

  /**
   * @param {{template: object, handlers: Record<string, (event: object) => Promise<object>>, origins: string[]}} options
   *   `origins`: the pages that may call, in place of the template's site
   */
  static async open({ template, handlers, origins }) {
    const gateway = new LocalGateway();
    gateway.#routes = routesOf(template);
    gateway.#cors = { ...template.Resources.Api.Properties.CorsConfiguration, AllowOrigins: origins };
    gateway.#handlers = handlers;
    await new Promise((listening) => gateway.#server.listen(0, '127.0.0.1', listening));
    gateway.url = `http://localhost:${gateway.#server.address().port}`;
    return gateway;
  }

  async #serve(request, response) {
    const cors = this.#corsHeaders(request);
    if (request.method === 'OPTIONS') {
      response.writeHead(204, cors).end();
      return;
    }
    const url = new URL(request.url, this.url);
    const route = this.#routes.find(({ method, pattern }) => method === request.method && pattern.test(url.pathname));
    const { statusCode, headers, body } = route ? await this.#invoke(request, route, url) : failure(404, 'Not Found');
    response.writeHead(statusCode, { ...headers, ...cors }).end(body);
  }

  async #invoke(request, { method, path, pattern, handler }, url) {
    const pathParameters = { ...pattern.exec(url.pathname).groups };
    try {
      return await this.#handlers[handler](await toEvent(request, { method, path, pathParameters, url }));
    } catch (error) {
      console.error(error);
      return failure(500, 'Internal Server Error');
    }
  }

  #corsHeaders({ method, headers: { origin } }) {
    const { AllowOrigins, AllowMethods, AllowHeaders, MaxAge } = this.#cors;
    if (!AllowOrigins.includes(origin)) return {};
    const allowed = { 'access-control-allow-origin': origin, vary: 'origin' };
    if (method !== 'OPTIONS') return allowed;
    return {
      ...allowed,
      'access-control-allow-methods': AllowMethods.join(','),
      'access-control-allow-headers': AllowHeaders.join(','),
      'access-control-max-age': String(MaxAge),
    };
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}

/** What the HTTP API answers by itself. */
function failure(statusCode, message) {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) };
}
