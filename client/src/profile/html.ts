/** The document of the profile's page: nothing but its own script and style may load, and nothing is sent. */

export interface Page {
  /** Where VS Code serves the extension's files from. */
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  /** New for every page. */
  readonly nonce: string;
}

export function html({ cspSource, scriptUri, styleUri, nonce }: Page): string {
  const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${attribute(styleUri)}">
<title>Surprisal profile</title>
</head>
<body>
<p id="message"></p>
<main id="profile" hidden>
<p id="summary"></p>
<svg id="plot" role="group" tabindex="0" aria-label="Surprisal along the document. Left and right arrow keys go from place to place, Enter jumps there."></svg>
<p id="readout" aria-live="polite"></p>
<table>
<caption>Sections</caption>
<thead><tr>
<th scope="col">Section</th><th scope="col">Words</th><th scope="col">Perplexity</th><th scope="col">Bits per word</th>
<th scope="col">Bits per byte</th><th scope="col">Highest, in bits</th><th scope="col">Findings</th>
</tr></thead>
<tbody id="sections"></tbody>
</table>
</main>
<script nonce="${attribute(nonce)}" src="${attribute(scriptUri)}"></script>
</body>
</html>`;
}

function attribute(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
