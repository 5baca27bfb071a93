/** What of the protocol's own values the page reads and writes. */
import type { WirePosition, WireRange } from '../../src/protocol';

export interface WireDiagnostic {
  readonly range: WireRange;
  readonly severity?: number;
  readonly code?: string | number;
  readonly message: string;
}

export interface Published {
  readonly uri: string;
  readonly version?: number | null;
  readonly diagnostics: readonly WireDiagnostic[];
}

interface WireEdit {
  readonly range: WireRange;
  readonly newText: string;
}

export interface WireAction {
  readonly title: string;
  readonly kind?: string;
  readonly isPreferred?: boolean | null;
  readonly edit?: {
    readonly changes?: Readonly<Record<string, readonly WireEdit[]>> | null;
    readonly documentChanges?: readonly {
      readonly textDocument: { readonly uri: string; readonly version?: number | null };
      readonly edits: readonly WireEdit[];
    }[];
  } | null;
}

/** Return the edits that an action makes in a document; undefined if that is not all it does. */
export function editsOf(action: WireAction, uri: string, version: number): readonly WireEdit[] | undefined {
  const { changes, documentChanges } = action.edit ?? {};
  if (documentChanges !== undefined) {
    const [only, ...others] = documentChanges;
    const isOurs = only?.textDocument.uri === uri && (only.textDocument.version ?? version) === version;
    return isOurs && others.length === 0 ? only.edits : undefined;
  }
  const [edited, ...others] = Object.entries(changes ?? {});
  return edited?.[0] === uri && others.length === 0 ? edited[1] : undefined;
}

/** Return what a severity of the protocol is called; findings are never errors. */
export function severityOf(severity: number | undefined): 'warning' | 'info' | 'hint' {
  return severity === 1 || severity === 2 ? 'warning' : severity === 3 ? 'info' : 'hint';
}

export type { WireEdit, WirePosition, WireRange };
