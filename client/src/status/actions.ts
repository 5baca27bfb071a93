/** What can be done from the status item. */
import { MODE_TITLES, type Mode } from '../heat/mode';

/** What decides which actions make sense. */
export interface Situation {
  readonly mode: Mode;
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  /** The model in use, as the server calls it; empty if none is known. */
  readonly model: string;
  /** The commands that there are; those of the server come and go with it. */
  readonly commands: ReadonlySet<string>;
}

export interface Action {
  /** With the icon it begins with. */
  readonly label: string;
  readonly detail: string;
  readonly command: string;
}

/** Return the actions in the order of the menu. */
export function actions(situation: Situation): Action[] {
  const { isRunning, commands } = situation;
  const all = isRunning ? [...looking(situation), ...working(situation)] : [];
  return [...all, ...always(isRunning)].filter(({ command }) => commands.has(command));
}

function looking({ mode }: Situation): Action[] {
  const other = mode === 'full' ? 'Hide' : 'Show';
  return [
    { label: `$(paintcan) ${other} Heat Map`, detail: `Now: ${MODE_TITLES[mode]}`, command: 'ppl.toggleHeatMap' },
    { label: '$(list-selection) Choose Heat Map…', detail: 'Off, findings only, full', command: 'ppl.chooseHeatMap' },
    { label: '$(graph-line) Show Profile', detail: 'Surprisal along the document', command: 'ppl.showProfile' },
    { label: '$(file-code) Show Report', detail: 'The document as a page, beside it', command: 'ppl.showReport' },
  ];
}

function working({ isPaused, model }: Situation): Action[] {
  return [
    { label: '$(search) Score Workspace', detail: 'Find what there is in all files', command: 'ppl.scoreWorkspace' },
    { label: '$(server-process) Switch Model…', detail: model === '' ? '' : `Now: ${model}`, command: 'ppl.switchModel' },
    isPaused
      ? { label: '$(debug-continue) Resume', detail: 'Score documents again', command: 'ppl.resume' }
      : { label: '$(debug-pause) Pause', detail: 'Score nothing until resumed', command: 'ppl.pause' },
    { label: '$(refresh) Restart Engine', detail: 'Load the model in a new process', command: 'ppl.restartEngine' },
  ];
}

function always(isRunning: boolean): Action[] {
  return [
    isRunning
      ? { label: '$(debug-restart) Restart Server', detail: 'With its settings read anew', command: 'ppl.restart' }
      : { label: '$(play) Start Server', detail: 'The server does not run', command: 'ppl.restart' },
    { label: '$(output) Show Output', detail: 'The log of client and server', command: 'ppl.showOutput' },
    { label: '$(gear) Settings', detail: 'Model, thresholds, heat map', command: 'ppl.openSettings' },
    { label: '$(book) Get Started', detail: 'What all of this means', command: 'ppl.openWalkthrough' },
  ];
}
