import { WebSocketServer } from 'ws';

/** The support chat: answers each message with its number on this connection. */
export function liveChat(server) {
  const chat = new WebSocketServer({ server, path: '/live' });
  chat.on('connection', (socket) => {
    let count = 0;
    socket.on('message', (data) => {
      count++;
      socket.send(JSON.stringify({ n: count, echo: String(data) }));
    });
  });
  return chat;
}
