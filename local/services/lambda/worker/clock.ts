// Makes Date follow the runtime's virtual time. Timers (setTimeout …) stay real: they belong to the work itself.
import type { WorkerSetup } from './protocol.ts';

export function followClock(clock: NonNullable<WorkerSetup['clock']>): void {
  const RealDate = Date;
  const now = () => Math.floor(clock.startVirtualMs + (RealDate.now() - clock.startRealMs) * clock.speed);
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: [], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
}
