/** The WebSocket to the server, as the LSP client wants it. */
import type { Transport } from '@codemirror/lsp-client';

/** Connect; `onEnd` is called once the server is gone, or was never there. */
export function connect(address: string, onEnd: (reason: string) => void): Promise<Transport> {
  const socket = new WebSocket(address);
  const handlers = new Set<(message: string) => void>();
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    for (const handler of handlers) {
      handler(String(data));
    }
  });
  socket.addEventListener('close', ({ reason }) => {
    onEnd(reason);
  });
  const transport: Transport = {
    send: (message) => {
      // Whoever goes on writing after the end was told of it once.
      if (socket.readyState === WebSocket.OPEN) {
        socket.send(message);
      }
    },
    subscribe: (handler) => handlers.add(handler),
    unsubscribe: (handler) => handlers.delete(handler),
  };
  return new Promise((resolve) => {
    socket.addEventListener('open', () => {
      resolve(transport);
    });
  });
}

/** Return where the WebSocket of a page is. */
export function sessionAddress(page: string): string {
  const address = new URL('session', page);
  address.protocol = 'ws:';
  return address.href;
}
