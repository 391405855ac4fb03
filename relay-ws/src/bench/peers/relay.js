// A relay as others write it: pairs two WebSockets by path, and stops reading from who sends more than the other takes.
const { WebSocketServer } = require("ws");
const HIGH = 1 << 20;
const waiting = new Map();
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]), perMessageDeflate: false });
server.on("connection", (socket, request) => {
  const peer = waiting.get(request.url);
  if (!peer) {
    waiting.set(request.url, socket);
    return;
  }
  waiting.delete(request.url);
  forward(socket, peer);
  forward(peer, socket);
});
function forward(from, to) {
  from.on("message", (data, binary) => {
    to.send(data, { binary }, () => {
      if (from.isPaused && to.bufferedAmount < HIGH / 2) from.resume();
    });
    if (to.bufferedAmount > HIGH) from.pause();
  });
  from.on("close", () => to.close());
  from.on("error", () => to.terminate());
}
server.on("listening", () => console.log("ready"));
