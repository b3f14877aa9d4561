import { expect } from 'chai';
import { withLinks } from '../../demo/meeting/page/links.ts';

/** Links as `[address]`, the rest as it is. */
const read = (text: string): string => withLinks(text).map((node) => (typeof node === 'string' ? node : `[${node.href}]`)).join('');

describe('links in the chat', () => {
  for (const [text, expected] of [
    ['no address', 'no address'],
    ['https://example.org/a?b=c#d', '[https://example.org/a?b=c#d]'],
    ['see http://example.org/a, or (https://example.org/b).', 'see [http://example.org/a], or ([https://example.org/b]).'],
    ['https://example.org/a_(b) and on', '[https://example.org/a_(b)] and on'],
    ['資料は https://example.org/a。', '資料は [https://example.org/a]。'],
    ['javascript:alert(1) ftp://example.org data:text/html,x', 'javascript:alert(1) ftp://example.org data:text/html,x'],
    ['https://', 'https://'],
  ] as const) {
    it(`should be found in ${JSON.stringify(text)}`, () => expect(read(text)).to.equal(expected));
  }

  it('should be nodes, so that nothing that someone writes becomes markup', () => {
    const line = document.createElement('p');
    line.append(...withLinks('<img src=x onerror=alert(1)> https://example.org/"onclick="x <b>'));
    expect([...line.querySelectorAll('*')].map(({ localName }) => localName)).to.deep.equal(['a']);
    const link = line.querySelector('a');
    expect(link?.getAttributeNames().sort()).to.deep.equal(['href', 'rel', 'target']);
    expect(link?.href).to.equal('https://example.org/');
    expect(link?.rel).to.contain('noopener');
  });
});
