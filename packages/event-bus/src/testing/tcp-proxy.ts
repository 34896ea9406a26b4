import net from 'node:net';
import type { ISocketFactory } from 'kafkajs';

export interface TcpProxy {
  readonly port: number;
  /** Ends all connections and refuses new ones, as if the server were gone. */
  cut(): void;
  /** Keeps connections open and passes nothing on, in both directions. */
  freeze(): void;
  /** Passes on again and takes new connections. */
  heal(): void;
  /** kafkajs sockets that all go through this proxy, whatever the broker says of its address. */
  readonly socketFactory: ISocketFactory;
  close(): Promise<void>;
}

/** A TCP proxy in front of one server, to cut and to freeze. */
export async function tcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const open = new Set<net.Socket>();
  let mode: 'passing' | 'cut' | 'frozen' = 'passing';
  const server = net.createServer((inside) => {
    if (mode === 'cut') return inside.destroy();
    const outside = net.connect(target);
    for (const [from, to] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      open.add(from);
      from.on('data', (data) => {
        if (mode === 'passing') to.write(data);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const endAll = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port,
    cut() {
      mode = 'cut';
      endAll();
    },
    freeze() {
      mode = 'frozen';
    },
    heal() {
      // What was swallowed is gone, so connections that were frozen are of no use any more.
      if (mode === 'frozen') endAll();
      mode = 'passing';
    },
    socketFactory: ({ onConnect }) => net.connect({ host: '127.0.0.1', port }, onConnect),
    async close() {
      endAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
