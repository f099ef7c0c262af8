// Programs that nobody trusts: they work on their data, and what they try beyond that ends with them.
import { describe, expect, it } from 'vitest';
import { type Client, taskOf } from '../client.ts';
import { task } from '../plans.ts';

export function sandboxStories(api: Client): void {
  const program = async (parameters: object, more: object = {}) => {
    const plan = [{ ...task('program', 'sandbox.run', parameters as never), maxAttempts: 1 }];
    const over = await api.ended(await api.submit({ plan, ...more }));
    return { over, program: taskOf(over, 'program') };
  };

  describe.concurrent('the sandbox', () => {
    it('runs a program of a plan on an input and on what the task before it found', async () => {
      const inputs = [{ name: 'sales.csv', content: 'amount\n3\n4\n' }];
      const sum =
        "const [, ...rows] = files.read('sales.csv').trim().split('\\n'); return rows.map(Number).reduce((a, b) => a + b, 0)";
      const plan = [
        task('sum', 'sandbox.run', { code: sum, inputs: ['sales.csv'] }),
        {
          ...task('twice', 'sandbox.run', {
            code: 'console.log("sum", results.sum.result); return { twice: 2 * results.sum.result }',
          }),
          dependsOn: ['sum'],
        },
      ];
      const over = await api.ended(await api.submit({ plan, inputs }));
      expect([over.status, over.problem]).toEqual(['succeeded', null]);
      expect(taskOf(over, 'twice').result).toMatchObject({ kind: 'sandbox', result: { twice: 14 }, lines: ['sum 7'] });
    });

    it('ends a program that never would, and says so', async () => {
      const { program: ended, over } = await program({ code: 'for (;;);', limits: { cpuMs: 200 } });
      expect([over.status, ended.error?.message]).toEqual(['failed', expect.stringMatching(/\((cpu|wall)_limit\)/)]);
    });

    it('holds nothing of ours: no variables, no files, no way out', async () => {
      const code = 'return [typeof process, typeof fetch, typeof require, files.list()]';
      expect((await program({ code })).program.result).toMatchObject({
        result: ['undefined', 'undefined', 'undefined', []],
      });
    });

    it('is given no page of a host that nobody listed', async () => {
      const url = 'http://169.254.169.254/latest/meta-data/';
      const { program: refused } = await program({ code: 'return 1', fetch: [{ url, as: 'page' }] });
      expect(refused.error).toMatchObject({
        name: 'PermanentTaskError',
        message: expect.stringContaining('may not be read'),
      });
    });
  });
}
