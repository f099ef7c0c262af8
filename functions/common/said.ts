// What people and agents say on a form. It gets where nobody can take it back: into the audit, certificates, and what others
// are asked and told. So what is nobody's business is taken out at the door.
import * as z from 'zod';
import { quicklyMasked } from './mask.ts';

/** A text of up to so many characters, without persons and secrets. */
export const said = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .overwrite((text) => quicklyMasked(text).slice(0, most));

/** Why somebody does what he does. */
export const saidWhy = (most: number, least = 1) =>
  z
    .string()
    .trim()
    .min(least, 'a word on why')
    .max(most)
    .overwrite((text) => quicklyMasked(text).slice(0, most));
