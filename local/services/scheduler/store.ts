// Schedules of the Scheduler service: those of the template, and those made by the API, which are durable.
import { ApiError, arnOf, type Host } from '../../service.ts';
import { deliveriesOf } from '../events/deliveries.ts';
import { InvalidScheduleExpression } from './expression.ts';
import { type ScheduleFields, scheduleInput } from './schedule-input.ts';
import { schedulesOf } from './schedules.ts';

export type StoredSchedule = {
  group: string;
  name: string;
  fields: ScheduleFields;
  createdMs: number;
  modifiedMs: number;
};

export const scheduleArn = (group: string, name: string) => arnOf('scheduler', `schedule/${group}/${name}`);

export class ScheduleStore {
  readonly groups = new Set(['default']);
  readonly #host: Host;
  readonly #ofTemplate = new Map<string, StoredSchedule>();
  #begun: Promise<void> | undefined;
  constructor(host: Host) {
    this.#host = host;
  }

  async open(): Promise<void> {
    await Promise.all([schedulesOf(this.#host).open(), deliveriesOf(this.#host).open()]);
    await this.#host.store.durably((db) =>
      db.exec('CREATE TABLE IF NOT EXISTS rt_scheduler_schedules (arn TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT'),
    );
  }

  addOfTemplate(schedule: StoredSchedule): void {
    this.#ofTemplate.set(scheduleArn(schedule.group, schedule.name), schedule);
  }

  /** Follows everything; once per runtime. */
  begin(): Promise<void> {
    this.#begun ??= this.#beginAll();
    return this.#begun;
  }

  async #beginAll(): Promise<void> {
    await deliveriesOf(this.#host).resume();
    const rows = await this.#host.store.durably((db) => db.prepare('SELECT body FROM rt_scheduler_schedules').all());
    const made = (rows as { body: string }[]).map(({ body }) => JSON.parse(body) as StoredSchedule);
    for (const schedule of [...this.#ofTemplate.values(), ...made]) await this.#follow(schedule);
  }

  async find(group: string, name: string): Promise<StoredSchedule> {
    const arn = scheduleArn(group, name);
    const row = await this.#host.store.durably((db) =>
      db.prepare('SELECT body FROM rt_scheduler_schedules WHERE arn = ?').get(arn),
    );
    const found = row ? (JSON.parse((row as { body: string }).body) as StoredSchedule) : this.#ofTemplate.get(arn);
    if (!found) throw new ApiError(404, 'ResourceNotFoundException', `Schedule ${name} does not exist.`);
    return found;
  }

  /** Creates or replaces a schedule of the API; durable before it resolves. */
  async save(schedule: StoredSchedule): Promise<void> {
    const arn = scheduleArn(schedule.group, schedule.name);
    if (!this.groups.has(schedule.group)) {
      throw new ApiError(404, 'ResourceNotFoundException', `Schedule group ${schedule.group} does not exist.`);
    }
    schedulesOf(this.#host).pause(arn);
    await this.#follow(schedule);
    await this.#host.store.durably((db) =>
      db.prepare('INSERT OR REPLACE INTO rt_scheduler_schedules VALUES (?, ?)').run(arn, JSON.stringify(schedule)),
    );
  }

  async remove(group: string, name: string): Promise<void> {
    await this.find(group, name);
    const arn = scheduleArn(group, name);
    await this.#host.store.durably((db) => db.prepare('DELETE FROM rt_scheduler_schedules WHERE arn = ?').run(arn));
    this.#ofTemplate.delete(arn);
    await schedulesOf(this.#host).forget(arn);
  }

  async #follow({ group, name, fields }: StoredSchedule): Promise<void> {
    if (fields.State === 'DISABLED') return;
    const { Arn, RoleArn, Input, RetryPolicy, DeadLetterConfig } = fields.Target;
    const arn = scheduleArn(group, name);
    const fire = (scheduledMs: number) =>
      deliveriesOf(this.#host).handOver({
        from: arn,
        targetArn: Arn,
        payload: scheduleInput(Input, arn, scheduledMs),
        roleArn: RoleArn,
        retry: RetryPolicy,
        deadLetterArn: DeadLetterConfig?.Arn,
      });
    const completed = () => (fields.ActionAfterCompletion === 'DELETE' ? this.remove(group, name) : undefined);
    try {
      await schedulesOf(this.#host).follow({
        key: arn,
        expression: fields.ScheduleExpression,
        timeZone: fields.ScheduleExpressionTimezone,
        startMs: fields.StartDate,
        endMs: fields.EndDate,
        fire,
        completed,
      });
    } catch (error) {
      if (!(error instanceof InvalidScheduleExpression)) throw error;
      throw new ApiError(400, 'ValidationException', `Invalid Schedule Expression: ${error.message}`);
    }
  }
}

export const scheduleStoreOf = (host: Host): ScheduleStore => host.shared('scheduler', () => new ScheduleStore(host));
