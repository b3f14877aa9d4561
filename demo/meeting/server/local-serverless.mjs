/** The serverless testbed on this machine: its handlers behind a local HTTP API, on a local DynamoDB and local meetings. */
import { readFile } from 'node:fs/promises';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { LocalChime } from './local-chime.mjs';
import { LocalGateway } from './local-gateway.mjs';

const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
let loads = 0;

export async function readTemplate() {
  return JSON.parse(await readFile(new URL('../serverless/template.json', import.meta.url), 'utf8'));
}

/** A DynamoDB in memory with the template's tables, named as the template calls them. */
export async function startTables({ Resources }) {
  const server = dynalite({ createTableMs: 0 });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${server.address().port}`;
  const client = new DynamoDBClient({ endpoint: url, region: REGION, credentials: CREDENTIALS });
  for (const [name, { Type, Properties }] of Object.entries(Resources)) {
    if (Type !== 'AWS::DynamoDB::Table') continue;
    // Its time to live is a call of its own in DynamoDB; dynalite has none, and items stay.
    const { BillingMode, AttributeDefinitions, KeySchema } = Properties;
    await client.send(new CreateTableCommand({ TableName: name, BillingMode, AttributeDefinitions, KeySchema }));
  }
  const close = async () => {
    client.destroy();
    await new Promise((closed) => server.close(closed));
  };
  return { url, client, close };
}

/**
 * The Lambda functions, in this process, as Lambda loads them: settings come from the environment.
 *
 * @param {{template: object, dynamoUrl: string, chimeUrl: string}} options
 * @returns {Promise<Record<string, (event: object) => Promise<{statusCode: number, headers: Record<string, string>, body: string}>>>}
 */
export async function loadHandlers({ template, dynamoUrl, chimeUrl }) {
  const { Variables } = template.Globals.Function.Environment;
  const settings = Object.fromEntries(Object.entries(Variables).map(([name, { Ref }]) => [name, template.Parameters[Ref]?.Default ?? Ref]));
  Object.assign(process.env, settings, {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoUrl,
    AWS_ENDPOINT_URL_CHIME_SDK_MEETINGS: chimeUrl,
  });
  // Each load reads its own settings.
  loads += 1;
  return import(`../serverless/handlers.mjs?load=${loads}`);
}

/**
 * @param {{origins: string[], onProblem?: (error: Error) => void}} options `origins`: the pages that may call
 * @returns {Promise<{url: string, chime: LocalChime, tables: {client: DynamoDBClient}, close: () => Promise<void>}>}
 */
export async function startServerless({ origins, onProblem }) {
  const template = await readTemplate();
  const tables = await startTables(template);
  const chime = await LocalChime.open({ onProblem });
  const handlers = await loadHandlers({ template, dynamoUrl: tables.url, chimeUrl: chime.url });
  const gateway = await LocalGateway.open({ template, handlers, origins });
  const close = async () => {
    await gateway.close();
    await chime.close();
    await tables.close();
  };
  return { url: gateway.url, chime, tables, close };
}
