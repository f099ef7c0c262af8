// An artifact: a file that is too large for a request, uploaded and fetched by presigned addresses.
import type { AgentCall } from '../common/agent-call.ts';
import type { ObjectiveInput } from './objective.ts';

export const ARTIFACT_BYTES_MAX = 100 * 1024 * 1024;

export type Artifacts = {
  uploadUrl(artifactId: string, mediaType: string, bytes: number): Promise<string>;
  /** What an agent is given: the content itself, or an address that needs no permissions. */
  inputsOf(inputs: readonly ObjectiveInput[]): Promise<AgentCall['inputs']>;
};
