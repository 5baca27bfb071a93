/** Asks the server for what it does not send by itself, when the text or the view has changed. */
import { LSPPlugin, type WorkspaceMapping } from '@codemirror/lsp-client';
import { MapMode } from '@codemirror/state';
import { ViewPlugin, type EditorView, type ViewUpdate } from '@codemirror/view';
import { HEAT_MAP, PROFILE, type Answers, type HeatMap, type Profile, type WireRange } from '../../src/protocol';
import { aroundVisible } from './client';
import { findings, setFindings, type Change, type Finding, type Fix } from './findings';
import { setHeat, type HotWord } from './heat';
import { editsOf, type WireAction } from './wire';

/** After the last key press; the server waits a while by itself. */
const PAUSE_MS = 120;

/** What is shown outside of the editor. */
export interface Listener {
  heat(heat: HeatMap): void;
  profile(profile: Profile): void;
  fixAll(fix: Fix | undefined): void;
}

/** Asks, one question of each kind at a time; what is asked of an older text is cancelled. */
export class Asking {
  readonly #asked = new Map<string, object>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nRounds = 0;

  constructor(
    readonly view: EditorView,
    readonly listener: Listener,
  ) {}

  /** Ask soon, once for all that changes until then. */
  soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#all();
    }, PAUSE_MS);
  }

  /** Ask what can be done about findings of which that is not known. */
  async fixes(): Promise<void> {
    this.#nRounds += 1;
    const round = this.#nRounds;
    for (const { sent } of this.view.state.field(findings).filter(({ isAsked }) => !isAsked)) {
      // Where it is now: the text may have changed since the round began, or be another one.
      const finding = this.view.state.field(findings).find((one) => one.sent === sent);
      const found = finding && (await this.#actions(finding, 'quickfix', [sent]));
      if (round !== this.#nRounds) {
        return; // a newer round asks about what is there now
      }
      if (finding !== undefined && found !== undefined) {
        this.#keep(finding, found);
      }
    }
    const all = await this.#actions({ from: 0, to: this.view.state.doc.length }, 'source.fixAll', []);
    this.listener.fixAll(all?.[0]);
  }

  destroy(): void {
    clearTimeout(this.#timer);
  }

  async #all(): Promise<void> {
    const plugin = LSPPlugin.get(this.view);
    if (plugin?.client.connected !== true) {
      return;
    }
    plugin.client.sync();
    const { from, to } = aroundVisible(this.view);
    const range = { start: plugin.toPosition(from), end: plugin.toPosition(to) };
    await Promise.all([
      this.#ask(HEAT_MAP, { range }, (heat, place) => {
        this.listener.heat(heat);
        if (heat.isScored) {
          const words = heat.bands.flatMap(({ range: at, band, surprisalBits }): HotWord[] => {
            const placed = place(at);
            return placed === undefined ? [] : [{ ...placed, band, surprisalBits }];
          });
          const part = place(range) ?? { from: 0, to: 0 };
          this.view.dispatch({ effects: setHeat.of({ ...part, words }) });
          void this.fixes();
        }
      }),
      this.#ask(PROFILE, {}, (profile) => {
        this.listener.profile(profile);
      }),
    ]);
  }

  /** Ask about the text as the server has it; `take` is given the answer if it is still about that. */
  async #ask<Method extends keyof Answers>(
    method: Method,
    more: object,
    take: (answer: Answers[Method], place: (range: WireRange) => { from: number; to: number } | undefined) => void,
  ): Promise<void> {
    const plugin = LSPPlugin.get(this.view);
    const file = plugin?.client.workspace.getFile(plugin.uri);
    if (plugin == null || file == null) {
      return;
    }
    const { client, uri } = plugin;
    const { version } = file;
    const before = this.#asked.get(method);
    if (before !== undefined) {
      client.cancelRequest(before);
    }
    const params = { textDocument: { uri }, ...more };
    this.#asked.set(method, params);
    await client
      .withMapping(async (mapping) => {
        const answer = await client.request<object, Answers[Method]>(method, params);
        if (answer.version === version && LSPPlugin.get(this.view)?.uri === uri) {
          take(answer, (range) => placed(mapping, uri, range));
        }
      })
      .catch((error: unknown) => {
        // Cancelled, or of a text that is no longer there; a newer question is on its way.
        console.debug(method, error);
      })
      .finally(() => {
        if (this.#asked.get(method) === params) {
          this.#asked.delete(method);
        }
      });
  }

  async #actions(
    place: { readonly from: number; readonly to: number },
    kind: string,
    diagnostics: readonly unknown[],
  ): Promise<Fix[] | undefined> {
    const plugin = LSPPlugin.get(this.view);
    const file = plugin?.client.workspace.getFile(plugin.uri);
    if (plugin == null || file == null || !plugin.unsyncedChanges.empty) {
      return undefined; // asked again when the newest text is scored
    }
    const { client, uri } = plugin;
    const { version } = file;
    const range = { start: plugin.toPosition(place.from), end: plugin.toPosition(place.to) };
    const params = { textDocument: { uri }, range, context: { diagnostics, only: [kind] } };
    return client
      .withMapping(async (mapping) => {
        const actions = await client.request<object, WireAction[] | null>('textDocument/codeAction', params);
        return actions?.flatMap((action) => fixOf(action, uri, version, mapping) ?? []);
      })
      .catch(() => undefined);
  }

  #keep(finding: Finding, fixes: readonly Fix[]): void {
    const known = this.view.state.field(findings);
    const changed = known.map((one) => (one.sent === finding.sent ? { ...one, fixes, isAsked: true } : one));
    this.view.dispatch({ effects: setFindings.of(changed) });
  }
}

/** Asks whenever the text has changed or another part of it is on the screen. */
export function askingOnChange(asking: () => Asking) {
  return ViewPlugin.define(() => ({
    update(update: ViewUpdate) {
      if (update.docChanged || update.viewportChanged) {
        asking().soon();
      }
    },
  }));
}

function fixOf(action: WireAction, uri: string, version: number, mapping: WorkspaceMapping): Fix | undefined {
  const changes = editsOf(action, uri, version)?.map(({ range, newText }): Change | undefined => {
    const at = placed(mapping, uri, range);
    return at && { ...at, insert: newText };
  });
  const whole = changes?.filter((change) => change !== undefined);
  return whole === undefined || whole.length === 0 || whole.length !== changes?.length
    ? undefined
    : { title: action.title, isPreferred: action.isPreferred === true, changes: whole };
}

/** Return where a range is now; undefined if its text is gone. */
function placed(mapping: WorkspaceMapping, uri: string, range: WireRange): { from: number; to: number } | undefined {
  const from = mapping.mapPosition(uri, range.start, 1, MapMode.TrackDel);
  const to = mapping.mapPosition(uri, range.end, -1, MapMode.TrackDel);
  return from === null || to === null || to < from ? undefined : { from, to };
}
