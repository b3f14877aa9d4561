const format = (value, digits) => (Number.isFinite(value) ? value.toFixed(digits) : '-');
const row = (cells) => `| ${cells.join(' | ')} |`;
const ms = (value) => format(value, 0);

/** Name, what is shown of a result. */
const COLUMNS = [
  ['IoU', ({ scores }) => format(scores?.iou, 3)],
  ['BF.3', ({ scores }) => format(scores?.bf3, 3)],
  ['edge', ({ scores }) => format(scores?.edge, 0)],
  ['dtSSD', ({ scores }) => format(scores?.dt, 2)],
  ['still', ({ scores }) => format(scores?.still, 2)],
  ['room %', ({ room }) => format(room?.mean, 2)],
  ['worst %', ({ room }) => format(room?.worst, 2)],
  ['fps', ({ newFps }) => format(newFps, 1)],
  ['CPU-ms', ({ cpuMsPerFrame }) => format(cpuMsPerFrame, 0)],
  ['latency p50/p95', ({ latencyMs }) => `${ms(latencyMs.p50)}/${ms(latencyMs.p95)}`],
  ['unread', ({ unread, frames }) => `${unread}/${frames}`],
  ['load', ({ load }) => format(load, 1)],
  ['scored', ({ scores }) => String(scores?.n ?? 0)],
];

/** One line for the terminal, while the others are still to come. */
export function liveLineOf({ item, label, result, error }) {
  const start = `${item.padEnd(24)} ${label.padEnd(42)}`;
  if (error) return `${start} failed: ${error}`;
  return `${start} ${COLUMNS.map(([name, show]) => `${name} ${show(result)}`).join('  ')}`;
}

/**
 * @param {{ item: any, rows: { label: string, result?: any, error?: string }[] }[]} groups
 * @param {string[]} notes what was run
 * @returns {string} Markdown
 */
export function renderLiveReport(groups, notes) {
  const lines = ['# Live score', '', ...notes.map((note) => `- ${note}`), ''];
  for (const { item, rows } of groups) {
    lines.push(`## ${item.id}`, '', `${item.about}; ${item.item.width} × ${item.item.height}`, '');
    lines.push(row(['method', ...COLUMNS.map(([name]) => name)]), row(['---', ...COLUMNS.map(() => '--:')]));
    for (const { label, result, error } of rows) lines.push(error ? row([label, `failed: ${error}`, ...COLUMNS.slice(1).map(() => '')]) : row([label, ...COLUMNS.map(([, show]) => show(result))]));
    lines.push('');
  }
  return lines.join('\n');
}
