/**
 * npm run meeting [-- --port 5174]: a meeting on this machine, without AWS. Open the address in two tabs.
 */
import { parseArgs } from 'node:util';
import { serveMeeting } from './serve.mjs';

const { values } = parseArgs({ options: { port: { type: 'string', default: '5174' } } });
const { url, meeting, close } = await serveMeeting({ port: Number(values.port) });
meeting.on('problem', (error) => console.error(error));
console.log(`Open ${url} in two tabs and join. Ctrl+C ends the meeting.`);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void close().finally(() => process.exit()));
