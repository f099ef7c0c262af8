// What customers complain about, as data: the words that point to a theme, and the action that would answer it.

export type Theme = {
  id: string;
  title: string;
  /** whole words or phrases between commas; a trailing * stands for any ending */
  words: string;
  action: string;
  /** 1 = days, 2 = weeks, 3 = months: an assumption that the report states */
  effort: 1 | 2 | 3;
};

export const themes: readonly Theme[] = [
  {
    id: 'fit',
    title: 'Size and fit',
    words:
      'size*, sizing, fit*, too small, too big, too large, tight, loose, too short, too long, huge, baggy, snug, run small, run large, runs small, runs large, waist, bust, sleeve*',
    action: 'Check the measurements against the size chart, correct the chart, and show fit advice beside each size',
    effort: 2,
  },
  {
    id: 'quality',
    title: 'Quality and durability',
    words:
      'quality, cheap*, flimsy, broke*, broken, defect*, ripped, tear*, torn, hole*, fell apart, falling apart, seam*, thread*, pilled, pilling, shrunk, shrank, shrink*, faded, damaged, poorly made, stopped working',
    action: 'Inspect the returned pieces, name the three most frequent defects and take them to the maker',
    effort: 3,
  },
  {
    id: 'material',
    title: 'Material and comfort',
    words:
      'fabric*, material*, itchy, itches, scratchy, stiff, see through, see-through, sheer, thin, uncomfortable, polyester, lining, wool, heavy',
    action:
      'Say weight, lining and feel of the material on the product page, and test a better one for the worst items',
    effort: 2,
  },
  {
    id: 'look',
    title: 'Look, colour and shape',
    words:
      'color*, colour*, unflattering, boxy, frumpy, shapeless, tent, looked like, looks like, in person, picture*, photo*, pictured, design, pattern, style, badly cut',
    action: 'Show photos in daylight on several body shapes and correct the colours on the screen',
    effort: 1,
  },
  {
    id: 'delivery',
    title: 'Delivery',
    words:
      'deliver*, shipping, shipped, shipment*, arrived, arrive, courier*, parcel*, package*, packaging, tracking, late, delayed, delay*',
    action:
      'Promise a delivery date that is kept in 95 % of cases, and write to the customer before a delay is noticed',
    effort: 2,
  },
  {
    id: 'support',
    title: 'Customer support',
    words:
      'support, customer service, helpdesk, hotline, on hold, no answer, no reply, never replied, respond*, response, rude, agent*, chatbot',
    action: 'Answer every request within one working day, and give the first line the right to solve it',
    effort: 2,
  },
  {
    id: 'price',
    title: 'Price and value',
    words: 'price*, pricing, expensive, overpriced, pricey, cost*, not worth, worth the, waste of money, fee, fees',
    action: 'Compare the ten items named most often with the market, and correct the price or show what justifies it',
    effort: 1,
  },
  {
    id: 'website',
    title: 'Website, app and checkout',
    words:
      'website, web site, app, site, login, log in, password, crash*, freezes, froze, bug, bugs, buggy, checkout, loading, error message*',
    action: 'Reproduce the three errors named most often, repair them, and watch the checkout for them',
    effort: 2,
  },
  {
    id: 'refund',
    title: 'Returns and refunds',
    words: 'refund*, money back, return policy, return process, return label*, return shipping, returns, exchange*',
    action: 'Refund on the day a return arrives, and put a label into each parcel',
    effort: 2,
  },
  {
    id: 'billing',
    title: 'Billing and contract',
    words: 'invoice*, charged, billing, billed, payment*, subscription, cancel*, double charge*',
    action: 'Check the charges that were named, refund the wrong ones, and make cancelling one click',
    effort: 2,
  },
  {
    id: 'order',
    title: 'Wrong or missing items',
    words: 'wrong item*, wrong size, wrong colo*, wrong order, missing, incomplete, never received, not received',
    action:
      'Check each parcel against its order by scanning, and replace wrong items without asking for the return first',
    effort: 2,
  },
  {
    id: 'stock',
    title: 'Availability',
    words: 'out of stock, sold out, in stock, unavailable, back order*, backorder*',
    action: 'Show the real stock and offer to write when an item is back',
    effort: 1,
  },
  {
    id: 'usability',
    title: 'Ease of use',
    words:
      'confusing, complicated, hard to use, difficult to use, hard to find, difficult to find, instructions, manual, documentation, unclear, setup, onboarding',
    action: 'Watch five customers try it, and remove the first two places where they stop',
    effort: 2,
  },
];
