import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { freePortBase, portPlan, refuseTakenPorts, SERVICE_PORTS } from './port-plan.ts';

const allPorts = (base: number, instances: number): number[] => {
  const plan = portPlan(base, instances);
  const servers = (['kafka', 'kafkaPartner', 'kafkaController', 'postgres', 'redis'] as const).map(plan.server);
  const services = SERVICE_PORTS.flatMap((name) =>
    Array.from({ length: instances }, (_, index) => plan.service(name, index + 1)),
  );
  return [...servers, ...services];
};

describe('the port plan', () => {
  test('gives no port twice', () => {
    const ports = allPorts(7_400, 8);
    expect(new Set(ports).size).toBe(ports.length);
  });

  test('keeps two copies 100 ports apart from each other with four instances of each service', () => {
    const other = new Set(allPorts(7_500, 4));
    expect(allPorts(7_400, 4).filter((port) => other.has(port))).toEqual([]);
  });

  test.each([0, 80, 65_530, 7_400.5, Number.NaN])('refuses base %s', (base) => {
    expect(() => portPlan(base)).toThrow('VIENUVIET_PORT_BASE');
  });

  test('names the server whose port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(refuseTakenPorts({ redis: port })).rejects.toThrow(`port ${port}, meant for redis, is taken`);
    await new Promise((resolve) => taken.close(resolve));
    const base = await freePortBase(3);
    await refuseTakenPorts({ kafka: base, postgres: base + 1, redis: base + 2 });
  });
});

describe('free ports', () => {
  test('are given to one alone', async () => {
    const base = await freePortBase(1);
    await expect(freePortBase(1, base, base + 100)).rejects.toMatchObject({ code: 'port_taken' });
  });

  test('are free: a block with one that is taken is passed over', async () => {
    // Below those that are given away, and another each time: other runs may go on on this machine.
    const base = 12_000 + 100 * Math.floor(Math.random() * 80);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(base + 5, '127.0.0.1', resolve));
    await expect(freePortBase(6, base, base + 100)).rejects.toMatchObject({ code: 'port_taken' });
    expect(await freePortBase(5, base, base + 100)).toBe(base);
    await new Promise((resolve) => taken.close(resolve));
  });

  test('are no more than a block has', async () => {
    await expect(freePortBase(100)).rejects.toMatchObject({ code: 'argument' });
  });
});
