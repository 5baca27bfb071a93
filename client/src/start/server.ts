/** The language server's life: found, started, stopped, and what the user is told when it fails. */
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { commands, window, workspace, type CancellationToken, type LogOutputChannel } from 'vscode';
import { State, type LanguageClient } from 'vscode-languageclient/node';
import { createClient } from './languageClient';
import type { Answers, Status } from '../protocol';
import { CRASHED, MISSING, STARTING, STOPPED } from '../status/status';
import { install } from './install';
import { findServer, type Lookup, type Missing } from './lookup';

/** Ask the server; undefined if there is none, if it does not know, or if the question was taken back. */
export type Ask = <Method extends keyof Answers>(
  method: Method,
  params: object,
  token: CancellationToken,
) => Promise<Answers[Method] | undefined>;

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

  ask: Ask = async <Method extends keyof Answers>(method: Method, params: object, token: CancellationToken) => {
    const client = this.#client;
    if (client?.state !== State.Running) {
      return undefined;
    }
    try {
      return await client.sendRequest<Answers[Method]>(method, params, token);
    } catch (error) {
      if (!token.isCancellationRequested) {
        this.#output.warn(method, 'was not answered:', String(error));
      }
      return undefined;
    }
  };

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
      void this.#explainMissing(lookup);
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
    void commands.executeCommand('setContext', 'ppl.isRunning', false);
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
    void commands.executeCommand('setContext', 'ppl.isRunning', state === State.Running);
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

  async #explainMissing({ message, installInto }: Missing): Promise<void> {
    if (installInto === undefined) {
      await this.#explain(message);
      return;
    }
    const choice = await window.showErrorMessage(message, 'Install', 'Show Output', 'Open Settings');
    if (choice !== 'Install') {
      await this.#act(choice);
    } else if (await install(installInto)) {
      await this.restart();
    }
  }

  async #explain(message: string): Promise<void> {
    await this.#act(await window.showErrorMessage(message, 'Try Again', 'Show Output', 'Open Settings'));
  }

  async #act(choice: string | undefined): Promise<void> {
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
