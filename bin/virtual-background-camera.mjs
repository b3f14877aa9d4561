#!/usr/bin/env node
/**
 * The package's command line: `npx virtual-background-camera <command>`.
 *
 * Exit codes: 0 = done, 1 = something is missing, different or cannot be fetched, 2 = the command was written wrongly.
 */
import { checkAssets, copyAssets } from './copy-assets.mjs';
import { UsageError, readCommandLine } from './command-line.mjs';
import { report } from './report.mjs';

async function main(words) {
  const command = readCommandLine(words);
  if (command.text !== undefined) {
    console.log(command.text);
    return 0;
  }
  const result = await (command.check ? checkAssets(command) : copyAssets(command));
  return report(result, command);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(`virtual-background-camera: ${error.message}`);
  if (isUsage) console.error('Try: npx virtual-background-camera --help');
  process.exitCode = isUsage ? 2 : 1;
}
