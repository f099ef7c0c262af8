// Follows an objective until it is over: a live picture on a terminal, plain lines elsewhere.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './api.ts';
import { CommandFailed } from './failure.ts';
import { changeLines, graphLines, isFinal, type ObjectiveView } from './objective-view.ts';
import { line, type Screen } from './terminal.ts';

const lookEveryMs = 200;
const silenceMsMax = 30_000;

/**
 * Resolves with the objective once it is over, or when `signal` aborts. A server that is away for less than 30 s (a
 * restart) is waited for.
 */
export async function watchObjective(
  objectiveId: string,
  api: Api,
  screen: Screen,
  signal?: AbortSignal,
): Promise<ObjectiveView> {
  const draw = screen.isTty ? livePicture(screen) : plainLines(screen);
  let answeredAt = Date.now();
  for (;;) {
    const objective = await look(objectiveId, api, answeredAt);
    if (objective) {
      answeredAt = Date.now();
      draw(objective);
      if (isFinal(objective.status) || signal?.aborted) return objective;
    }
    await sleep(lookEveryMs);
  }
}

async function look(objectiveId: string, api: Api, answeredAt: number): Promise<ObjectiveView | undefined> {
  try {
    return await api.get<ObjectiveView>(`/objectives/${encodeURIComponent(objectiveId)}`);
  } catch (error) {
    if (error instanceof CommandFailed && Date.now() - answeredAt < silenceMsMax) return undefined;
    throw error;
  }
}

// Redraws in place: the cursor goes up by what was drawn before, and each line is cleared to its end.
function livePicture(screen: Screen): (objective: ObjectiveView) => void {
  let drawn: string[] = [];
  return (objective) => {
    const lines = graphLines(objective, screen);
    if (lines.join('\n') === drawn.join('\n')) return;
    const up = drawn.length > 0 ? `\u001b[${drawn.length}A` : '';
    screen.write(`${up}${lines.map((text) => `\u001b[2K${text}\n`).join('')}\u001b[0J`);
    drawn = lines;
  };
}

function plainLines(screen: Screen): (objective: ObjectiveView) => void {
  let before: ObjectiveView | undefined;
  return (objective) => {
    for (const text of changeLines(before, objective)) line(screen, text);
    before = objective;
  };
}
