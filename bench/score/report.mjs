const COLUMNS = [
  ['IoU', 'iou', 3],
  ['BF1', 'bf1', 3],
  ['BF.3', 'bf3', 3],
  ['MAD', 'mad', 1],
  ['edge', 'edge', 0],
  ['dtSSD', 'dt', 2],
  ['still', 'still', 2],
];

const format = (value, digits) => (Number.isFinite(value) ? value.toFixed(digits) : '-');
const mean = (values) => {
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? null : finite.reduce((sum, value) => sum + value, 0) / finite.length;
};
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map((_, index) => (index ? '--:' : '---'))), ...rows.map(row), ''];

/** @returns the scorer's columns, mean of all items that have each */
export function meanOf(results) {
  return Object.fromEntries(COLUMNS.map(([, key]) => [key, mean(results.map(({ scores }) => scores[key]))]));
}

/** One line for the terminal, while the others are still at work. */
export function lineOf(label, results) {
  const means = meanOf(results);
  return `${label.padEnd(44)} ${COLUMNS.map(([name, key, digits]) => `${name} ${format(means[key], digits)}`).join('  ')}`;
}

/**
 * @param {{ method: any, results: any[] }[]} runs
 * @param {string[]} notes what was run
 * @returns {{ items: string, summary: string }} Markdown
 */
export function renderReport(runs, notes) {
  const lines = ['# Score', '', ...notes.map((note) => `- ${note}`), ''];
  const groups = [
    ['Test people, mean of all items', ({ item }) => item.set === 'dev'],
    ['Drawn figures with exact alpha, mean of all', ({ item }) => item.set === 'drawn'],
  ];
  for (const [title, belongs] of groups) {
    const rows = runs.map(({ method, results }) => ({ label: method.label, results: results.filter(belongs) })).filter(({ results }) => results.length > 0);
    if (rows.length === 0) continue;
    lines.push(`## ${title}`, '', ...table(['method', ...COLUMNS.map(([name]) => name)], rows.map(({ label, results }) => [label, ...cellsOf(meanOf(results))])));
  }
  return { items: itemTables(runs).join('\n'), summary: [...lines, ...drawnTables(runs)].join('\n') };
}

const cellsOf = (scores) => COLUMNS.map(([, key, digits]) => format(scores[key], digits));

function drawnTables(runs) {
  const figures = runs.map(({ method, results }) => ({ label: method.label, drawn: results.filter(({ figures }) => figures.drawn) })).filter(({ drawn }) => drawn.length > 0);
  if (figures.length === 0) return [];
  const spill = figures.map(({ label, drawn }) => {
    const average = (name) => mean(drawn.map(({ figures: one }) => one.drawn[name]));
    const bands = [['spill', 'plainSpill'], ['wideSpill', 'plainWideSpill']];
    return [label, ...bands.flatMap(([ours, plain]) => {
      const [value, base] = [average(ours), average(plain)];
      return [format(value * 1000, 0), format(base * 1000, 0), format(value / base, 2)];
    })];
  });
  const walks = figures.flatMap(({ label, drawn }) => drawn.flatMap(({ figures: { drawn: { trail } } }) =>
    trail ? [[label, format(trail.behind, 1), format(trail.front, 1), format(trail.behind - trail.front, 1), String(trail.frames)]] : []));
  return [
    '## Colour spill at the edge, drawn figures, ×1000', '',
    ...table(['method', 'spill', 'plain', 'ratio', 'wide spill', 'plain', 'ratio'], spill),
    ...(walks.length === 0 ? [] : ['## Trail of the walk, pixels at 640 × 360', '', ...table(['method', 'behind', 'in front', 'difference', 'pictures'], walks)]),
  ];
}

function itemTables(runs) {
  const items = new Map(runs.flatMap(({ results }) => results.map(({ item }) => [item.id, item])));
  return [...items.values()].flatMap((item) => {
    const rows = runs.flatMap(({ method, results }) => results.filter((result) => result.item.id === item.id).map(({ scores, figures: { room } }) => [method.label, ...cellsOf(scores), format(scores.worst, 3), format(room?.mean * 100, 2), format(room?.worst * 100, 2)]));
    const [{ n }] = runs.flatMap(({ results }) => results.filter((result) => result.item.id === item.id)).map(({ scores }) => scores);
    return [`## ${item.id}`, '', `${item.notes || item.type}; ${n} of ${item.frames} pictures`, '', ...table(['method', ...COLUMNS.map(([name]) => name), 'worst IoU', 'room %', 'worst %'], rows)];
  });
}
