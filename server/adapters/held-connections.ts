// undici connections that can be held: what the peer sends then stays in the socket and, once that is full, with the
// peer. undici 7's own pause throws past everybody when the peer hangs up meanwhile, and takes a whole answer for a
// broken one (https://github.com/nodejs/undici/issues/5360, mended in 8, which wants Node 22).
import { buildConnector } from "undici";

export interface Connection {
  /** Nothing more is read, beyond what is being parsed at this moment. */
  hold(): void;
  release(): void;
}

export interface HeldConnections {
  readonly connect: buildConnector.connector;
  /** Within a handler's callback: the connection that the bytes came over. */
  current(): Connection | undefined;
}

export function createHeldConnections(options: buildConnector.BuildOptions): HeldConnections {
  const connector = buildConnector(options);
  let current: Connection | undefined;
  const onRead = (connection: Connection): void => {
    current = connection;
  };
  return {
    connect: (target, callback) =>
      connector(target, (...[error, socket]) => {
        if (socket) makeHoldable(socket, onRead);
        // The two come as a pair that TypeScript no longer sees as one.
        callback(...([error, socket] as Parameters<typeof callback>));
      }),
    current: () => current,
  };
}

interface ReadableSocket {
  read(size?: number): unknown;
  emit(event: "readable"): boolean;
}

// undici asks `read()` for all there is, at each `readable`, parses it at once and asks again, until there is nothing;
// Node's own reads name a size.
function makeHoldable(socket: ReadableSocket, onRead: (connection: Connection) => void): void {
  const read = socket.read.bind(socket);
  let isHeld = false;
  let isBeingParsed = false;
  const connection: Connection = {
    hold() {
      isHeld = true;
    },
    release() {
      if (!isHeld) return;
      isHeld = false;
      // An answer that came whole is held and released within one read: undici asks again by itself.
      if (isBeingParsed) return;
      // Never from within undici's parser.
      process.nextTick(() => socket.emit("readable"));
    },
  };
  socket.read = (size) => {
    if (size !== undefined) return read(size);
    isBeingParsed = false;
    if (isHeld) return null;
    onRead(connection);
    const bytes = read();
    isBeingParsed = bytes !== null;
    return bytes;
  };
}
