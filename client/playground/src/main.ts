/** The page: an editor, what the server says of its text beside it, and the way between them. */
import { isolateHistory } from '@codemirror/commands';
import { LSPPlugin } from '@codemirror/lsp-client';
import { EditorView } from '@codemirror/view';
import sample from '../../../docs/sample.md';
import { asMode } from '../../src/heat/mode';
import type { WirePosition } from '../../src/protocol';
import { Asking, askingOnChange } from './asking';
import { newClient } from './client';
import { languageOf, objection, uriOf, type Opened } from './documents';
import { document_, newEditor } from './editor';
import { explain } from './explain';
import { FindingsList } from './findingsList';
import { setFindings } from './findings';
import { mode, setMode } from './heat';
import { element } from './page';
import { ProfilePane } from './profilePane';
import { modelLine, stateLine, summaryText } from './statusLine';
import { connect, sessionAddress } from './transport';

const SAMPLE: Opened = { name: 'sample.md', text: sample };
const EMPTY: Opened = { name: 'text.md', text: '' };

const list = new FindingsList(() => view);
const pane = new ProfilePane(jump);
const nonce = document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? '';
let nOpened = 0;

const client = newClient({
  published: () => {
    void asking.fixes();
  },
  status: (status) => {
    element('status').textContent = stateLine(status);
    element('model').textContent = modelLine(status);
    if (status.state === 'ready' && !isAnswered) {
      asking.soon();
    }
  },
  said: complain,
});

const view = newEditor(element('editor'), nonce, { open: (file) => void openFile(file), focusFix: () => list.focusFix() }, [
  askingOnChange(() => asking),
  EditorView.updateListener.of(({ state, docChanged, geometryChanged, viewportChanged }) => {
    list.draw(state);
    if (docChanged) {
      isAnswered = false;
      pane.age();
      element('summary').classList.add('stale');
    }
    if (geometryChanged || viewportChanged) {
      showVisible();
    }
  }),
]);

/** Whether the server has said all of the text that it was asked about last. */
let isAnswered = false;

const asking = new Asking(view, {
  heat: (heat) => {
    isAnswered = heat.isScored && heat.summary !== null;
    if (isAnswered) {
      element('summary').textContent = summaryText(heat.summary);
      element('summary').classList.remove('stale');
    }
  },
  profile: (profile) => {
    pane.draw(profile);
  },
  fixAll: (fix) => {
    list.showFixAll(fix);
  },
});

element('sample').addEventListener('click', () => {
  open(SAMPLE);
});
element('clear').addEventListener('click', () => {
  open(EMPTY);
});
element('explain').addEventListener('click', () => {
  view.focus();
  explain(view);
});
element('file').addEventListener('change', ({ target }) => {
  const [file] = (target as HTMLInputElement).files ?? [];
  if (file !== undefined) {
    void openFile(file);
  }
  (target as HTMLInputElement).value = ''; // the same file can be chosen again
});
for (const radio of document.querySelectorAll<HTMLInputElement>('input[name="mode"]')) {
  radio.checked = radio.value === view.state.field(mode);
  radio.addEventListener('change', () => {
    view.dispatch({ effects: setMode.of(asMode(radio.value)) });
    element('legend').hidden = radio.value === 'off';
  });
}
view.scrollDOM.addEventListener('scroll', showVisible, { passive: true });

void start();

async function start(): Promise<void> {
  const transport = await connect(sessionAddress(location.href), (reason) => {
    element('status').textContent = 'ended';
    complain(`The server is gone${reason === '' ? '' : `: ${reason}`}. Start “ppl playground” again; the text is still here.`);
  });
  client.connect(transport);
  open(SAMPLE);
  view.focus();
}

/** Put another text in the place of the one that is there; the history keeps that one. */
function open({ name, text }: Opened): void {
  nOpened += 1;
  isAnswered = false;
  complain('');
  element('summary').textContent = '';
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: text },
    selection: { anchor: 0 },
    scrollIntoView: true,
    effects: [document_.reconfigure(client.plugin(uriOf(name, nOpened), languageOf(name))), setFindings.of([])],
    annotations: isolateHistory.of('full'),
    userEvent: 'input.open',
  });
}

async function openFile(file: File): Promise<void> {
  const tooLarge = objection(file.name, file.size, undefined);
  const text = tooLarge === undefined ? await file.text() : '';
  const reason = tooLarge ?? objection(file.name, file.size, text);
  if (reason === undefined) {
    open({ name: file.name, text });
  } else {
    complain(reason);
  }
}

function jump(position: WirePosition): void {
  const at = LSPPlugin.get(view)?.fromPosition(position) ?? 0;
  const place = Math.min(at, view.state.doc.length);
  view.focus(); // before, since it takes back a scroll to the first line
  view.dispatch({ selection: { anchor: place }, effects: EditorView.scrollIntoView(place, { y: 'start', yMargin: 24 }) });
}

function showVisible(): void {
  const { top, height } = view.scrollDOM.getBoundingClientRect();
  const line = (y: number): number =>
    view.state.doc.lineAt(view.lineBlockAtHeight(y - view.documentTop).from).number - 1;
  pane.showLines({ first: line(top), last: line(top + height) });
}

function complain(message: string): void {
  const trouble = element('trouble');
  trouble.hidden = message === '';
  trouble.textContent = message;
}
