// Splits a text where one thought ends, and tells whether a thought complains.

const complaining =
  /\b(not|no|never|nothing|n['’]t|cannot|cant|dont|didnt|doesnt|wasnt|isnt|too|bad|badly|poor|poorly|worse|worst|terrible|awful|horrible|cheap|disappoint\w*|unfortunately|sad|sadly|wrong|broke\w*|broken|damaged|defect\w*|ripped|torn|faded|shrunk|shrank|late|delayed|slow|rude|expensive|overpriced|pricey|waste|return(?:ed|ing)|sent back|problem\w*|issue\w*|unflattering|frumpy|boxy|itchy|scratchy|stiff|uncomfortable|flimsy|confusing|complicated|missing|crash\w*|buggy|hate\w*|ugly|weird|odd|strange|huge|tight|shapeless|unfortunate|however|wish|should have|instead of)\b|n['’]t\b/iu;
const praising =
  /\b(love[ds]?|lovely|great|perfect\w*|beautiful\w*|excellent|nice|nicely|good|happy|amazing|wonderful|comfortable|comfy|flattering|gorgeous|fantastic|friendly|helpful|fast|quick\w*|easy|best|pretty|cute|recommend|pleased|adorable|soft|fine|like)\b/iu;

/** Sentences, and the parts of one that "but" and its like set against each other. */
export function clausesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?;])\s+|\n+|\s+[-–—]{1,2}\s+|\s*,?\s+(?=(?:but|although|though|however|yet|except)\b)/iu)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '');
}

/** In a text with a low score: it says something bad, or at least nothing good. */
export const isComplaint = (clause: string): boolean => complaining.test(clause) || !praising.test(clause);
