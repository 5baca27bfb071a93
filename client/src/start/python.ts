/** The Python environment selected in the editor, as the Python extension tells it. */
import { extensions, workspace, type Disposable, type Event, type LogOutputChannel, type Uri } from 'vscode';

/** The part used here of the Python extension's API. */
interface PythonExtension {
  readonly environments: {
    readonly onDidChangeActiveEnvironmentPath: Event<unknown>;
    getActiveEnvironmentPath(resource?: Uri): unknown;
    resolveEnvironment(environment: unknown): Promise<Environment | undefined>;
  };
}

interface Environment {
  readonly executable: { readonly uri: Uri | undefined };
}

/**
 * Asks the Python extension for its selected environment, and from then on tells of every other selection.
 *
 * The extension is not started before it is asked: somebody who only writes prose may have no use for it.
 */
export class Python implements Disposable {
  readonly #output: LogOutputChannel;
  readonly #onDidSelect: () => void;
  #subscription: Disposable | undefined;

  constructor(output: LogOutputChannel, onDidSelect: () => void) {
    this.#output = output;
    this.#onDidSelect = onDidSelect;
  }

  /** Return the selected environment's Python executable, if there is one. */
  async interpreter(): Promise<string | undefined> {
    try {
      const python = await extensions.getExtension<PythonExtension>('ms-python.python')?.activate();
      if (python === undefined) {
        return undefined;
      }
      const { environments } = python;
      this.#subscription ??= environments.onDidChangeActiveEnvironmentPath(this.#onDidSelect);
      const selected = environments.getActiveEnvironmentPath(workspace.workspaceFolders?.[0]?.uri);
      const environment = await environments.resolveEnvironment(selected);
      return environment?.executable.uri?.fsPath;
    } catch (error) {
      this.#output.warn('The Python extension did not tell its environment:', String(error));
      return undefined;
    }
  }

  dispose(): void {
    this.#subscription?.dispose();
  }
}
