/** The report as the server writes it, made safe to be shown inside the editor whatever wrote it. */

// The report's own policy allows its scripts by their digests; of two policies both must agree.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

// The editor gives its own colours and letters to the body of every page; those of the report are its root's.
const STYLE = '<style>body { color: inherit; font: inherit; }</style>';

/** Return the page with a policy that lets it load and send nothing, in its light or its dark colours. */
export function insideEditor(page: string, colors: 'light' | 'dark'): string {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">${STYLE}`;
  const root = `<!DOCTYPE html><html lang="en" class="${colors}">`;
  const head = /<head[^>]*>/i.exec(page);
  if (head === null) {
    return `${root}<head>${meta}</head></html>`;
  }
  const end = head.index + head[0].length;
  return `${root}${head[0]}${meta}${page.slice(end)}`;
}
