/** The report as the server writes it, made safe to be shown inside the editor whatever wrote it. */

// The report's own policy allows its scripts by their digests; of two policies both must agree.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/** Return the page with a policy that lets it load and send nothing. */
export function withPolicy(page: string): string {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
  const head = /<head[^>]*>/i.exec(page);
  if (head === null) {
    return `<!DOCTYPE html><html><head>${meta}</head></html>`;
  }
  const end = head.index + head[0].length;
  return `<!DOCTYPE html><html>${head[0]}${meta}${page.slice(end)}`;
}
