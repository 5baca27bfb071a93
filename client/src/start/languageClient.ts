/** A client of the language server that tells its failures to its owner instead of the user. */
import { homedir } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { window, workspace, type LogOutputChannel } from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  NotificationType,
  RevealOutputChannelOn,
  State,
  TransportKind,
  type CloseHandlerResult,
  type ErrorHandler,
  type ErrorHandlerResult,
  type Executable,
  type ShowDocumentRequest,
} from 'vscode-languageclient/node';
import { DOCUMENTS } from '../documents';
import { STATUS, type Status } from '../protocol';
import { isReport, showReport } from '../reportView';
import { levelOf } from './logLevel';

/** What the owner of a client wants to know. */
export interface Observer {
  onState(state: State): void;
  onStatus(status: Status): void;
  /** The server has failed too often to be started once more. */
  onGivenUp(): void;
}

/** Commands of ours that code lenses may call. */
const COMMANDS = ['ppl.showProfile'];
const ABOUT_A_DOCUMENT: ReadonlySet<string> = new Set(['ppl.showReport']);

const STATUS_TYPE = new NotificationType<Status>(STATUS);

const showDocument: ShowDocumentRequest.MiddlewareSignature = async (params, token, next) => {
  if (params.external !== true || !isReport(params.uri)) {
    return next(params, token);
  }
  await showReport(params.uri);
  return { success: true };
};

export function createClient(command: string, output: LogOutputChannel, observer: Observer): LanguageClient {
  const client: LanguageClient = new QuietClient('ppl', 'ppl', executable(command), {
    documentSelector: DOCUMENTS,
    initializationOptions: { commands: COMMANDS },
    // Without it, nothing is asked for cells that are added, and what was found of those removed stays.
    diagnosticPullOptions: { onChange: true },
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the pull model does not tell of changes
    synchronize: { configurationSection: 'ppl' },
    outputChannel: output,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    middleware: {
      workspace: {
        configuration: async (params, token, next) => {
          const sections = await next(params, token);
          return workspace.isTrusted || !Array.isArray(sections) ? sections : sections.map(restricted);
        },
      },
      window: { showDocument },
      executeCommand: (command, args: unknown[], next) => next(command, argumentsOf(command, args)) as unknown,
    },
    initializationFailedHandler: () => false,
    errorHandler: { error: onError, closed: onClosed },
    stdioOptions: { stdout: logLines, stderr: logLines },
  });
  client.onNotification(STATUS_TYPE, (status) => {
    observer.onStatus(status);
  });
  client.onDidChangeState(({ newState }) => {
    observer.onState(newState);
  });
  const standard = client.createDefaultErrorHandler();

  async function onError(...failure: Parameters<ErrorHandler['error']>): Promise<ErrorHandlerResult> {
    // A start that fails is told by its state.
    if (client.state !== State.Running) {
      return { action: ErrorAction.Continue, handled: true };
    }
    const result = await standard.error(...failure);
    if (result.action === ErrorAction.Shutdown) {
      observer.onGivenUp();
    }
    return { ...result, handled: true };
  }

  async function onClosed(): Promise<CloseHandlerResult> {
    // A server that ends before it has answered would only do so again.
    // Its failed request may already have taken the client out of State.Starting.
    if (client.state !== State.Running) {
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    const result = await standard.closed();
    if (result.action === CloseAction.DoNotRestart) {
      observer.onGivenUp();
    }
    return { ...result, handled: true };
  }

  return client;
}

/** Return what a command is called with: from the palette, those about a document are about the active one. */
function argumentsOf(command: string, args: unknown[]): unknown[] {
  const document = window.activeTextEditor?.document;
  return ABOUT_A_DOCUMENT.has(command) && args.length === 0 && document !== undefined
    ? [document.uri.toString()]
    : args;
}

/** The settings for a workspace that is not trusted: its files are neither read nor changed. */
function restricted(section: unknown): unknown {
  return { ...(section as object | null), workspaceFiles: false };
}

/** The library shows one message per failed step; here they go to the log, and the owner shows one in all. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

function executable(command: string): Executable {
  return {
    command,
    transport: TransportKind.stdio,
    // Not the workspace, whose folders could be mistaken for the model that a hub id names.
    options: { cwd: homedir() },
  };
}

/** Log what the server writes to stderr; most of it is its log, whose lines tell their own level. */
function logLines(stream: Readable, output: LogOutputChannel): void {
  createInterface({ input: stream }).on('line', (line) => {
    output[levelOf(line)](line);
  });
}
