/** The language server's life: found, started, stopped, and what the user is told when it fails. */
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { commands, window, workspace, type LogOutputChannel } from 'vscode';
import { State, type LanguageClient } from 'vscode-languageclient/node';
import { createClient } from './languageClient';
import { findServer, type Lookup } from './lookup';
import { CRASHED, MISSING, STARTING, STOPPED, type Status } from './status';

export class Server {
  readonly #output: LogOutputChannel;
  readonly #show: (status: Status) => void;
  readonly #interpreter: () => Promise<string | undefined>;
  #client: LanguageClient | undefined;
  #lookup: Lookup | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(
    output: LogOutputChannel,
    show: (status: Status) => void,
    interpreter: () => Promise<string | undefined>,
  ) {
    this.#output = output;
    this.#show = show;
    this.#interpreter = interpreter;
  }

  restart(): Promise<void> {
    return this.#afterTheLast(async () => {
      await this.#stop();
      this.#start(await this.#lookUp());
    });
  }

  stop(): Promise<void> {
    return this.#afterTheLast(() => this.#stop());
  }

  /** Restart if the server is to be found elsewhere now; a stopped server stays so. */
  follow(): Promise<void> {
    return this.#afterTheLast(async () => {
      const lookup = await this.#lookUp();
      if (this.#lookup === undefined || isSame(lookup, this.#lookup)) {
        return;
      }
      await this.#stop();
      this.#start(lookup);
    });
  }

  /** Have the server ask for its settings: what it is told depends on whether the workspace is trusted. */
  async reconfigure(): Promise<void> {
    await this.#client?.sendNotification('workspace/didChangeConfiguration', { settings: {} });
  }

  /** Two clients at once would run two servers: what is asked for later waits. */
  #afterTheLast(job: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(job).catch((error: unknown) => {
      this.#output.error(String(error));
    });
    return this.#last;
  }

  async #lookUp(): Promise<Lookup> {
    const setting = workspace.getConfiguration('ppl').get('server.path', '').trim();
    const { isTrusted } = workspace;
    // Asked only if it matters: the question may start the Python extension, which takes seconds.
    const interpreter = setting === '' && isTrusted ? await this.#interpreter() : undefined;
    const pathVariable = process.env['PATH'] ?? '';
    return findServer(
      { setting, interpreter, isTrusted, pathVariable, home: homedir(), platform: process.platform },
      isExecutable,
    );
  }

  #start(lookup: Lookup): void {
    this.#lookup = lookup;
    if (lookup.kind === 'missing') {
      this.#output.error([lookup.message, ...lookup.tried.map((file) => `  tried ${file}`)].join('\n'));
      this.#show(MISSING);
      void this.#explain(lookup.message);
      return;
    }
    this.#output.info('Starting', lookup.command);
    const client = createClient(lookup.command, this.#output, {
      onState: (state) => {
        this.#whileCurrent(client, () => {
          this.#stateChanged(state);
        });
      },
      onStatus: (status) => {
        this.#whileCurrent(client, () => {
          this.#show(status);
        });
      },
      onGivenUp: () => {
        this.#whileCurrent(client, () => {
          this.#failed('The ppl language server failed several times in a row and was not started again.');
        });
      },
    });
    this.#client = client;
    // Not awaited: a server that never answers must not keep the next restart waiting.
    client.start().catch(() => {
      // Reported by the change to State.StartFailed.
    });
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#lookup = undefined;
    this.#show(STOPPED);
    // Rejected when the server is still starting or does not answer; the library then ends its process.
    await client?.stop().catch((error: unknown) => {
      this.#output.warn(String(error));
    });
  }

  /** A client that was left behind still tells how it ends. */
  #whileCurrent(client: LanguageClient, action: () => void): void {
    if (client === this.#client) {
      action();
    }
  }

  #stateChanged(state: State): void {
    if (state === State.Starting) {
      this.#show(STARTING);
    } else if (state === State.StartFailed) {
      this.#failed('The ppl language server did not start.');
    }
  }

  #failed(message: string): void {
    this.#show(CRASHED);
    void this.#explain(`${message} The output tells why.`);
  }

  async #explain(message: string): Promise<void> {
    const choice = await window.showErrorMessage(message, 'Try Again', 'Show Output', 'Open Settings');
    if (choice === 'Try Again') {
      await this.restart();
    } else if (choice === 'Show Output') {
      this.#output.show(true);
    } else if (choice === 'Open Settings') {
      await commands.executeCommand('workbench.action.openSettings', 'ppl.server.path');
    }
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isSame(one: Lookup, other: Lookup): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
