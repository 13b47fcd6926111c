// The miller's almanac: day after day of a year that never was. At 2,000 deltas a second a reply
// needs some ten thousand words; this writes as many as are wanted, no two days alike.

const MONTHS = [
  ['January', 31], ['February', 28], ['March', 31], ['April', 30], ['May', 31], ['June', 30],
  ['July', 31], ['August', 31], ['September', 30], ['October', 31], ['November', 30], ['December', 31],
];
const SKIES = [
  'Fog until ten, then a thin sun', 'Clear, with a wind that meant it', 'Rain from the west, steady and warm',
  'Frost on the sluice, gone by noon', 'High cloud, and a ring around the moon', 'A white sky without an edge',
  'Thunder behind the hill that never came over', 'So still that the smoke stood upright',
];
const WATERS = [
  'The race ran full to the second mark', 'The water stood a hand below the sill', 'The river was brown and in a hurry',
  'Hardly enough to wet the paddles', 'The pond held, the gate dripped', 'Clear down to the gravel, with small fish holding their places',
];
const WORKS = [
  'Ground eleven sacks for the farm at the ford', 'Dressed the runner stone, two hours on my knees',
  'Took out the middle board and cleaned it of weed', 'Greased the axle; it thanked me by being silent',
  'Mended the hopper with a piece of the old door', 'Weighed everything twice, because the first figure was too pleasant',
  'Swept, and found the small wrench that was missing since spring', 'Let the wheel rest and did the accounts',
];
const VISITS = [
  'The schoolmaster came with a question about eels and left with flour.', 'A walker asked how far it was. I said: to where? She laughed, and sat down.',
  'Nobody came, which is also company.', 'The boy from the bridge counted forty-one turns in a minute; I got forty.',
  'Two surveyors measured the weir and did not agree.', 'The priest praised the bread, the baker praised the flour, I praised the rain.',
  'A heron stood at the gate all afternoon like a bailiff.', 'The letter carrier waited out the shower and told me the news from the next valley, which is the news from here with other names.',
];
const THOUGHTS = [
  'What is written down can be forgotten in peace.', 'A rule that needs a lamp to be read will not be kept at night.',
  'One repairs a gate before the flood or not at all.', 'The wheel has no opinion about the river.',
  'Half of the craft is knowing what not to lift.', 'Every measure is a friendship between two sticks.',
  'If it is the same each day, let the water do it.', 'The last sack is as heavy as the first, only the miller is different.',
];
const SIGNS = ['🌾', '🌧️', '🐟', '🍂', '❄️', '🌤️', '🪵', '🕯️'];

/** Markdown blocks without end; the same for the same seed. */
export function* almanac(seed) {
  const pick = picker(seed);
  let day = Math.floor(pick.number(365));
  yield '## From the miller’s almanac';
  for (;;) {
    const [name, date] = calendar(day % 365);
    const level = (0.6 + pick.number(1.4)).toFixed(2);
    yield `### ${date} ${name} ${pick.of(SIGNS)}`;
    yield `${pick.of(SKIES)}. ${pick.of(WATERS)}: **${level} m** at the gauge. ${pick.of(WORKS)}. ${pick.of(VISITS)}`;
    if (pick.number(3) < 1) yield `> ${pick.of(THOUGHTS)}`;
    if (pick.number(4) < 1) yield accounts(pick);
    day += 1 + Math.floor(pick.number(5));
  }
}

function accounts(pick) {
  const rows = ['wheat', 'rye', 'oats'].map((grain) => {
    const sacks = 1 + Math.floor(pick.number(12));
    return `| ${grain} | ${sacks} | ${(sacks * (46 + pick.number(6))).toFixed(1)} kg |`;
  });
  return ['| grain | sacks | flour |', '| --- | ---: | ---: |', ...rows].join('\n');
}

function calendar(day) {
  let rest = day;
  for (const [name, days] of MONTHS) {
    if (rest < days) return [name, rest + 1];
    rest -= days;
  }
  throw new RangeError('A year has 365 days here.');
}

/** A small seeded generator (a linear congruence), and a choice that does not repeat itself at once. */
function picker(seed) {
  let state = (seed >>> 0) || 1;
  const last = new Map();
  const number = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32) * below;
  };
  const of = (list) => {
    let index = Math.floor(number(list.length));
    if (index === last.get(list)) index = (index + 1) % list.length;
    last.set(list, index);
    return list[index];
  };
  return { number, of };
}
