/** Web addresses in a text; what closes a sentence or a bracket around one is no part of it. */
const ADDRESSES = /https?:\/\/[^\s<>"']+/gi;
const TRAILING = /[.,:;!?…，。！？、'"»”’\])}]+$/;

/** The address without what follows it in the sentence; a bracket that it opened itself stays. */
function trim(address: string): string {
  const trimmed = address.replace(TRAILING, '');
  return trimmed.includes('(') && address[trimmed.length] === ')' ? `${trimmed})` : trimmed;
}

/** The text as nodes, in which web addresses are links. Whoever wrote it can add nothing else to the page. */
export function withLinks(text: string): (string | HTMLAnchorElement)[] {
  const nodes: (string | HTMLAnchorElement)[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESSES)) {
    const address = trim(found);
    if (!URL.canParse(address)) continue;
    const link = document.createElement('a');
    link.href = address;
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
    link.textContent = address;
    nodes.push(text.slice(end, index), link);
    end = index + address.length;
  }
  return [...nodes, text.slice(end)].filter((node) => node !== '');
}
