/** Which lines of a document are asked for, so that scrolling asks seldom and never for a whole book. */

/** Lines of a document, the last one included. */
export interface Lines {
  readonly first: number;
  readonly last: number;
}

/** What the bands that are drawn, or on their way, were asked for. */
export interface Scope {
  readonly version: number;
  /** How often what was known of all documents has become invalid, as by another model. */
  readonly generation: number;
  readonly lines: readonly Lines[];
}

/** Where somebody looks now. */
export interface View {
  readonly version: number;
  readonly generation: number;
  /** In order; more than one where lines are folded. */
  readonly visible: readonly Lines[];
  readonly nLines: number;
}

/** Return the lines to ask for; none if all that is visible is in the scope. */
export function missing(view: View, scope: Scope | undefined): Lines[] {
  const isKnown =
    scope?.version === view.version &&
    scope.generation === view.generation &&
    view.visible.every((seen) => scope.lines.some((lines) => holds(lines, seen)));
  return isKnown ? [] : withMargin(view);
}

/** Return the visible lines with as many before and after them, overlapping ones made one. */
function withMargin({ visible, nLines }: View): Lines[] {
  const wide = visible.map(({ first, last }) => {
    const margin = last - first + 1;
    return { first: Math.max(0, first - margin), last: Math.min(nLines - 1, last + margin) };
  });
  const joined: Lines[] = [];
  for (const lines of wide) {
    const before = joined.at(-1);
    if (before === undefined || before.last + 1 < lines.first) {
      joined.push(lines);
    } else {
      joined[joined.length - 1] = { first: before.first, last: Math.max(before.last, lines.last) };
    }
  }
  return joined;
}

function holds(outer: Lines, inner: Lines): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}
