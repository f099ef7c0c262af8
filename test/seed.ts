// Property tests draw the same cases in every run, so that what is red on one machine is red on all of them.
// LAZYARK_SEED=random (or a number) explores other ones.
import fc from 'fast-check';

const said = process.env.LAZYARK_SEED ?? '20260301';

if (said !== 'random') fc.configureGlobal({ seed: Number(said) });
