// What every finding says about itself, ready to be put into a report: nothing in a report comes from anywhere else.
import * as z from 'zod';

const Cells = z.array(z.string());
export const Section = z.object({
  title: z.string().min(1),
  /** the headline, most important first */
  figures: z.array(z.object({ label: z.string(), value: z.string() })),
  tables: z.array(z.object({ title: z.string(), columns: Cells, rows: z.array(Cells) })),
  notes: z.array(z.string()).optional(),
  /** how it was computed, roundings included */
  method: z.array(z.string()),
  /** what the reader must not conclude, and what was left out */
  limits: z.array(z.string()),
});
export type Section = z.infer<typeof Section>;

/** A section for what could not be computed: it says why and claims nothing. */
export const nothingFound = (title: string, why: string): Section => ({
  title,
  figures: [],
  tables: [],
  method: [],
  limits: [why],
});
