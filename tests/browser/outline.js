// What a reader sees of drawn Markdown: its text, and the tags of its blocks. `⏎` is a line break, `⟦…⟧` a
// formula; backticks stand around inline code; in a code block `¦` is a space and `↵` ends a line.
// The same outline as in tests/support/markdown_reader.py.
() => {
  const blocks = new Set(
    'P H1 H2 H3 H4 H5 H6 UL OL LI BLOCKQUOTE PRE HR TABLE THEAD TBODY TR TH TD'.split(' ')
  );
  const hidden = 'svg, button, [data-testid=stHeaderActionElements], [data-testid=stElementToolbar]';

  function seen(node) {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(hidden)) return '';
    if (node.matches('.katex-display')) return '\u0001' + seen(node.firstChild) + '\u0001';
    if (node.matches('.katex, .katex-error')) {
      return '⟦' + (node.querySelector('annotation')?.textContent ?? 'error') + '⟧';
    }
    if (node.tagName === 'BR') return '⏎';
    if (node.tagName === 'INPUT') return node.checked ? '[x]' : '[ ]';
    if (node.tagName === 'PRE') {
      const lines = node.closest('.stCode') ? node.textContent : node.textContent.replace(/\n$/, '');
      return '<pre>' + lines.replaceAll(' ', '¦').replaceAll('\n', '↵') + '</pre>';
    }
    const inside = [...node.childNodes].map(seen).join('');
    if (node.tagName === 'CODE') return '`' + inside + '`';
    const tag = node.tagName.toLowerCase();
    return blocks.has(node.tagName) ? `<${tag}>${inside}</${tag}>` : inside;
  }

  const tags = [...blocks].join('|').toLowerCase();
  const aroundTags = new RegExp(` ?(</?(?:${tags})>) ?`, 'g');
  window.outline = (node) =>
    seen(node)
      .replace(/[ \t\n]+/g, ' ')
      .replace(aroundTags, '$1')
      .replace(/ ?\u0001 ?/g, '')
      .replaceAll('⟦\\\\⟧', '⏎')
      .replace(/ ?⏎ ?/g, '⏎')
      .replace(/⏎(?=<\/)/g, '')
      .trim();
}
