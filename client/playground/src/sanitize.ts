/** HTML made of Markdown that the server sent, and that quotes the text: only its structure is kept. */

const KEPT = new Set(['P', 'PRE', 'CODE', 'STRONG', 'EM', 'BR', 'UL', 'OL', 'LI', 'HR', 'BLOCKQUOTE']);

/** Return HTML of nothing but plain elements without attributes; all else is shown as the text in it. */
export function sanitized(html: string): string {
  // A document of its own, in which no script runs and nothing is loaded.
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const clean = document.createElement('div');
  copy(parsed.body, clean);
  return clean.innerHTML;
}

function copy(from: Node, to: Node): void {
  for (const child of from.childNodes) {
    if (child instanceof Element && KEPT.has(child.tagName)) {
      copy(child, to.appendChild(document.createElement(child.tagName)));
    } else if (child instanceof Element) {
      to.appendChild(document.createTextNode(child.textContent));
    } else if (child instanceof Text) {
      to.appendChild(document.createTextNode(child.data));
    }
  }
}
