/** Installs the server into a Python environment, where the user can watch it. */
import { homedir } from 'node:os';
import {
  ProcessExecution,
  Task,
  TaskPanelKind,
  TaskRevealKind,
  tasks,
  TaskScope,
  type Disposable,
  type TaskExecution,
} from 'vscode';
import { SERVER } from './lookup';

/**
 * Run pip in a terminal, and return whether it succeeded.
 *
 * No shell is in between that could understand a path as something else. The working directory is not
 * the workspace, since Python would take a `pip.py` in there for pip.
 */
export async function install(interpreter: string): Promise<boolean> {
  const pip = new ProcessExecution(interpreter, ['-m', 'pip', 'install', SERVER], { cwd: homedir() });
  const task = new Task({ type: 'ppl.install' }, TaskScope.Workspace, `Install ${SERVER}`, 'ppl', pip, []);
  task.presentationOptions = { reveal: TaskRevealKind.Always, panel: TaskPanelKind.Dedicated };
  const execution = await tasks.executeTask(task);
  return (await exitCode(execution)) === 0;
}

function exitCode(execution: TaskExecution): Promise<number | undefined> {
  return new Promise((resolve) => {
    const listeners: Disposable[] = [
      tasks.onDidEndTaskProcess((event) => {
        if (event.execution === execution) {
          end(event.exitCode);
        }
      }),
      // A process that could not be started ends its task alone.
      tasks.onDidEndTask((event) => {
        if (event.execution === execution) {
          end(undefined);
        }
      }),
    ];

    function end(code: number | undefined): void {
      for (const listener of listeners) {
        listener.dispose();
      }
      resolve(code);
    }
  });
}
