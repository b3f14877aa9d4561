import { readFile } from 'node:fs/promises';

/**
 * Everything that the pages of a site and their workers made a browser ask of the network, as its `--log-net-log` file
 * tells: also names looked up and connections opened ahead of need. What the browser asks on its own behalf (updates,
 * accounts, time) is left out: it is filed under no site.
 *
 * @param {string} file written by a browser that has ended
 * @param {string} site scheme and host, without a port: `http://127.0.0.1`
 * @returns {Promise<{ urls: string[], connections: string[], lookUps: string[] }>} addresses of requests; origins
 *   connected to; what names became by the browser's resolver rules
 */
export async function readNetLog(file, site) {
  const { constants, events } = JSON.parse(await readFile(file, 'utf8'));
  const idOf = constants.logEventTypes;
  const found = { urls: new Set(), connections: new Set(), lookUps: new Set() };
  for (const { type, params } of events) {
    if (type === idOf.URL_REQUEST_START_JOB && params?.network_isolation_key?.startsWith(site)) found.urls.add(params.url);
    if ((type === idOf.TCP_CLIENT_SOCKET_POOL_REQUESTED_SOCKETS || type === idOf.SOCKET_POOL_CONNECT_JOB_CREATED) && params?.group_id?.includes(`<${site}`)) {
      found.connections.add(params.group_id.replace(/ <.*/, '').replace(/^\w+\/(?=https?:)/, ''));
    }
    if (type === idOf.HOST_RESOLVER_MANAGER_REQUEST && params?.network_anonymization_key?.startsWith(site)) found.lookUps.add(params.host);
  }
  return Object.fromEntries(Object.entries(found).map(([name, set]) => [name, [...set]]));
}
