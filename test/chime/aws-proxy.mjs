/** Stands between the AWS SDK and a local service: notes every call, and answers some of them with a fault. */
import { createServer, request as forward } from 'node:http';

/** What a call of Amazon Chime is named in a policy. */
const CHIME_ACTIONS = [
  [/^POST \/meetings$/, 'chime:CreateMeeting'],
  [/^POST \/meetings\/[^/]+\/attendees$/, 'chime:CreateAttendee'],
  [/^DELETE \/meetings\/[^/]+$/, 'chime:DeleteMeeting'],
  [/^DELETE \/meetings\/[^/]+\/attendees\/[^/]+$/, 'chime:DeleteAttendee'],
];

function nameCall({ method, url, headers }, body) {
  const target = headers['x-amz-target'];
  if (target) return { action: `dynamodb:${target.split('.')[1]}`, table: JSON.parse(body).TableName };
  const { pathname } = new URL(url, 'http://localhost');
  return { action: CHIME_ACTIONS.find(([pattern]) => pattern.test(`${method} ${pathname}`))?.[1] ?? `chime:${method} ${pathname}` };
}

export class AwsProxy {
  /** `{action, table}` of each call so far. */
  calls = [];
  #faults = [];
  #target;
  #server = createServer((request, response) => void this.#serve(request, response));

  /** @param {string} target address of the service */
  static async open(target) {
    const proxy = new AwsProxy();
    proxy.#target = target;
    await new Promise((listening) => proxy.#server.listen(0, '127.0.0.1', listening));
    proxy.url = `http://127.0.0.1:${proxy.#server.address().port}`;
    return proxy;
  }

  /** The next calls of this action fail. @param {{action: string, type: string, status: number, times?: number}} fault */
  fail({ times = Infinity, ...fault }) {
    this.#faults.push({ ...fault, times });
  }

  /** No call fails any more. */
  heal() {
    this.#faults.length = 0;
  }

  async #serve(request, response) {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const call = nameCall(request, body);
    this.calls.push(call);
    const fault = this.#faults.find(({ action, times }) => action === call.action && times > 0);
    if (fault) {
      fault.times -= 1;
      response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': fault.type });
      response.end(JSON.stringify({ __type: `com.amazonaws#${fault.type}`, message: 'arn:aws:iam::123456789012:role/secret' }));
      return;
    }
    const { method, url, headers } = request;
    const passed = forward(new URL(url, this.#target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    passed.end(body);
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }
}
