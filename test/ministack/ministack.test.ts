// The stories on MiniStack; run.ts has deployed LazyArk there and says where it is.
import * as z from 'zod';
import { stories } from '../journeys/stories.ts';

const Where = z.object({ LAZYARK_ENDPOINT: z.url(), LAZYARK_TOKEN: z.string().min(1) });

stories(
  async () => {
    const { LAZYARK_ENDPOINT: endpoint, LAZYARK_TOKEN: token } = Where.parse(process.env);
    return { endpoint, token };
  },
  { bodyLimit: false },
);
