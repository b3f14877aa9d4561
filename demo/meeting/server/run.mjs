/**
 * npm run meeting [-- --port 5174] [-- --serverless]: meetings on this machine, without AWS. Open the address in two
 * tabs. With `--serverless` they come from the testbed's Lambda functions, on a local DynamoDB.
 */
import { parseArgs } from 'node:util';
import { serveMeeting, serveTestbed } from './serve.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '5174' }, serverless: { type: 'boolean', default: false } } });
const port = Number(values.port);
const onProblem = (error) => console.error(error);
const { url, meeting, close } = await (values.serverless ? serveTestbed({ port, onProblem }) : serveMeeting({ port }));
meeting?.on('problem', onProblem);
console.log(`Open ${url} in two tabs and join${values.serverless ? ' with the same title' : ''}. Ctrl+C ends it.`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void close().finally(() => process.exit()));
